"""Payments and hostile or merely unusual input: refused clearly, stored whole, never a fault."""

import pytest
from django.test import Client

from businesses.operations import open_branch
from core.tenancy import acting_for
from outbox.operations import fence
from payments.models import PaymentAttempt, ProviderAccount
from payments.operations import poll_due
from tests.payments.conftest import Shop
from tests.payments.test_api import BODY

pytestmark = pytest.mark.django_db

ITEM = {"sku": "latte", "name": "لاته", "unit_price": 900_000}


@pytest.fixture(autouse=True)
def _bank(bank) -> None:
    """Payments lead to the sandbox."""


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("customer", {"name": "سارا\u0000"}),
        ("customer", {"external_id": "c\u0000-1"}),
        ("lines", [ITEM | {"sku": "la\u0000tte"}]),
        ("external_id", "inv\u0000-7"),
        ("description", "سفارش\u0000"),
    ],
)
def test_signs_that_cannot_be_stored_are_dropped(api, member, value):
    answer = api.post("payments", BODY | {member: value})
    assert answer.status_code == 201, answer.content


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"return_url": "https://shop.example/\u0000"}, "invalid_return_url"),
        ({"return_url": "https://[::1"}, "invalid_return_url"),
        ({"return_url": "javascript:alert(1)"}, "invalid_return_url"),
        ({"return_url": "https://shop.example/\r\nSet-Cookie: a=b"}, "invalid_return_url"),
        ({"branch": "b\u0000"}, "unknown_branch"),
        ({"employee": "e\u0000"}, "unknown_employee"),
    ],
)
def test_what_cannot_be_meant_is_refused(api, changes, code):
    answer = api.post("payments", BODY | changes)
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] == code


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_stored_as_nothing_or_refused(api, business, number):
    lines = f'[{{"name":"x","unit_price":900000,"attributes":{{"a":{number}}}}}]'
    raw = f'{{"external_id":"i-1","amount":900000,"lines":{lines}}}'
    answer = api.post("payments", raw)
    assert answer.status_code in {201, 400, 422}, answer.content


@pytest.mark.parametrize("query", [{"q": "\u0000"}, {"q": "a\u0000b"}, {"limit": "9" * 5000}])
def test_a_strange_search_is_answered(api, query):
    assert api.get("payments", query).status_code in {200, 400}


def test_a_branch_is_known_however_its_digits_are_typed(api, business, now):
    with acting_for(business.id):
        open_branch(code="b-77", name="شعبهٔ هفتم", now=now)
    answer = api.post("payments", BODY | {"branch": " b-۷۷"})
    assert answer.status_code == 201, answer.content


@pytest.mark.parametrize("path", ["/p/%s/", "/p/%s/receipt/", "/pay/return/%s/"])
def test_an_address_with_a_nul_is_not_found(path):
    assert Client().get(path % ("A" * 22 + "%00" + "A" * 21)).status_code == 404


def test_a_return_may_bring_anything(shop: Shop):
    payment = shop.ask()
    shop.send_to_bank(payment)
    token = shop.attempt(payment).callback_token
    answer = Client().get(f"/pay/return/{token}/?Authority=%00&%00=1&Status=OK")
    assert answer.status_code == 400


def test_a_long_persian_return_address_still_leads_back(shop: Shop):
    address = "https://shop.example/" + "ن" * 1900
    payment = shop.ask(return_url=address)
    back = shop.pay(payment)
    path = "/" + back.partition("vafa.test/")[2]
    answer = Client().get(path)
    assert answer.status_code in {302, 303}, answer.content
    assert shop.see(payment).state == "settled"


def test_one_business_whose_keys_are_lost_does_not_stop_the_others(
    shop: Shop, other_business, as_role, now, caplog
):
    good = shop.ask()
    with acting_for(other_business.id):
        lost = Shop(other_business, shop.bank, shop.now).ask()
    other = Shop(other_business, shop.bank, shop.now)
    other.send_to_bank(lost)
    with acting_for(other_business.id):
        ProviderAccount.objects.update(credentials=b"gone")
    shop.bank.pay(shop.send_to_bank(good), "success")
    with acting_for(other_business.id):  # the broken one is first in the line
        PaymentAttempt.objects.update(next_check_at=shop.now)
    with as_role("vafa_worker"):
        poll_due(now=shop.now.replace(hour=shop.now.hour + 1))
    assert shop.see(good).state == "settled"
    assert fence.logger.name in {record.name for record in caplog.records}
