"""Jibit's refunds against the sandbox over real HTTP."""

from dataclasses import replace
from uuid import uuid4

import pytest

from payments.providers.contract import Outcome, RefundOrder, TransferState
from tests.payments.jibit.test_ppg import AMOUNT, gateway, paid, verified


def order(session, amount, before=0, **changes) -> RefundOrder:
    made = RefundOrder(
        key=uuid4().hex,
        session=session,
        provider_ref="",
        amount_rial=amount,
        before_rial=before,
    )
    return replace(made, **changes)


def test_a_refund_in_parts_reaches_the_card(account, fresh_sandbox, keys):
    verified(account, fresh_sandbox)
    session = verified(account, fresh_sandbox)
    first = gateway.refund(account, order(session, 300_000))
    second = gateway.refund(account, order(session, 300_000, before=300_000))
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.OK)
    assert first.reference != second.reference

    states = []
    for ahead in (61, 3_601):
        fresh_sandbox.advance(ahead)
        told = gateway.inquire_refund(account, order(session, 300_000), second.reference)
        states.append(told.parts[0].state)
    assert states == [TransferState.IN_TRANSIT, TransferState.PAID]
    assert fresh_sandbox.ledger()["balanced"]


def test_more_than_is_left_is_declined(account, fresh_sandbox):
    verified(account, fresh_sandbox)
    session = verified(account, fresh_sandbox)
    assert gateway.refund(account, order(session, AMOUNT + 1)).outcome is Outcome.DECLINED


def test_a_purchase_that_was_not_verified_is_not_refunded(account, fresh_sandbox):
    session = paid(account, fresh_sandbox)
    assert gateway.refund(account, order(session, 1_000)).outcome is Outcome.DECLINED


def test_an_empty_wallet_is_said_and_nothing_moved(account, fresh_sandbox):
    session = verified(account, fresh_sandbox)
    answer = gateway.refund(account, order(session, AMOUNT))  # the fee is not there any more
    assert (answer.outcome, answer.no_balance) == (Outcome.NOT_ATTEMPTED, True)
    assert answer.retry_after is not None
    asked = gateway.inquire_refund(account, order(session, AMOUNT), "")
    assert asked.parts[0].state is TransferState.NOT_FOUND


@pytest.mark.parametrize("fault", ["timeout_done", "html_500_done", "bad_json"])
def test_a_refund_whose_answer_was_lost_is_found_again(account, fresh_sandbox, fault):
    verified(account, fresh_sandbox)
    session = verified(account, fresh_sandbox)
    done = gateway.refund(account, order(session, 300_000))
    lost = order(session, 300_000, before=300_000)
    fresh_sandbox.script("refund", fault)
    assert gateway.refund(account, lost).outcome is Outcome.UNKNOWN
    found = gateway.inquire_refund(account, lost, "")
    assert found.outcome is Outcome.OK
    assert found.reference not in {"", done.reference}
    assert len(fresh_sandbox.transfers()) == 2


def test_a_refund_that_never_arrived_is_not_found(account, fresh_sandbox):
    verified(account, fresh_sandbox)
    session = verified(account, fresh_sandbox)
    gateway.refund(account, order(session, 300_000))
    lost = order(session, 300_000, before=300_000)
    fresh_sandbox.script("refund", "timeout_not_done")
    assert gateway.refund(account, lost).outcome is Outcome.UNKNOWN
    assert gateway.inquire_refund(account, lost, "").parts[0].state is TransferState.NOT_FOUND


def test_a_held_refund_can_be_undone_for_an_hour(account, fresh_sandbox):
    verified(account, fresh_sandbox)
    session = verified(account, fresh_sandbox)
    asked = order(session, 100_000, extra={"cancellable": "true"})
    made = gateway.refund(account, asked)
    undone = gateway.cancel_refund(account, asked, made.reference)
    assert undone.parts[0].state is TransferState.CANCELLED
    late = gateway.refund(account, order(session, 100_000))
    assert gateway.cancel_refund(account, asked, late.reference).outcome is Outcome.DECLINED


@pytest.mark.parametrize(
    ("fate", "state"), [("fail", TransferState.FAILED), ("bounce", TransferState.RETURNED)]
)
def test_money_that_does_not_stay_is_told(account, fresh_sandbox, fate, state):
    verified(account, fresh_sandbox)
    session = verified(account, fresh_sandbox)
    made = gateway.refund(account, order(session, 100_000))
    fresh_sandbox.decide(fresh_sandbox.transfers()[-1]["id"], fate)
    fresh_sandbox.advance(3 * 24 * 3600)
    told = gateway.inquire_refund(account, order(session, 100_000), made.reference)
    assert told.parts[0].state is state
