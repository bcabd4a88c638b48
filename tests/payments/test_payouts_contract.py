"""One suite over every product that pays out, against the sandbox over real HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest

from payments.providers import product_of
from payments.providers.contract import (
    Account,
    Ordered,
    Outcome,
    PayoutOrder,
    Payouts,
    TransferState,
    WireUnit,
)
from tests.payments.test_refunding_contract import states, vandar
from tests.payments.trials import account_at
from tests.sandbox_server import Sandbox, free_port

IBAN = "IR" + "0" * 22 + "17"
AMOUNT = 1_500_000
DAY = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Payer:
    """One product that pays out, and the sandbox's account of its balance."""

    provider: str
    credentials: Callable[[], dict[str, str]]
    wallet: Callable[[Account], str]


TRIALS = {
    "vandar": Payer(
        provider="vandar",
        credentials=vandar,
        wallet=lambda account: f"merchant:{account.credentials['business']}",
    ),
}


class Office:
    """A business with money at a provider."""

    def __init__(self, trial: Payer, bank: Sandbox) -> None:
        self.trial, self.bank = trial, bank
        self.account = account_at(bank.base_url, trial.provider, trial.credentials())
        payer = product_of(trial.provider).payouts
        assert payer is not None
        self.payer: Payouts = payer
        bank.fund(trial.wallet(self.account), 10 * AMOUNT)

    def order(self, order: PayoutOrder) -> Ordered:
        return self.payer.payout(self.account, order)

    def ask(self, order: PayoutOrder, reference: str = "") -> Ordered:
        return self.payer.inquire_payout(self.account, order, reference)

    def arrived(self) -> int:
        return int(self.bank.ledger()["accounts"].get(f"iban:{IBAN}", 0))

    def balance(self) -> int:
        return int(self.bank.ledger()["accounts"][self.trial.wallet(self.account)])


@pytest.fixture(params=sorted(TRIALS))
def office(request, fresh_sandbox: Sandbox) -> Office:
    return Office(TRIALS[request.param], fresh_sandbox)


def order(amount: int = AMOUNT) -> PayoutOrder:
    return PayoutOrder(
        key=str(uuid4()), iban=IBAN, first_name="صبا", last_name="احمدی", amount_rial=amount
    )


def test_a_payout_arrives_to_the_rial_and_its_fee_is_told(office: Office):
    asked = order()
    said = office.order(asked)
    assert said.outcome is Outcome.OK
    office.bank.advance(DAY)
    seen = office.ask(asked, said.reference)
    assert states(seen) == {TransferState.PAID}
    assert sum(part.amount_rial for part in seen.parts) == AMOUNT == office.arrived()
    fee = sum(part.fee_rial or 0 for part in seen.parts)
    assert office.balance() == 9 * AMOUNT - fee


def test_the_same_key_is_one_payout(office: Office):
    asked = order()
    first, second = office.order(asked), office.order(asked)
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.ALREADY)
    assert first.reference == second.reference
    assert len(office.bank.transfers()) == 1


@pytest.mark.parametrize("fault", ["timeout_done", "html_500_done", "bad_json"])
def test_an_order_carried_out_unheard_is_found_by_asking(office: Office, fault: str):
    asked = order()
    office.bank.script("payout", fault)
    assert office.order(asked).outcome is Outcome.UNKNOWN
    assert sum(part.amount_rial for part in office.ask(asked).parts) == AMOUNT
    assert len(office.bank.transfers()) == 1


@pytest.mark.parametrize("fault", ["timeout_not_done", "html_500"])
def test_an_order_lost_on_the_way_is_not_found(office: Office, fault: str):
    asked = order()
    office.bank.script("payout", fault)
    assert office.order(asked).outcome is Outcome.UNKNOWN
    assert states(office.ask(asked)) == {TransferState.NOT_FOUND}


def test_an_empty_wallet_says_so(office: Office):
    said = office.order(order(11 * AMOUNT))
    assert said.no_balance
    assert office.bank.transfers() == []


@pytest.mark.parametrize(
    ("fault", "end"),
    [("transfer_fails", TransferState.FAILED), ("transfer_bounces", TransferState.RETURNED)],
)
def test_money_that_did_not_stay_is_back_in_the_wallet(office: Office, fault: str, end: str):
    asked = order()
    office.bank.script("transfer", fault)
    said = office.order(asked)
    office.bank.advance(3 * DAY)
    office.bank.advance(1)
    seen = office.ask(asked, said.reference)
    assert states(seen) == {end}
    assert office.arrived() == 0
    assert office.balance() == 10 * AMOUNT - sum(part.fee_rial or 0 for part in seen.parts)
    assert office.bank.ledger()["balanced"]


def test_an_order_is_taken_back_before_it_leaves_and_not_after(office: Office):
    early, late = order(), order()
    first, second = office.order(early), office.order(late)
    assert office.payer.payouts.cancel
    cancelled = office.payer.cancel_payout(office.account, early, first.reference)
    assert states(cancelled) == {TransferState.CANCELLED}
    office.bank.advance(DAY)
    refused = office.payer.cancel_payout(office.account, late, second.reference)
    assert refused.outcome is Outcome.DECLINED
    assert office.arrived() == AMOUNT


def test_an_amount_the_wire_cannot_say_is_refused_without_a_call(office: Office):
    if office.payer.payouts.wire_unit is not WireUnit.IRT:
        pytest.skip("the wire speaks rial")
    before = len(office.bank.log())
    assert office.order(order(AMOUNT + 1)).outcome is Outcome.DECLINED
    assert len(office.bank.log()) == before


def test_less_than_the_least_is_declined(office: Office):
    least = office.payer.payouts.min_rial
    assert office.order(order(least - 10)).outcome is Outcome.DECLINED
    assert office.order(order(least)).outcome is Outcome.OK


def test_a_login_that_fails_means_nothing_was_done(office: Office):
    nowhere = account_at(
        f"http://127.0.0.1:{free_port()}", office.trial.provider, office.account.credentials
    )
    assert office.payer.payout(nowhere, order()).outcome is Outcome.NOT_ATTEMPTED
    wrong = {**office.account.credentials, "password": "wrong"}
    stranger = replace(office.account, credentials=wrong)
    assert office.payer.payout(stranger, order()).outcome is Outcome.NOT_ATTEMPTED


def test_a_token_that_ended_is_renewed(office: Office):
    office.order(order())
    office.bank.advance(6 * DAY)
    assert office.order(order()).outcome is Outcome.OK
    assert [one["operation"] for one in office.bank.log()].count("login") == 2
