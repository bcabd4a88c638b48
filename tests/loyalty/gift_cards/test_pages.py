"""The pages of gift cards, the till, and where a customer sees what is left."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.models import Tender
from customers.operations import record_purchases
from loyalty.models import GiftCard, GiftCardTopUp, GiftCardUse
from loyalty.operations.gift_cards import reserve_gift_card
from tests.dashboard.conftest import client_as
from tests.loyalty.gift_cards.conftest import issue_cards, sale_with

__all__ = ["client_as"]

NEW = {"name": "یلدا", "amount": "۱۰۰٬۰۰۰", "count": "۳", "paid_by": "cash", "last_day": ""}


@pytest.fixture
def address(business):
    return f"/b/{business.slug}/gift-cards/"


@pytest.fixture
def code(business):
    with acting_for(business.id):
        return issue_cards(timezone.now()).codes[0]


def _say(page):
    return page.content.decode()


def test_an_empty_page_teaches(owner_client, address):
    assert "هنوز کارت هدیه‌ای نساخته‌اید" in _say(owner_client.get(address))


def test_codes_are_shown_once_with_a_file(owner_client, address, business):
    made = owner_client.post(f"{address}new/", NEW)
    assert made.status_code == 200
    assert made["Cache-Control"] == "no-store"
    codes = made.context["codes"]
    assert len(codes) == 3
    issue_id = made.context["issue_id"]
    stranger = "2222-2222-2222-2222"
    file = owner_client.post(
        f"{address}{issue_id}/csv/", {"codes": " ".join(codes[:2])}
    ).content.decode()
    assert all(code in file for code in codes[:2])
    assert codes[2] not in file
    assert owner_client.post(f"{address}{issue_id}/csv/", {"codes": stranger}).status_code == 404
    shown = _say(owner_client.get(f"{address}{issue_id}/"))
    assert "یلدا" in shown
    assert not any(code in shown for code in codes)
    assert "۳۰۰٬۰۰۰" in _say(owner_client.get(address))


def test_cards_made_by_software_name_its_key(owner_client, api, address, business):
    new = {"name": "یلدا", "amount": 1_000_000, "count": 1, "paid_by": "cash"}
    made = api.post("gift-cards", new, key="made-by-software")
    assert made.status_code == 201, made.json()
    with acting_for(business.id):
        issue = GiftCard.objects.get().issue
    shown = _say(owner_client.get(f"{address}{issue.id}/"))
    assert issue.issued_by.startswith("api_key:")
    assert "api_key:" not in shown
    assert "نرم‌افزار، کلید" in shown


def test_gifts_of_ones_own_need_a_last_day_beside_its_field(owner_client, address):
    refused = owner_client.post(f"{address}new/", NEW | {"paid_by": "nothing"})
    assert refused.status_code == 422
    assert refused.context["form"].errors["last_day"]


def test_a_card_is_stopped_and_goes_on(owner_client, address, code, business):
    with acting_for(business.id):
        card = GiftCard.objects.get()
    change = f"{address}cards/{card.id}/change/"
    owner_client.post(change, {"action": "stop", "reason": "گم شد"})
    assert "گم شد" in _say(owner_client.get(f"{address}{card.issue_id}/"))
    owner_client.post(change, {"action": "resume"})
    with acting_for(business.id):
        assert GiftCard.objects.get().state == "active"
    owner_client.post(f"{address}{card.issue_id}/take-back/")
    with acting_for(business.id):
        assert GiftCard.objects.get().state == "void"


def test_the_till_takes_a_gift_card(owner_client, code, business):
    till = f"/b/{business.slug}/till/"
    part = _say(owner_client.get(f"{till}gift/", {"gift_code": code}))
    assert 'data-balance="1000000"' in part
    sale = {
        "sale_id": str(new_id()),
        "mobile": "",
        "amount": "۱۵۰٬۰۰۰",
        "method": "cash",
        "gift_code": code,
    }
    first = owner_client.post(till, sale)
    assert first.status_code == 302
    assert owner_client.post(till, sale)["Location"] == first["Location"]
    with acting_for(business.id):
        paid = dict(Tender.objects.values_list("method", "amount_rial"))
        assert paid == {"cash": 500_000, "gift_card": 1_000_000}
        assert [use.state for use in GiftCardUse.objects.all()] == ["committed"]
    assert "کارت هدیه" in _say(owner_client.get(first["Location"]))


def _refuse(**_named):
    raise Problem("insufficient_points", "no")


def test_a_sale_the_till_refuses_leaves_the_card_alone(owner_client, code, business, monkeypatch):
    till = f"/b/{business.slug}/till/"
    sale = {"sale_id": str(new_id()), "amount": "100", "method": "cash", "branch": ""}
    wrong = owner_client.post(till, sale | {"gift_code": "ABC"})
    assert wrong.status_code == 422
    assert wrong.context["form"].errors["gift_code"]
    with acting_for(business.id):
        record_purchases(purchases=[sale_with(10**6, [])], source="t", now=timezone.now())
    points = {"mobile": "09121234567", "amount": "200000", "redeem": "99"}
    with monkeypatch.context() as patch:
        patch.setattr("dashboard.web.till.sale.reserve_redemption", _refuse)
        refused = owner_client.post(till, sale | points | {"gift_code": code})
    assert refused.status_code == 422
    with acting_for(business.id):
        assert [use.state for use in GiftCardUse.objects.all()] == ["released"]
        assert GiftCard.objects.get().balance_rial == 1_000_000


def test_a_customer_sees_what_is_left(code, business):
    page, client = f"/g/{business.slug}/", Client()
    assert "چقدر روی کارت هدیهٔ شما مانده؟" in _say(client.get(page))
    assert "۱۰۰٬۰۰۰" in _say(client.post(page, {"code": code.lower()}))
    wrong = client.post(page, {"code": "nonsense"})
    assert wrong.status_code == 422
    assert client.get("/g/nobody/").status_code == 404


def test_trying_codes_is_limited(code, business, settings):
    """Whoever guesses is stopped after a minute's worth of tries."""
    settings.PUBLIC_RATE_PER_ADDRESS = 5
    page, client = f"/g/{business.slug}/", Client()
    answers = [client.post(page, {"code": "x"}).status_code for _try in range(8)]
    assert answers.count(429) >= 2


def test_a_list_of_three_costs_the_queries_of_one(owner_client, address, business):
    counts = []
    for _row in range(3):
        with acting_for(business.id):
            issue_cards(timezone.now())
        with CaptureQueriesContext(connection) as seen:
            owner_client.get(address)
        counts.append(len(seen))
    assert counts[0] == counts[2]


def test_a_held_card_shows_what_can_be_spent(owner_client, address, code, business):
    with acting_for(business.id):
        reserve_gift_card(code=code, most_rial=400_000, exact=True, now=timezone.now())
        card = GiftCard.objects.get()
    shown = _say(owner_client.get(f"{address}{card.issue_id}/"))
    assert re.search("۶۰٬۰۰۰", shown)


def _top_up(form, code, amount="۴۰٬۰۰۰"):
    number = re.search('name="external_id" value="([^"]+)"', _say(form))
    assert number is not None
    return {"external_id": number[1], "code": code, "amount": amount, "paid_by": "cash"}


def test_a_card_is_topped_up_once_and_the_top_up_taken_back(owner_client, address, code, business):
    """C031: the same form sent twice puts the money on once."""
    page = f"{address}top-up/"
    filled = _top_up(owner_client.get(page), code)
    for _twice in range(2):
        done = owner_client.post(page, filled)
        assert done.status_code == 302
    with acting_for(business.id):
        assert GiftCard.objects.get().balance_rial == 1_400_000
        top_up = GiftCardTopUp.objects.get()
    shown = _say(owner_client.get(done["Location"]))
    assert "شارژها" in shown
    assert "۱۴۰٬۰۰۰" in shown
    assert "/take-back/" in shown
    back = f"{address}top-ups/{top_up.id}/take-back/"
    assert owner_client.post(back)["Location"] == done["Location"]
    with acting_for(business.id):
        assert GiftCard.objects.get().balance_rial == 1_000_000
    assert back not in _say(owner_client.get(done["Location"]))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"code": "ABC"}, "code"), ({"amount": "۹۹۹"}, "amount"), ({"paid_by": "link"}, "paid_by")],
)
def test_a_wrong_top_up_is_refused_beside_its_field(owner_client, address, code, wrong, field):
    """C031."""
    page = f"{address}top-up/"
    refused = owner_client.post(page, _top_up(owner_client.get(page), code) | wrong)
    assert refused.status_code == 422
    assert refused.context["form"].errors[field]


def test_a_cashier_tops_up_and_takes_nothing_back(client_as, address, code, business):
    """C031: what goes back over the counter is a manager's."""
    cashier_client, page = client_as("cashier"), f"{address}top-up/"
    done = cashier_client.post(page, _top_up(cashier_client.get(page), code))
    assert done.status_code == 302
    with acting_for(business.id):
        top_up = GiftCardTopUp.objects.get()
    back = f"{address}top-ups/{top_up.id}/take-back/"
    assert back not in _say(cashier_client.get(done["Location"]))
    assert cashier_client.post(back).status_code in {403, 404}
    with acting_for(business.id):
        assert GiftCard.objects.get().balance_rial == 1_400_000


def test_an_issue_with_three_top_ups_costs_the_queries_of_one(
    owner_client, address, code, business
):
    """C031."""
    page, counts = f"{address}top-up/", []
    for _row in range(3):
        done = owner_client.post(page, _top_up(owner_client.get(page), code))
        owner_client.get(done["Location"])
        with CaptureQueriesContext(connection) as seen:
            owner_client.get(done["Location"])
        counts.append(len(seen))
    assert counts[0] == counts[2]
