"""One suite over every product that sends money back, against the sandbox over real HTTP.

The bank's truth is the judge: what left the merchant's balance and what reached the card.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest

from payments.providers import PRODUCTS, product_of
from payments.providers.contract import (
    Account,
    Ordered,
    Outcome,
    Refunder,
    RefundOrder,
    Session,
    TransferState,
)
from tests.payments.trials import AMOUNT, account_at, paid
from tests.sandbox_server import Sandbox, free_port

WALLET = 50_000_000
DAY = 24 * 3600
HOURS_TO_ARRIVE = 3 * DAY


def zibal() -> dict[str, str]:
    merchant = uuid4().hex[:24]
    return {"merchant": merchant, "access_token": f"{merchant}.secret", "account_id": "w-1"}


def vandar() -> dict[str, str]:
    shop = uuid4().hex
    secret = uuid4().hex
    return {"api_key": shop, "business": shop, "mobile": "09121234567", "password": secret}


@dataclass(frozen=True, kw_only=True)
class Money:
    """One product that refunds: its credentials, and the sandbox's account of its wallet."""

    provider: str
    credentials: Callable[[], dict[str, str]]
    wallet: Callable[[Account], str]


TRIALS = {
    "zibal": Money(
        provider="zibal",
        credentials=zibal,
        wallet=lambda account: f"merchant:{account.credentials['merchant']}",
    ),
    "vandar": Money(
        provider="vandar",
        credentials=vandar,
        wallet=lambda account: f"merchant:{account.credentials['business']}",
    ),
}


class Till:
    """A paid and confirmed payment at a product, and its refunds."""

    def __init__(self, trial: Money, bank: Sandbox) -> None:
        self.trial, self.bank = trial, bank
        self.account = account_at(bank.base_url, trial.provider, trial.credentials())
        self.product = product_of(trial.provider)
        refunder, gateway = self.product.refunds, self.product.gateway
        assert refunder is not None
        assert gateway is not None
        self.refunder: Refunder = refunder
        self.gateway = gateway
        bank.fund(trial.wallet(self.account), WALLET)

    def sell(self, amount: int = AMOUNT) -> RefundOrder:
        """Take a payment in; return an order for all of it, older than any reversal window."""
        session = paid(self.gateway, self.account, self.bank, amount)
        told = self.gateway.confirm(self.account, session)
        assert told.outcome is Outcome.OK
        self.gateway.settle(self.account, session)
        self.bank.advance(2 * 3600)
        return RefundOrder(
            key=str(uuid4()),
            session=session,
            provider_ref=told.provider_ref or "",
            amount_rial=amount,
            description="پس فرستادن",
        )

    def order(self, order: RefundOrder) -> Ordered:
        return self.refunder.refund(self.account, order)

    def ask(self, order: RefundOrder, reference: str = "") -> Ordered:
        return self.refunder.inquire_refund(self.account, order, reference)

    def balance(self) -> int:
        return int(self.bank.ledger()["accounts"][self.trial.wallet(self.account)])

    def card_spent(self) -> int:
        """Return what the card has paid and not got back."""
        return 10**15 - int(self.bank.ledger()["accounts"]["card:success"])

    def alive(self) -> int:
        """Return how much is on its way back or there, as the bank knows it."""
        dead = {"FAILED", "CANCELLED", "RETURNED"}
        return sum(one["amount_rial"] for one in self.bank.transfers() if one["state"] not in dead)


@pytest.fixture(params=sorted(TRIALS))
def till(request, fresh_sandbox: Sandbox) -> Till:
    return Till(TRIALS[request.param], fresh_sandbox)


def states(said: Ordered) -> set[TransferState]:
    return {part.state for part in said.parts}


def test_every_refunder_is_tried():
    ours = {one.provider for one in TRIALS.values()}
    assert ours <= {name for name, product in PRODUCTS.items() if product.refunds}


def test_a_refund_is_ordered_seen_and_arrives(till: Till):
    order, before = till.sell(), till.card_spent()

    said = till.order(order)

    assert said.outcome is Outcome.OK
    assert sum(part.amount_rial for part in said.parts) == AMOUNT
    till.bank.advance(HOURS_TO_ARRIVE)
    seen = till.ask(order, said.reference)
    assert (seen.outcome, states(seen)) == (Outcome.OK, {TransferState.PAID})
    assert [part.reference for part in seen.parts] == [part.reference for part in said.parts]
    assert before - till.card_spent() == AMOUNT
    assert till.bank.ledger()["balanced"]


def test_the_fee_told_is_the_fee_taken(till: Till):
    order = till.sell()
    before = till.balance()
    said = till.order(order)
    told = sum(part.fee_rial or 0 for part in till.ask(order, said.reference).parts)
    assert before - till.balance() == AMOUNT + told


def test_the_same_order_twice(till: Till):
    """Whoever knows our key refunds once; whoever doesn't is asked, never told twice."""
    order = till.sell()
    order = replace(order, amount_rial=300_000)
    first = till.order(order)
    if not till.refunder.refunds.idempotent:
        seen = till.ask(order)
        assert (seen.outcome, seen.reference) == (Outcome.OK, first.reference)
    else:
        again = till.order(order)
        assert again.outcome in {Outcome.OK, Outcome.ALREADY}
        assert again.reference in {"", first.reference}
    assert till.alive() == 300_000


def test_two_equal_partial_refunds_are_two(till: Till):
    order = replace(till.sell(), amount_rial=300_000)
    second = replace(order, key=str(uuid4()), before_rial=300_000)
    one, two = till.order(order), till.order(second)
    assert one.outcome is two.outcome is Outcome.OK
    assert one.reference != two.reference
    assert till.alive() == 600_000
    assert till.ask(second, two.reference).reference == two.reference
    assert till.ask(order, one.reference).reference == one.reference


def test_more_than_was_paid_never_leaves(till: Till):
    order = till.sell()
    till.order(order)
    more = replace(order, key=str(uuid4()), amount_rial=300_000, before_rial=AMOUNT)
    assert till.order(more).outcome not in {Outcome.OK, Outcome.ALREADY, Outcome.PENDING}
    assert till.alive() == AMOUNT


@pytest.mark.parametrize("fault", ["timeout_done", "html_500_done", "bad_json"])
def test_an_order_carried_out_unheard_is_found_by_asking(till: Till, fault: str):
    order = replace(till.sell(), amount_rial=300_000)
    till.bank.script("refund", fault)
    assert till.order(order).outcome is Outcome.UNKNOWN
    seen = till.ask(order)
    assert seen.outcome is Outcome.OK
    assert sum(part.amount_rial for part in seen.parts) == 300_000
    assert till.alive() == 300_000


@pytest.mark.parametrize("fault", ["timeout_not_done", "html_500"])
def test_an_order_lost_on_the_way_is_not_found(till: Till, fault: str):
    order = replace(till.sell(), amount_rial=300_000)
    till.bank.script("refund", fault)
    assert till.order(order).outcome is Outcome.UNKNOWN
    seen = till.ask(order)
    assert (seen.outcome, states(seen)) == (Outcome.OK, {TransferState.NOT_FOUND})
    assert till.alive() == 0


def test_too_many_calls_is_not_an_order(till: Till):
    order = till.sell()
    till.bank.script("refund", "http_429")
    assert till.order(order).outcome is Outcome.NOT_ATTEMPTED
    assert till.alive() == 0


def test_an_unheard_second_refund_is_told_from_the_first(till: Till):
    first = replace(till.sell(), amount_rial=300_000)
    till.order(first)
    till.bank.advance(HOURS_TO_ARRIVE)
    second = replace(first, key=str(uuid4()), before_rial=300_000)
    till.bank.script("refund", "timeout_not_done")
    till.order(second)
    assert states(till.ask(second)) == {TransferState.NOT_FOUND}
    till.bank.script("refund", "timeout_done")
    till.order(second)
    assert sum(part.amount_rial for part in till.ask(second).parts) == 300_000


def test_an_empty_wallet_says_so(till: Till):
    order = till.sell()
    till.bank.fund(till.trial.wallet(till.account), -till.balance())
    said = till.order(order)
    assert said.no_balance
    assert said.outcome in {Outcome.DECLINED, Outcome.NOT_ATTEMPTED, Outcome.OK}
    assert till.alive() in {0, AMOUNT if said.outcome is Outcome.OK else 0}


def test_a_big_refund_may_have_parts_and_one_may_fail(till: Till):
    till.bank.fund(till.trial.wallet(till.account), 10**9)
    order = replace(till.sell(400_000_000), key=str(uuid4()))
    till.bank.script("transfer", "transfer_fails")
    said = till.order(order)
    assert sum(part.amount_rial for part in said.parts) == 400_000_000
    till.bank.advance(HOURS_TO_ARRIVE)
    seen = till.ask(order, said.reference)
    failed = [part for part in seen.parts if part.state is TransferState.FAILED]
    assert len(failed) == 1
    assert {part.state for part in seen.parts if part not in failed} <= {TransferState.PAID}
    assert till.alive() == 400_000_000 - failed[0].amount_rial


def test_money_may_come_back_after_it_arrived(till: Till):
    order = till.sell()
    till.bank.script("transfer", "transfer_bounces")
    said = till.order(order)
    (one,) = till.bank.transfers()
    till.bank.advance(one["arrives_at"] - one["created_at"] + 60)
    assert states(till.ask(order, said.reference)) == {TransferState.PAID}
    till.bank.advance(DAY)
    assert states(till.ask(order, said.reference)) == {TransferState.RETURNED}
    assert till.alive() == 0


def test_a_question_with_no_answer_decides_nothing(till: Till):
    order = till.sell()
    said = till.order(order)
    for fault in ("timeout_not_done", "html_500", "bad_json"):
        till.bank.script("refund.inquiry", fault)
        assert till.ask(order, said.reference).outcome is Outcome.UNKNOWN


def test_a_refund_below_the_least_is_declined(till: Till):
    order = replace(till.sell(), amount_rial=till.refunder.refunds.min_rial - 1)
    assert till.order(order).outcome is Outcome.DECLINED
    assert till.alive() == 0


def test_cancelling_is_what_the_capabilities_say(till: Till):
    order = till.sell()
    said = till.order(order)
    before = len(till.bank.log())
    answer = till.refunder.cancel_refund(till.account, order, said.reference)
    if not till.refunder.refunds.cancel:
        assert answer.outcome is Outcome.NOT_ATTEMPTED
        assert len(till.bank.log()) == before
        return
    assert answer.outcome is Outcome.OK
    assert states(till.ask(order, said.reference)) == {TransferState.CANCELLED}
    assert till.alive() == 0


def test_a_provider_nobody_answers_at_was_not_attempted(till: Till):
    order = till.sell()
    nowhere = account_at(
        f"http://127.0.0.1:{free_port()}", till.trial.provider, till.account.credentials
    )
    assert till.refunder.refund(nowhere, order).outcome is Outcome.NOT_ATTEMPTED
    assert till.refunder.inquire_refund(nowhere, order, "").outcome is Outcome.NOT_ATTEMPTED


def test_evidence_holds_no_secret(till: Till):
    order = till.sell()
    said = till.order(order)
    kept = repr((said.evidence, till.ask(order, said.reference).evidence))
    fields = [one.name for one in till.product.fields if one.secret]
    secrets = [till.account.credentials[one] for one in fields if till.account.credentials.get(one)]
    assert secrets
    assert not any(secret in kept for secret in secrets)


# What is Zibal's alone.


def test_a_whole_refund_of_zibal_is_reversed_while_that_is_possible(fresh_sandbox: Sandbox):
    till = Till(TRIALS["zibal"], fresh_sandbox)
    session: Session = paid(till.gateway, till.account, fresh_sandbox)
    till.gateway.confirm(till.account, session)
    order = RefundOrder(key=str(uuid4()), session=session, provider_ref="1", amount_rial=AMOUNT)

    said = till.order(order)

    (part,) = said.parts
    assert (part.state, part.amount_rial) == (TransferState.PAID, AMOUNT)
    assert not part.fee_rial
    assert fresh_sandbox.payments()[0]["state"] == "REVERSED"
    assert fresh_sandbox.transfers() == []
    assert till.ask(order).parts == till.ask(order, said.reference).parts == said.parts


def test_a_token_zibal_does_not_take_means_nothing_was_done(fresh_sandbox: Sandbox):
    till = Till(TRIALS["zibal"], fresh_sandbox)
    order = till.sell()
    stranger = replace(till.account, credentials={**till.account.credentials, "access_token": "?"})
    assert till.refunder.refund(stranger, order).outcome is Outcome.NOT_ATTEMPTED
