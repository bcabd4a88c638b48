"""From the pay button to the recorded purchase, and back."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import CustomerHint, NewLine
from payments.enums import AttemptState, PaymentState
from payments.operations import cancel_payment, start_attempt
from tests.payments.conftest import Shop

LINES = [
    NewLine(sku="latte", name="لاته", category="coffee", quantity=2, unit_price_rial=450_000),
]


def test_a_payment_becomes_a_purchase_of_a_known_customer(shop: Shop, purchases_of):
    payment = shop.buy(lines=LINES, customer=CustomerHint(mobile="09121234567", name="سارا"))

    assert payment.state == PaymentState.SETTLED
    assert shop.truth(payment) == "VERIFIED"
    (purchase,) = purchases_of(shop.business.id)
    assert purchase.id == payment.purchase_id
    assert (purchase.total_rial, purchase.channel) == (900_000, "web")
    assert purchase.payment_id == payment.id
    assert purchase.customer.name == "سارا"


def test_a_bare_payment_makes_a_customer_of_its_card(shop: Shop, purchases_of):
    first, second = shop.buy(), shop.buy()
    other = shop.buy(card="success_2")

    by_id = {purchase.id: purchase.customer_id for purchase in purchases_of(shop.business.id)}
    assert by_id[first.purchase_id] == by_id[second.purchase_id] is not None
    assert by_id[other.purchase_id] not in {None, by_id[first.purchase_id]}


def test_what_was_said_is_kept_in_order_and_cannot_be_changed(shop: Shop):
    shop.buy()
    calls = shop.calls()
    assert [call.operation for call in calls] == ["request", "callback", "confirm"]
    assert [call.outcome for call in calls] == ["ok", "pending", "ok"]

    calls[0].outcome = "declined"
    with pytest.raises(ProgrammingError, match="denied"), acting_for(shop.business.id):
        calls[0].save()


def test_no_card_hash_is_stored_anywhere(shop: Shop):
    payment = shop.buy()
    card_hash = shop.bank.payments()[0]["card_hash"]
    kept = [vars(row) for row in (payment, shop.attempt(payment), *shop.calls())]
    assert card_hash not in repr(kept)


def test_the_settled_event_is_published_once(shop: Shop):
    payment = shop.buy()
    assert events(shop, "payment.settled") == [
        {
            "payment_id": str(payment.id),
            "external_id": payment.external_id,
            "purchase_id": str(payment.purchase_id),
            "amount_rial": 900_000,
            "provider": "zarinpal",
            "reference": shop.attempt(payment).provider_ref,
            "settled_at": shop.now.isoformat(),
            "collects": "sale",
            "covered_rial": 0,
            "discount_rial": 0,
        }
    ]


@pytest.mark.parametrize("card", ["insufficient_funds", "cancel", "timeout"])
def test_a_failed_try_leaves_the_payment_open_for_another(shop: Shop, card: str):
    payment = shop.ask()
    shop.come_back(shop.pay(payment, card))
    assert shop.see(payment).state == PaymentState.CREATED
    assert shop.attempt(payment).state == AttemptState.DECLINED

    shop.come_back(shop.pay(payment))

    assert shop.see(payment).state == PaymentState.SETTLED
    assert [attempt.number for attempt in shop.attempts(payment)] == [1, 2]
    assert [event["final"] for event in events(shop, "payment.failed")] == [False]


def test_pressing_pay_twice_leads_to_the_same_session(shop: Shop):
    payment = shop.ask()
    assert shop.send_to_bank(payment) == shop.send_to_bank(payment)
    assert len(shop.bank.payments()) == 1


def test_pressing_pay_after_a_lost_return_finds_the_money(shop: Shop):
    payment = shop.ask()
    shop.pay(payment, "callback_lost")

    with pytest.raises(Problem) as refusal:
        shop.send_to_bank(payment)

    assert refusal.value.code == "payment_not_payable"
    assert shop.see(payment).state == PaymentState.SETTLED
    assert len(shop.bank.payments()) == 1


def test_a_settled_payment_is_not_payable(shop: Shop):
    payment = shop.buy()
    with pytest.raises(Problem) as refusal:
        shop.send_to_bank(payment)
    assert refusal.value.extra["payment_status"] == PaymentState.SETTLED


def test_cancelling_works_until_the_bank(shop: Shop):
    with acting_for(shop.business.id):
        payment = shop.ask()
        assert cancel_payment(payment_id=payment.id, now=shop.now) == PaymentState.CANCELLED
        assert cancel_payment(payment_id=payment.id, now=shop.now) == PaymentState.CANCELLED
        at_bank = shop.ask()
    shop.send_to_bank(at_bank)
    with acting_for(shop.business.id), pytest.raises(Problem) as refusal:
        cancel_payment(payment_id=at_bank.id, now=shop.now)
    assert refusal.value.code == "payment_not_cancellable"
    assert shop.see(at_bank).state == PaymentState.PROCESSING


def test_unpaid_payments_expire(shop: Shop, poll, later):
    payment = shop.ask()
    assert poll(later(hours=23)) == 0
    poll(later(hours=25))
    assert shop.see(payment).state == PaymentState.EXPIRED
    assert [event["reason"] for event in events(shop, "payment.failed")] == ["expired"]


def test_an_expired_payment_is_refused_even_before_the_sweep(shop: Shop, later):
    payment = shop.ask()
    with pytest.raises(Problem):
        shop.send_to_bank(payment, now=later(hours=25))
    assert shop.bank.payments() == []


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("html_500", AttemptState.ABANDONED),
        ("timeout_done", AttemptState.ABANDONED),
        ("bad_json", AttemptState.ABANDONED),
        ("http_429", AttemptState.NOT_ATTEMPTED),
    ],
)
def test_without_a_session_nobody_is_sent_anywhere(shop: Shop, fault: str, state: str):
    payment = shop.ask()
    shop.bank.script("request", fault)

    with pytest.raises(Problem) as refusal:
        shop.send_to_bank(payment)

    assert refusal.value.code == "gateway_unavailable"
    assert shop.attempt(payment).state == state
    assert shop.see(payment).state == PaymentState.CREATED
    assert shop.send_to_bank(payment)


def test_an_intent_whose_process_died_is_given_up(shop: Shop, poll, later, monkeypatch):
    payment = shop.ask()

    class Killed(BaseException):
        """Nothing catches a kill."""

    def die(*_args, **_kwargs):
        raise Killed

    monkeypatch.setattr("payments.operations.wire.Line.request", die)
    with pytest.raises(Killed):
        shop.send_to_bank(payment)
    monkeypatch.undo()

    assert shop.attempt(payment).state == AttemptState.CREATED
    with pytest.raises(Problem) as refusal:
        start_attempt(business_id=shop.business.id, payment_id=payment.id, now=shop.now)
    assert refusal.value.code == "payment_being_checked"
    poll(later(seconds=61))
    assert shop.attempt(payment).state == AttemptState.ABANDONED
    assert shop.send_to_bank(payment, now=later(seconds=62))


def test_the_database_refuses_a_second_live_try(shop: Shop):
    payment = shop.ask()
    shop.send_to_bank(payment)
    attempt = shop.attempt(payment)
    assert attempt.next_check_at == shop.now + timedelta(seconds=30)
    attempt.id, attempt.number = new_id(), 2
    attempt.callback_token, attempt.authority = "another", None
    attempt.wire_number += 1
    with pytest.raises(IntegrityError, match="one_live"), acting_for(shop.business.id):
        attempt.save(force_insert=True)


def events(shop: Shop, name: str) -> list[dict[str, Any]]:
    with acting_for(shop.business.id), connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM outbox_event WHERE name = %s ORDER BY id", [name])
        rows = [row[0] for row in cursor.fetchall()]
    return [json.loads(row) if isinstance(row, str) else row for row in rows]
