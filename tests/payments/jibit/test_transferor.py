"""Jibit's transfers against the sandbox over real HTTP."""

from dataclasses import replace
from uuid import uuid4

import pytest

from payments.providers.contract import Account, Outcome, PayoutOrder, Rail, TransferState
from payments.providers.jibit.transferor import JibitTransferor
from sandbox.people import ACCOUNTS

payouts = JibitTransferor()
IBAN = ACCOUNTS["sara"].iban


@pytest.fixture
def account(fresh_sandbox, keys) -> Account:
    fresh_sandbox.fund(f"merchant:{keys['api_key']}", 5_000_000)
    return Account(base_url=f"{fresh_sandbox.base_url}/jibit/trf", credentials=keys)


def order(amount=1_000_000, **changes) -> PayoutOrder:
    made = PayoutOrder(
        key=uuid4().hex,
        iban=IBAN,
        first_name="سارا",
        last_name="محمدی",
        amount_rial=amount,
        description="برگشت",
    )
    return replace(made, **changes)


def state(account, asked) -> TransferState:
    told = payouts.inquire_payout(account, asked, "")
    assert told.outcome is Outcome.OK, told
    return told.parts[0].state


def test_a_transfer_arrives_once_however_often_it_is_ordered(account, fresh_sandbox, keys):
    asked = order()
    outcomes = [payouts.payout(account, asked).outcome for _ in range(3)]
    assert outcomes == [Outcome.OK, Outcome.ALREADY, Outcome.ALREADY]
    seen = [state(account, asked)]
    for ahead in (1_801, 7_201):
        fresh_sandbox.advance(ahead)
        seen.append(state(account, asked))
    assert seen == [TransferState.PENDING, TransferState.IN_TRANSIT, TransferState.PAID]
    accounts = fresh_sandbox.ledger()["accounts"]
    assert accounts[f"iban:{IBAN}"] == 1_000_000
    assert accounts[f"merchant:{keys['api_key']}"] == 4_000_000


@pytest.mark.parametrize("fault", ["timeout_done", "html_500_done", "bad_json", "timeout_not_done"])
def test_an_order_whose_answer_was_lost_is_found_by_our_id(account, fresh_sandbox, fault):
    asked = order()
    fresh_sandbox.script("payout", fault)
    assert payouts.payout(account, asked).outcome is Outcome.UNKNOWN
    done = fault != "timeout_not_done"
    assert state(account, asked) is (TransferState.PENDING if done else TransferState.NOT_FOUND)
    again = payouts.payout(account, asked).outcome
    assert again is (Outcome.ALREADY if done else Outcome.OK)
    assert len(fresh_sandbox.transfers()) == 1


@pytest.mark.parametrize(
    ("fate", "end"), [("fail", TransferState.FAILED), ("bounce", TransferState.RETURNED)]
)
def test_money_that_does_not_stay_is_told(account, fresh_sandbox, fate, end):
    asked = order()
    payouts.payout(account, asked)
    fresh_sandbox.decide(fresh_sandbox.transfers()[-1]["id"], fate)
    if fate == "bounce":
        fresh_sandbox.advance(3 * 3600)
        assert state(account, asked) is TransferState.PAID
    fresh_sandbox.advance(3 * 24 * 3600)
    assert state(account, asked) is end


def test_what_has_not_left_can_be_taken_back(account, fresh_sandbox):
    asked, gone = order(), order()
    payouts.payout(account, asked)
    undone = payouts.cancel_payout(account, asked, asked.key)
    assert undone.parts[0].state is TransferState.CANCELLED
    payouts.payout(account, gone)
    fresh_sandbox.advance(1_801)
    assert payouts.cancel_payout(account, gone, gone.key).outcome is Outcome.DECLINED


def test_an_empty_wallet_attempts_nothing(account):
    asked = order(9_000_000)
    answer = payouts.payout(account, asked)
    assert (answer.outcome, answer.no_balance) == (Outcome.NOT_ATTEMPTED, True)
    assert answer.retry_after is not None
    assert state(account, asked) is TransferState.NOT_FOUND


def test_a_bad_order_is_declined(account):
    assert payouts.payout(account, order(iban="IR1")).outcome is Outcome.DECLINED
    assert payouts.payout(account, order(rail=Rail.POL)).outcome is Outcome.DECLINED


def test_the_same_id_for_another_amount_is_a_mismatch(account):
    asked = order()
    payouts.payout(account, asked)
    again = payouts.payout(account, replace(asked, amount_rial=1))
    assert again.outcome is Outcome.MISMATCH
