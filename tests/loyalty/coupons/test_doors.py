"""Coupons and stamp cards over HTTP and on the pages, the till among them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.ids import new_id
from core.models import ApiRequest
from core.tenancy import acting_for
from customers.models import Purchase, PurchaseLine
from customers.operations import CustomerHint, NewLine, NewPurchase, record_purchases
from loyalty.models import Coupon, CouponPool, CouponUse, StampCard
from loyalty.operations.stamps import NewStampCard, make_stamp_card
from tests.loyalty.coupons.conftest import make

TENTH = {"name": "یلدا", "code": "YALDA", "percent": 10, "last_day": "2030-03-20"}
LINES = [{"total": 600_000, "category": "قهوه"}, {"total": 400_000}]


def test_a_coupon_is_previewed_held_and_spent(api):
    """R6 and R43 by the API alone."""
    assert api.post("coupons", TENTH).status_code == 201
    told = api.post("coupons/preview", {"code": "yalda", "lines": LINES}).json()
    assert (told["discount"], told["to_pay"], told["lines"]) == (
        100_000,
        900_000,
        [60_000, 40_000],
    )
    held = api.post("coupon-uses", {"code": "yalda", "lines": LINES})
    assert held.status_code == 201
    use = held.json()
    sale = {
        "external_id": "1",
        "channel": "pos",
        "holds": [use["id"]],
        "lines": [
            {"unit_price": 600_000, "discount": 60_000},
            {"unit_price": 400_000, "discount": 40_000},
        ],
    }
    wrong = sale | {"lines": sale["lines"][:1]}
    assert api.post("purchases", wrong).json()["code"] == "coupon_basket_changed"
    assert api.post("purchases", sale).status_code == 201
    assert api.get(f"coupon-uses/{use['id']}").json()["status"] == "committed"
    assert api.post(f"coupon-uses/{use['id']}/release").json()["code"] == "coupon_spent"
    [row] = api.get("coupons").json()["data"]
    assert (row["taken"], row["spent"], row["discount"], row["sold"]) == (1, 1, 100_000, 900_000)
    assert api.post(f"coupons/{row['id']}/withdraw").json()["active"] is False
    again = api.post("coupons/preview", {"code": "yalda", "total": 5_000})
    assert (again.status_code, again.json()["code"]) == (409, "coupon_not_offered")


def test_codes_are_told_once(api, business):
    body = TENTH | {"code": "", "count": 3}
    codes = api.post("coupons", body, key="k").json()["codes"]
    assert len(codes) == 3
    assert api.post("coupons", body, key="k").json()["codes"] == []
    with acting_for(business.id):
        kept = b"".join(bytes(row.answer or b"") for row in ApiRequest.objects.all())
        assert Coupon.objects.count() == 3
    assert not any(code.encode() in kept for code in codes)


def test_stamps_are_seen_and_a_reward_taken(api, business):
    """N23: what was paid counts; the reward's code is told once."""
    card = {"name": "قهوهٔ سوم", "needed": 2, "most": 900_000, "category": "قهوه"}
    assert api.post("stamp-cards", card).status_code == 201
    sale = {
        "external_id": "1",
        "channel": "pos",
        "customer": {"mobile": "09121234567"},
        "lines": [{"unit_price": 900_000, "quantity": 3, "category": "قهوه"}],
    }
    customer = api.post("purchases", sale).json()["customer"]["id"]
    [seen] = api.get(f"customers/{customer}/stamps").json()["data"]
    assert (seen["toward"], seen["ready"], seen["taken"]) == (3, 1, 0)
    reward = f"customers/{customer}/stamps/{seen['card_id']}/reward"
    made = api.post(reward, key="r")
    assert made.status_code == 201
    assert api.post(reward, key="r").json() == made.json() | {"code": None}
    assert api.post(reward, key="s").json()["code"] == "stamps_missing"
    whose = {"code": made.json()["code"], "customer_id": customer}
    told = api.post("coupons/preview", whose | {"lines": [{"total": 50_000, "category": "قهوه"}]})
    assert told.json()["discount"] == 50_000
    [row] = api.get("stamp-cards").json()["data"]
    assert (row["rewards"], row["customers"]) == (1, 1)
    assert api.post(f"stamp-cards/{row['id']}/withdraw").json()["active"] is False


@pytest.mark.parametrize("path", ["coupons", "stamp-cards"])
def test_lists_of_three_cost_the_queries_of_one(api, path):
    counts = []
    for number in range(3):
        if path == "coupons":
            api.post(path, TENTH | {"code": f"C0{number}"})
        else:
            api.post(path, {"name": "ق", "needed": 2, "most": 5, "sku": f"x{number}"})
        with CaptureQueriesContext(connection) as seen:
            api.get(path)
        counts.append(len(seen))
    assert counts[0] == counts[2]


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def address(business):
    return f"/b/{business.slug}/coupons/"


FORM = {"name": "یلدا", "percent": "۱۰", "code": "YALDA", "last_day": "1409/1/1"}


def _say(page: Any) -> str:
    text: str = page.content.decode()
    return text


def test_an_empty_page_teaches(owner_client, address):
    page = _say(owner_client.get(address))
    assert "هنوز کوپنی نساخته‌اید" in page
    assert "هنوز کارت مهری نساخته‌اید" in page


def test_a_coupon_is_offered_seen_and_withdrawn(owner_client, address, business):
    refused = owner_client.post(f"{address}new/", FORM | {"last_day": ""})
    assert refused.status_code == 422
    made = owner_client.post(f"{address}new/", FORM)
    assert made.status_code == 302
    assert owner_client.post(f"{address}new/", FORM).context["form"].errors["code"]
    page = _say(owner_client.get(made["Location"]))
    assert "YALDA" in page
    assert "یلدا" in _say(owner_client.get(address))
    owner_client.post(f"{made['Location']}withdraw/")
    with acting_for(business.id):
        assert CouponPool.objects.get().is_active is False


def test_codes_of_their_own_are_shown_once_with_a_file(owner_client, address, business):
    made = owner_client.post(f"{address}new/", FORM | {"code": "", "count": "4"})
    codes, pool_id = made.context["codes"], made.context["pool_id"]
    assert len(codes) == 4
    file = owner_client.post(f"{address}{pool_id}/csv/", {"codes": codes[0]})
    assert codes[0] in _say(file)
    assert not any(code in _say(owner_client.get(f"{address}{pool_id}/")) for code in codes)


def test_a_stamp_card_is_offered_and_withdrawn(owner_client, address, business):
    form = {"name": "ق", "category": "قهوه", "needed": "۱۰", "most": "90000", "reward_days": "30"}
    assert owner_client.post(f"{address}stamps/new/", form | {"category": ""}).status_code == 422
    assert owner_client.post(f"{address}stamps/new/", form).status_code == 302
    assert "قهوه" in _say(owner_client.get(address))
    with acting_for(business.id):
        card = StampCard.objects.get()
    owner_client.post(f"{address}stamps/{card.id}/withdraw/")
    with acting_for(business.id):
        assert StampCard.objects.get().is_active is False


def test_the_till_takes_a_coupon_and_a_reward(owner_client, business):
    """N23 at the till: the card is full, its coupon pays for the next coffee."""
    now = timezone.now()
    with acting_for(business.id):
        make(now)
        new = NewStampCard(name="قهوهٔ سوم", needed=2, most_rial=900_000, category="قهوه")
        card = make_stamp_card(new=new, by="t", now=now)
        coffee = NewLine(quantity=2, unit_price_rial=900_000, category="قهوه")
        hint = CustomerHint(mobile="09121234567")
        sale = NewPurchase(external_id="1", channel="pos", customer=hint, lines=(coffee,))
        [bought] = record_purchases(purchases=[sale], source="t", now=now)
    till = f"/b/{business.slug}/till/"
    person = _say(owner_client.get(f"{till}customer/", {"mobile": "09121234567"}))
    assert "قهوهٔ سوم" in person
    typed = {"mobile": "09121234567", "amount": "100000", "method": "cash"}
    part = owner_client.get(f"{till}coupon/", typed | {"coupon_code": "yalda"})
    assert 'data-off="100000"' in _say(part)
    spent = owner_client.post(till, typed | {"sale_id": str(new_id()), "coupon_code": "yalda"})
    assert spent.status_code == 302
    reward = owner_client.post(f"{till}reward/", {"card": card.id, "customer": bought.customer_id})
    code = reward.context["code"]
    lines = {"line_name": "قهوه", "line_quantity": "1", "line_price": "120000"}
    last = owner_client.post(
        till,
        typed | lines | {"amount": "", "sale_id": str(new_id()), "coupon_code": code},
    )
    assert last.status_code == 302, last.context["form"].errors
    with acting_for(business.id):
        assert {use.state for use in CouponUse.objects.all()} == {"committed"}
        newest = Purchase.objects.order_by("-id")[0]
        assert newest.total_rial == 300_000
        assert PurchaseLine.objects.get(purchase=newest).discount_rial == 900_000
    again = owner_client.post(f"{till}reward/", {"card": card.id, "customer": bought.customer_id})
    assert "code" not in again.context


def test_the_till_tells_what_is_wrong_with_a_coupon_beside_it(owner_client, business):
    till = f"/b/{business.slug}/till/"
    sale = {"sale_id": str(new_id()), "amount": "100", "method": "cash", "coupon_code": "NO"}
    refused = owner_client.post(till, sale)
    assert refused.status_code == 422
    assert refused.context["form"].errors["coupon_code"]
    assert "کوپنی با این کد نیست" in _say(owner_client.get(f"{till}coupon/", sale))
