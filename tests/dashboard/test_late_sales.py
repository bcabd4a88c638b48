"""Selling at the till page without a network, and what its owner sees of it."""

import json
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.models import Device
from core.tenancy import acting_for
from customers.models import Purchase
from loyalty.models import TillTransaction
from loyalty.operations.till import change_till_rules


@pytest.fixture
def browser_till(shop, client_as):
    """Return a function that sends sales typed without a network, as the page does."""
    cashier = client_as("cashier")
    device = cashier.post(shop.url("till/device/")).json()["device"]

    def send(*sales, sequence=1, code=device, **changed):
        rows = [
            {
                "sequence": sequence + place,
                "at": (timezone.now() - timedelta(hours=1)).isoformat(),
                "sale_id": sale["sale_id"],
                "typed": urlencode(sale),
            }
            for place, sale in enumerate(sales)
        ]
        body = {"device": code, "sent_at": timezone.now().isoformat(), "rows": rows} | changed
        address = shop.url("till/late/")
        return cashier.post(address, json.dumps(body), content_type="application/json")

    return send


def _sale(amount="90000", **typed):
    plain = {"sale_id": str(uuid4()), "mobile": "09121234567", "method": "pos", "branch": "main"}
    return plain | {"amount": amount} | typed


def _totals(shop):
    with acting_for(shop.business.id):
        return [row.total_rial for row in Purchase.objects.order_by("recorded_at")]


def test_late_sales_are_recorded_once(shop, browser_till):
    sale = _sale()
    first, again = browser_till(sale).json(), browser_till(sale).json()
    told = {"sale_id": sale["sale_id"], "kept": True, "fits": True, "why": ""}
    assert first == again == {"results": [told]}
    assert _totals(shop) == [900_000]


def test_a_sale_sent_at_once_and_late_is_one(shop, browser_till, client_as):
    sale = _sale()
    shop_cashier = client_as("manager")
    shop_cashier.post(shop.url("till/"), sale)
    assert browser_till(sale).json()["results"][0]["fits"]
    assert _totals(shop) == [900_000]


@pytest.mark.parametrize(
    ("typed", "fits", "totals"),
    [
        ({"mobile": "12"}, True, [900_000]),
        ({"branch": "nowhere"}, True, [900_000]),
        ({"amount": "نود هزار"}, False, []),
        ({"amount": ""}, False, []),
        ({"amount": "-5"}, False, []),
        ({"line_name": "لاته", "line_quantity": "2", "line_price": "45000"}, True, [900_000]),
    ],
)
def test_what_was_sold_is_recorded_and_what_cannot_be_is_kept(
    shop, browser_till, typed, fits, totals
):
    (told,) = browser_till(_sale(**typed)).json()["results"]
    assert (told["kept"], told["fits"]) == (True, fits)
    assert _totals(shop) == totals


@pytest.mark.parametrize(
    "changed",
    [{"rows": []}, {"rows": [{}]}, {"sent_at": "yesterday"}, {"device": None}, {"more": 1}],
)
def test_what_no_page_sends_is_refused(browser_till, changed):
    assert browser_till(_sale(), **changed).status_code == 422


def test_a_browser_that_is_not_known_or_was_switched_off_sends_nothing(shop, browser_till):
    assert browser_till(_sale(), code="web-nowhere").status_code == 404
    with acting_for(shop.business.id):
        Device.objects.update(is_active=False)
    assert browser_till(_sale()).status_code == 403
    assert _totals(shop) == []


def test_a_manager_sees_what_did_not_fit_and_says_what_was_done(
    shop, browser_till, client_as, text_of
):
    browser_till(_sale(), _sale(amount=""))
    manager = client_as("manager")
    page = shop.url("till/late-sales/")
    text = text_of(manager.get(page))
    assert "جا نیفتاد" in text
    with acting_for(shop.business.id):
        row = TillTransaction.objects.get(state="refused")
    deal = f"{page}{row.id}/deal/"
    assert "کوتاه بنویسید" in text_of(manager.post(deal, {"note": " "}, follow=True))
    text_of(manager.post(deal, {"note": "با مشتری تماس گرفتم"}, follow=True))
    with acting_for(shop.business.id):
        assert TillTransaction.objects.get(id=row.id).dealt_note == "با مشتری تماس گرفتم"
    assert client_as("analyst").post(deal, {"note": "x"}).status_code == 403


def test_the_page_costs_the_same_for_one_and_for_three(shop, browser_till, client_as):
    manager = client_as("manager")

    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(shop.url("till/late-sales/")).status_code == 200
        return len(captured)

    browser_till(_sale(), _sale(amount=""))
    asked()
    one = asked()
    browser_till(_sale(), _sale(), _sale(amount=""), _sale(amount=""), sequence=9)
    assert asked() == one


def test_points_worth_much_need_the_code(shop, client_as, text_of):
    shop.sell(rial=50_000_000)
    with acting_for(shop.business.id):
        changes = {"code_from_rial": 100_000}
        change_till_rules(changes=changes, actor=None, now=timezone.now())
    cashier = client_as("cashier")
    who = {"mobile": "09121234567", "amount": "900000"}
    assert 'id="spend-code"' in text_of(cashier.get(shop.url("till/customer/"), who))
    sale = _sale(amount="900000", redeem="500")
    refused = cashier.post(shop.url("till/"), sale)
    assert refused.status_code == 422
    assert "کد مشتری" in refused.content.decode()
    assert "4567" in text_of(cashier.post(shop.url("till/code/"), who)).translate(_LATIN)
    assert cashier.post(shop.url("till/"), sale | {"code": "12"}).status_code == 422
    assert len(_totals(shop)) == 1


_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
