"""Refunds and payouts over HTTP, as a shop's program sees them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from customers.operations import CustomerHint
from payments.models import PaymentAttempt
from payments.providers.contract import TransferState
from tests.payments.refunds.conftest import IBAN, RefundShop


@pytest.fixture
def now():
    """Return the real time: what answers here reads the clock itself."""
    return timezone.now()


@pytest.fixture
def payment(refunds: RefundShop):
    """Return a payment whose window for reversing is over."""
    return sell(refunds)


def sell(refunds: RefundShop, **details):
    payment = refunds.shop.buy(**details)
    with acting_for(refunds.business_id):
        PaymentAttempt.objects.filter(payment=payment).update(
            confirmed_at=refunds.now - timedelta(hours=1)
        )
    return payment


def test_a_preview_then_a_refund(api, refunds: RefundShop, payment):
    told = api.post(f"payments/{payment.id}/refunds/preview", {"amount": 300_000}).json()
    assert (told["route"], told["amount"], told["left"]) == ("gateway", 300_000, 600_000)
    assert told["return_amount"] == 300_000
    assert {"points_taken", "points_back"} <= set(told["effects"])

    body = {"external_id": "r-1", "amount": 300_000, "reason": "quality"}
    answer = api.post(f"payments/{payment.id}/refunds", body)
    refund = answer.json()
    assert (answer.status_code, refund["status"], refund["paid"]) == (201, "paid", 300_000)
    assert [part["status"] for part in refund["parts"]] == ["paid"]

    again = api.post(f"payments/{payment.id}/refunds", body)
    assert (again.status_code, again.json()["id"]) == (200, refund["id"])
    assert api.get(f"payments/{payment.id}").json()["refunded"] == 300_000
    assert api.get(f"refunds/{refund['id']}").json() == refund
    listed = api.get(f"payments/{payment.id}/refunds").json()["data"]
    assert [one["id"] for one in listed] == [refund["id"]]
    assert api.get("refunds?status=paid").json()["data"] == listed
    assert api.get("refunds?status=unknown").json()["data"] == []


def test_one_idempotency_key_is_one_refund(api, refunds: RefundShop, payment):
    body = {"external_id": "r-1", "amount": 300_000}
    first = api.post(f"payments/{payment.id}/refunds", body, key="k-1")
    replayed = api.post(f"payments/{payment.id}/refunds", body, key="k-1")
    assert first.json() == replayed.json()
    assert refunds.out.asked.count("refund") == 1


def test_more_than_was_paid_is_refused(api, payment):
    answer = api.post(f"payments/{payment.id}/refunds", {"external_id": "r", "amount": 900_001})
    assert (answer.status_code, answer.json()["code"]) == (409, "refund_exceeds_payment")
    assert answer.json()["left_rial"] == 900_000


def test_a_key_does_not_approve_what_it_asked_for(api, refunds: RefundShop, payment):
    refunds.out.owner = ("رضا", "کریمی")
    body = {"external_id": "r-1", "destination": "account", "account": {"iban": IBAN}}
    refund = api.post(f"payments/{payment.id}/refunds", body).json()
    assert (refund["status"], refund["account_ends_with"]) == ("awaiting_approval", IBAN[-4:])
    assert IBAN not in str(refund)

    refused = api.post(f"refunds/{refund['id']}/approve", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "second_person_needed")
    rejected = api.post(f"refunds/{refund['id']}/reject", {"note": "not theirs"}).json()
    assert (rejected["status"], rejected["decisions"][0]["note"]) == ("rejected", "not theirs")


def test_the_owner_may_be_asked_about_again(api, refunds: RefundShop):
    payment = sell(refunds, customer=CustomerHint(mobile="09121234567", name="سارا محمدی"))
    refunds.out.owner = None
    body = {"external_id": "r-1", "destination": "account", "account": {"iban": IBAN}}
    refund = api.post(f"payments/{payment.id}/refunds", body).json()
    assert refund["waiting_for"] == "owner_unsure"
    refunds.out.owner = ("سارا", "محمدی")
    verified = api.post(f"refunds/{refund['id']}/verify-destination", {}).json()
    assert (verified["owner_match"], verified["status"]) == ("match", "paid")


def test_cancelled_and_tried_again(api, refunds: RefundShop, payment):
    refunds.out.faults = ["short"]
    refund = api.post(f"payments/{payment.id}/refunds", {"external_id": "r-1"}).json()
    assert refund["waiting_for"] == "balance"
    assert api.post(f"refunds/{refund['id']}/retry", {}).json()["status"] == "paid"
    late = api.post(f"refunds/{refund['id']}/cancel", {})
    assert (late.status_code, late.json()["code"]) == (409, "not_cancellable")


def test_what_came_back_is_paid_again(api, refunds: RefundShop, payment):
    refunds.out.fate = TransferState.FAILED
    refund = api.post(f"payments/{payment.id}/refunds", {"external_id": "r-1"}).json()
    assert refund["status"] == "failed"
    refunds.out.fate = TransferState.PAID
    again = api.post(f"refunds/{refund['id']}/pay-again", {"external_id": "r-2"}).json()
    assert (again["status"], again["replaces"]) == ("paid", refund["id"])


def test_a_payout_waits_for_a_second_person(api, refunds: RefundShop, payment):
    account = {"iban": IBAN, "first_name": "سارا", "last_name": "محمدی"}
    body = {"external_id": "p-1", "amount": 250_000, "account": account}
    payout = api.post("payouts", body).json()
    assert (payout["kind"], payout["status"]) == ("payout", "awaiting_approval")
    assert [one["id"] for one in api.get("payouts").json()["data"]] == [payout["id"]]
    assert api.get("refunds").json()["data"] == []
    assert api.post(f"payouts/{payout['id']}/cancel", {}).json()["status"] == "cancelled"


def test_the_refund_clock(api, refunds: RefundShop, payment):
    refunds.out.faults = ["short"]
    api.post(f"payments/{payment.id}/refunds", {"external_id": "r-1", "amount": 100_000})
    api.post(f"payments/{payment.id}/refunds", {"external_id": "r-2", "amount": 200_000})
    told = api.get("reports/refund-sla").json()
    assert (told["requested"], told["paid"], told["paid_amount"]) == (2, 1, 200_000)
    assert told["waiting"][0]["waiting_for"] == "balance"
    assert {one["step"] for one in told["steps"]} >= {"handover", "bank", "whole"}
    assert api.get("reports/refund-sla?since=later").json()["code"] == "invalid_date"


def test_a_list_costs_the_same_for_one_and_for_three(api, refunds: RefundShop, payment):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert api.get("refunds").status_code == 200
        return len(queries)

    api.post(f"payments/{payment.id}/refunds", {"external_id": "r-1", "amount": 100_000})
    cost()
    one = cost()
    for number in (2, 3):
        body = {"external_id": f"r-{number}", "amount": 100_000}
        api.post(f"payments/{payment.id}/refunds", body)
    assert cost() == one
