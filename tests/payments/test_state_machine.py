"""Any order of buyers, banks, faults and clocks: the bank's truth and ours agree in the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.queries.sales import purchase_rows
from payments.enums import AttemptState, PaymentState
from payments.models import OrphanCapture, Payment, PaymentAttempt, Reversal
from payments.operations import (
    cancel_payment,
    create_payment,
    handle_callback,
    poll_due,
    reverse_payment,
    start_attempt,
)
from payments.providers import PRODUCTS
from payments.providers.contract import (
    CallbackClaim,
    Confirmation,
    Evidence,
    Inquiry,
    Opened,
    Outcome,
    Redirect,
    Reversed,
    Settled,
    Standing,
    UnverifiedList,
    UnverifiedRow,
)
from payments.providers.zarinpal import Zarinpal
from payments.queries.invariants import broken

WINDOW = timedelta(minutes=30)
FAULTS = ["unheard_done", "unheard_not_done", "refused"]


@contextmanager
def refused(*codes: str) -> Iterator[None]:
    """Let these refusals pass; anything else is a fault."""
    try:
        yield
    except Problem as problem:
        if problem.code not in codes:
            raise


@dataclass
class Held:
    """A session as the bank knows it."""

    amount: int
    callback_url: str
    standing: Standing = Standing.AT_BANK
    paid_at: datetime | None = None
    reference: str = ""


@dataclass
class Bank:
    """A bank in memory that speaks the contract, tells the truth and sometimes mumbles."""

    name: ClassVar = Zarinpal.name
    version: ClassVar = "test"
    capabilities: ClassVar = Zarinpal.capabilities

    sessions: dict[str, Held] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def malformed(self, credentials):
        return ""

    def redirect(self, account, authority):
        return Redirect(url=f"http://bank.test/{authority}")

    def parse_callback(self, params):
        return CallbackClaim(authority=params["a"], claims_success=params["s"] == "OK")

    def _muffled(self, act):
        """Carry a call out, or not, and say what the caller hears (None: the true answer)."""
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "refused":
            return None, Outcome.NOT_ATTEMPTED
        truth = act() if fault != "unheard_not_done" else None
        return truth, Outcome.UNKNOWN if fault else None

    def request(self, account, asked):
        authority = f"S{len(self.sessions):035}"

        def act():
            self.sessions[authority] = Held(asked.amount_rial, asked.callback_url)
            return authority

        truth, muffled = self._muffled(act)
        said = muffled or Outcome.OK
        known = truth if muffled is None else ""
        return Opened(outcome=said, evidence=Evidence(asked={}), authority=known)

    def confirm(self, account, session):
        held = self.sessions[session.authority]

        def act():
            if held.standing is Standing.CONFIRMED:
                return Outcome.ALREADY
            if held.standing is not Standing.PAID_UNCONFIRMED:
                return Outcome.DECLINED
            held.standing = Standing.CONFIRMED
            held.reference = f"ref-{session.authority}"
            return Outcome.OK

        truth, muffled = self._muffled(act)
        outcome = muffled or truth
        reference = held.reference if outcome in {Outcome.OK, Outcome.ALREADY} else None
        return Confirmation(
            outcome=outcome,
            evidence=Evidence(asked={}),
            provider_ref=reference,
            card_hash="card" if reference else "",
        )

    def settle(self, account, session):
        return Settled(outcome=Outcome.OK, evidence=Evidence(asked={}))

    def inquire(self, account, session):
        truth, muffled = self._muffled(lambda: self.sessions[session.authority].standing)
        if muffled:
            return Inquiry(outcome=muffled, evidence=Evidence(asked={}))
        return Inquiry(outcome=Outcome.OK, evidence=Evidence(asked={}), standing=truth)

    def list_unverified(self, account):
        rows, muffled = self._muffled(
            lambda: tuple(
                UnverifiedRow(authority=a, amount_rial=h.amount, callback_url=h.callback_url)
                for a, h in self.sessions.items()
                if h.standing is Standing.PAID_UNCONFIRMED
            )
        )
        told = () if muffled else rows
        return UnverifiedList(outcome=muffled or Outcome.OK, evidence=Evidence(asked={}), rows=told)

    def reverse(self, account, session):
        held = self.sessions[session.authority]

        def act():
            if held.standing is not Standing.CONFIRMED:
                return Outcome.UNKNOWN
            held.standing = Standing.RETURNED
            return Outcome.OK

        truth, muffled = self._muffled(act)
        return Reversed(outcome=muffled or truth, evidence=Evidence(asked={}))

    def pass_time(self, now) -> None:
        """Give back what nobody confirmed in the window; end sessions nobody paid."""
        for held in self.sessions.values():
            old = held.paid_at is not None and held.paid_at + WINDOW <= now
            if held.standing is Standing.PAID_UNCONFIRMED and old:
                held.standing = Standing.RETURNED


class Payments(RuleBasedStateMachine):
    """One payment in the hands of a restless buyer, an impatient shop and an unsteady wire."""

    business_id: ClassVar[UUID]
    start: ClassVar[datetime]
    bank: ClassVar[Bank]
    sessions = Bundle("sessions")

    @initialize()
    def ask(self):
        self.now = self.start
        self.bank.faults.clear()
        self.mine: set[str] = set()
        with acting_for(self.business_id):
            asked = create_payment(external_id=f"inv-{new_id()}", amount_rial=900_000, now=self.now)
        self.payment_id = asked.id

    @rule(target=sessions)
    def press_pay(self):
        before = set(self.bank.sessions)
        with refused("payment_not_payable", "payment_being_checked", "gateway_unavailable"):
            start_attempt(business_id=self.business_id, payment_id=self.payment_id, now=self.now)
        opened = set(self.bank.sessions) - before
        self.mine |= opened
        return multiple(*opened)

    @rule(session=sessions, works=st.booleans())
    def pay_at_bank(self, session, works):
        held = self.bank.sessions[session]
        if held.standing is Standing.AT_BANK:
            held.standing = Standing.PAID_UNCONFIRMED if works else Standing.FAILED
            held.paid_at = self.now

    @rule(session=sessions, claim=st.sampled_from(["OK", "NOK"]))
    def come_back(self, session, claim):
        token = self.bank.sessions[session].callback_url.rstrip("/").rpartition("/")[2]
        # A session whose opening we never heard of has no authority on our side.
        with refused("callback_mismatch"):
            handle_callback(token=token, params={"a": session, "s": claim}, now=self.now)

    @rule(session=consumes(sessions))
    def lose_the_browser(self, session):
        """Nobody returns from this session any more."""

    @rule(fault=st.sampled_from(FAULTS))
    def disturb_the_wire(self, fault):
        self.bank.faults.append(fault)

    @rule(minutes=st.sampled_from([0.1, 1, 6, 20, 50]))
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)
        self.bank.pass_time(self.now)
        poll_due(now=self.now)

    @rule()
    def cancel(self):
        with acting_for(self.business_id), refused("payment_not_cancellable"):
            cancel_payment(payment_id=self.payment_id, now=self.now)

    @rule()
    def reverse(self):
        with refused("payment_not_reversible", "reverse_window_over"):
            reverse_payment(
                business_id=self.business_id, payment_id=self.payment_id, by="", now=self.now
            )

    @invariant()
    def a_settled_payment_was_confirmed_and_recorded_once(self):
        if not hasattr(self, "payment_id"):
            return
        with acting_for(self.business_id):
            payment = Payment.objects.get(id=self.payment_id)
            purchases = purchase_rows().filter(payment_id=payment.id).count()
            credited = PaymentAttempt.objects.filter(
                payment=payment, state__in=[AttemptState.CONFIRMED, AttemptState.REVERSED]
            )
            assert credited.count() <= 1
            assert purchases == credited.count()
            assert (payment.state == PaymentState.SETTLED) <= (purchases == 1)
            assert broken(self.now - timedelta(days=1)) == []
            if (
                payment.state == PaymentState.SETTLED
                and not Reversal.objects.filter(payment=payment, state="requested").exists()
            ):
                authority = credited.get().authority
                assert authority is not None
                assert self.bank.sessions[authority].standing is Standing.CONFIRMED

    def teardown(self):
        """When the wire is calm again and time passes, no money is left where it should not be."""
        if not hasattr(self, "payment_id"):
            return
        self.bank.faults.clear()
        for pause in (1, 10, 40, 60, 420, 1500):
            self.now += timedelta(minutes=pause)
            self.bank.pass_time(self.now)
            poll_due(now=self.now)
        with acting_for(self.business_id):
            payment = Payment.objects.get(id=self.payment_id)
            standings = [self.bank.sessions[authority].standing for authority in self.mine]
            confirmed = standings.count(Standing.CONFIRMED)
            if payment.state == PaymentState.SETTLED:
                assert confirmed == 1
            else:
                assert confirmed == 0
            assert Standing.PAID_UNCONFIRMED not in standings
            assert not OrphanCapture.objects.filter(state="open").exists()
            assert payment.state in {
                PaymentState.SETTLED,
                PaymentState.EXPIRED,
                PaymentState.CANCELLED,
                PaymentState.REVERSED,
            }


@pytest.mark.django_db
def test_bank_and_books_agree_whatever_happens(business, now, monkeypatch, as_role):
    Payments.business_id, Payments.start, Payments.bank = business.id, now, Bank()
    monkeypatch.setitem(
        PRODUCTS,
        Zarinpal.name,
        replace(PRODUCTS[Zarinpal.name], gateway=Payments.bank),
    )
    with as_role("vafa_worker"):
        run_state_machine_as_test(
            Payments,
            settings=settings(
                max_examples=20,
                stateful_step_count=25,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
