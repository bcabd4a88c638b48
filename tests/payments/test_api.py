"""Payments over HTTP, as a shop's program sees them."""

from uuid import uuid4

import pytest
from django.utils import timezone

from core.tenancy import acting_for
from customers.models import ContextField, PurchaseLine
from payments.enums import PaymentState
from payments.models import Payment
from tests.payments.conftest import Shop

BODY = {
    "external_id": "inv-7",
    "amount": 900_000,
    "description": "سفارش ۷",
    "customer": {"mobile": "09121234567", "name": "سارا"},
    "lines": [
        {"sku": "latte", "name": "لاته", "quantity": 2, "unit_price": 500_000, "discount": 100_000}
    ],
}


@pytest.fixture
def now():
    """Return the real time: what answers here reads the clock itself."""
    return timezone.now()


@pytest.fixture(autouse=True)
def _bank(bank) -> None:
    """Payments lead to the sandbox."""


def test_asking_for_a_payment(api):
    answer = api.post("payments", BODY)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["status"], told["amount"]) == ("created", 900_000)
    assert told["pay_url"].startswith("http://vafa.test/p/")
    assert api.get(f"payments/{told['id']}").json() == told | {"attempts": [], "covers": []}


def test_the_same_question_is_answered_once(api):
    first = api.post("payments", BODY, key="k-1")
    replayed = api.post("payments", BODY, key="k-1")
    repeated = api.post("payments", BODY)
    assert (first.status_code, replayed.status_code, repeated.status_code) == (201, 201, 200)
    assert first.json() == replayed.json() == repeated.json()


def test_the_same_number_for_something_else_is_a_conflict(api):
    first = api.post("payments", BODY).json()
    answer = api.post("payments", BODY | {"amount": 1_000_000, "lines": []})
    assert answer.status_code == 409
    assert answer.json()["code"] == "external_id_conflict"
    assert answer.json()["payment_id"] == first["id"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"amount": 0, "lines": []}, 422, "amount_out_of_range"),
        ({"amount": -5, "lines": []}, 422, "amount_out_of_range"),
        ({"amount": 999, "lines": []}, 422, "amount_out_of_range"),
        ({"amount": 1_000_000_001, "lines": []}, 422, "amount_out_of_range"),
        ({"amount": 10**30, "lines": []}, 422, "amount_out_of_range"),
        ({"amount": 90_000.5}, 422, "invalid_body"),
        ({"amount": "۹۰۰"}, 422, "invalid_body"),
        ({"amount": 90_000}, 400, "tenders_mismatch"),
        ({"branch": "nowhere"}, 400, "unknown_branch"),
        ({"customer": {"mobile": "+14155550100"}}, 400, "invalid_mobile"),
        ({"return_url": "javascript:alert(1)"}, 400, "invalid_return_url"),
        ({"external_id": ""}, 422, "invalid_body"),
        ({"surprise": 1}, 422, "invalid_body"),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(api, changes, status, code):
    answer = api.post("payments", BODY | changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert api.get("payments").json()["data"] == []


def test_payments_are_listed_newest_first_by_cursor(api):
    for number in range(5):
        api.post("payments", {"external_id": f"inv-{number}", "amount": 10_000})
    first = api.get("payments", {"limit": 3}).json()
    second = api.get("payments", {"limit": 3, "cursor": first["next_cursor"]}).json()
    numbers = [row["external_id"] for row in first["data"] + second["data"]]
    assert numbers == [f"inv-{number}" for number in (4, 3, 2, 1, 0)]
    assert second["next_cursor"] is None
    assert len(api.get("payments", {"status": "created"}).json()["data"]) == 5
    assert api.get("payments", {"status": "settled"}).json()["data"] == []
    assert api.get("payments", {"status": "what"}).json()["code"] == "invalid_status"


def test_c011_a_payment_tells_the_rail_it_came_on_and_is_found_by_it(api):
    api.post("payments", {"external_id": "inv-1", "amount": 10_000})
    (told,) = api.get("payments", {"method": "gateway"}).json()["data"]
    assert (told["external_id"], told["method"]) == ("inv-1", "gateway")
    assert api.get(f"payments/{told['id']}").json()["method"] == "gateway"
    assert api.get("payments", {"method": "direct_debit"}).json()["data"] == []
    assert api.get("payments", {"method": "dove"}).json()["code"] == "invalid_method"


def test_a_list_costs_the_same_for_one_row_and_for_three(api, django_assert_num_queries):
    api.get("payments")
    for rows in (1, 2):
        for _ in range(rows):
            api.post("payments", {"external_id": uuid4().hex, "amount": 10_000})
        with django_assert_num_queries(2):
            api.get("payments")


def test_c016_what_a_payment_is_about_is_judged_before_any_money_moves(api, shop: Shop, business):
    api.post("context-fields/preset", {"vertical": "cafe"})
    wrong = api.post("payments", BODY | {"context": {"tabel": "7"}})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_context")
    assert list(wrong.json()["errors"]) == ["context.tabel"]
    made = api.post("payments", BODY | {"context": {"table": "7"}}).json()
    # What is paid is recorded, whatever the fields have become.
    with acting_for(business.id):
        field = ContextField.objects.get(key="table")
    api.patch(f"context-fields/{field.id}", {"is_active": False})
    with acting_for(business.id):
        payment = Payment.objects.get(id=made["id"])
    shop.come_back(shop.pay(payment))
    with acting_for(business.id):
        assert PurchaseLine.objects.get().attributes == {"table": "7"}


def test_cancelling(api):
    payment = api.post("payments", BODY).json()
    answer = api.post(f"payments/{payment['id']}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


def test_reversing_a_paid_payment(api, shop: Shop):
    payment = shop.buy()
    answer = api.post(f"payments/{payment.id}/reverse", key="r-1")
    assert (answer.status_code, answer.json()["status"]) == (200, "returned")
    assert api.post(f"payments/{payment.id}/reverse", key="r-1").json() == answer.json()
    assert api.get(f"payments/{payment.id}").json()["status"] == PaymentState.REVERSED


def test_reversing_what_is_not_paid_is_a_conflict(api):
    payment = api.post("payments", BODY).json()
    answer = api.post(f"payments/{payment['id']}/reverse")
    assert (answer.status_code, answer.json()["code"]) == (409, "payment_not_reversible")


def test_a_refusal_of_the_provider_is_told(api, shop: Shop):
    payment = shop.buy(909_942)
    answer = api.post(f"payments/{payment.id}/reverse")
    assert (answer.status_code, answer.json()["code"]) == (409, "reversal_refused")
    assert answer.json()["provider_code"] == "-60"


def test_an_outsider_finds_nothing(api, other_api):
    payment = api.post("payments", BODY).json()
    for method, path in (
        ("GET", f"payments/{payment['id']}"),
        ("POST", f"payments/{payment['id']}/cancel"),
        ("POST", f"payments/{payment['id']}/reverse"),
    ):
        answer = other_api(method, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert other_api.get("payments").json()["data"] == []
    assert api.get(f"payments/{payment['id']}").json()["status"] == "created"


def test_a_paid_payment_shows_its_tries(api, shop: Shop):
    payment = shop.buy()
    told = api.get(f"payments/{payment.id}").json()
    assert told["status"] == "settled"
    assert told["purchase_id"] == str(payment.purchase_id)
    (attempt,) = told["attempts"]
    assert (attempt["status"], attempt["provider"]) == ("confirmed", "zarinpal")
    assert attempt["reference"]
