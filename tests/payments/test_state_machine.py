"""Any order of buyers, banks, faults and clocks: the banks' truth and ours agree in the end.

One payment, three accounts: a provider that answers questions, one that settles apart, and one
that answers none. Banks change their word afterwards, providers are down and come back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
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
from payments.models import (
    MoneyEntry,
    OrphanCapture,
    Payment,
    PaymentAttempt,
    ProviderAccount,
    Reversal,
)
from payments.operations import (
    add_account,
    cancel_payment,
    create_payment,
    handle_callback,
    poll_due,
    reverse_payment,
    start_attempt,
)
from payments.providers.contract import Standing
from tests.payments.memory_bank import FAULTS, KINDS, Bank, open_banks
from tests.payments.outside import broken_since, outside

BANKS = sorted(KINDS)
# Every run begins with somebody who pays, and with what goes wrong on the way.
BEGINNINGS = ["", "settle", *FAULTS]
Place = tuple[str, str]  # a bank and a session there


@contextmanager
def refused(*codes: str) -> Iterator[None]:
    """Let these refusals pass; anything else is a fault."""
    try:
        yield
    except Problem as problem:
        if problem.code not in codes:
            raise


class Payments(RuleBasedStateMachine):
    """One payment in the hands of a restless buyer, an impatient shop and unsteady wires."""

    business_id: ClassVar[UUID]
    start: ClassVar[datetime]
    banks: ClassVar[dict[str, Bank]]
    sessions = Bundle("sessions")

    @initialize(target=sessions, order=st.permutations(BANKS), begun=st.sampled_from(BEGINNINGS))
    def ask(self, order, begun):
        self.now = self.start
        self.mine: set[Place] = set()
        self.changed: set[Place] = set()
        for bank in self.banks.values():
            bank.faults.clear()
            bank.broken.clear()
        with acting_for(self.business_id):
            for place, name in enumerate(order):
                rows = ProviderAccount.objects.filter(provider=name, is_active=True)
                rows.update(priority=place, failures=0, paused_until=None)
            asked = create_payment(external_id=f"inv-{new_id()}", amount_rial=900_000, now=self.now)
        self.payment_id = asked.id
        if begun == "settle":
            self.banks[order[0]].broken["settle"] = "refused"
        elif begun:
            self.banks[order[0]].faults.append(begun)
        return multiple(*self.buy_once())

    def places(self) -> set[Place]:
        return {(name, one) for name, bank in self.banks.items() for one in bank.sessions}

    def held(self, place: Place):
        return self.banks[place[0]].sessions[place[1]]

    @rule(target=sessions)
    def press_pay(self):
        return multiple(*self.press())

    def press(self) -> list[Place]:
        before = self.places()
        with refused("payment_not_payable", "payment_being_checked", "gateway_unavailable"):
            start_attempt(business_id=self.business_id, payment_id=self.payment_id, now=self.now)
        opened = self.places() - before
        self.mine |= opened
        return sorted(opened)

    @rule(place=sessions, works=st.booleans())
    @outside
    def pay_at_bank(self, place, works):
        self.banks[place[0]].pay(place[1], self.now, works=works)

    @rule(place=sessions, success=st.booleans())
    def come_back(self, place, success):
        self.bring_back(place, success=success)

    def bring_back(self, place: Place, *, success: bool) -> None:
        name, authority = place
        token = self.held(place).callback_url.rstrip("/").rpartition("/")[2]
        params = self.banks[name].returns(authority, success=success)
        # A session whose opening we never heard of has no authority on our side.
        with refused("callback_mismatch"):
            handle_callback(token=token, params=params, now=self.now)

    @rule(target=sessions)
    def buy(self):
        """The usual way, as far as the wires allow: press, pay, come back."""
        return multiple(*self.buy_once())

    def buy_once(self) -> list[Place]:
        opened = self.press()
        for place in opened:
            self.banks[place[0]].pay(place[1], self.now)
            self.bring_back(place, success=True)
        return opened

    @rule(place=consumes(sessions))
    @outside
    def lose_the_browser(self, place):
        """Nobody returns from this session any more."""

    @rule(name=st.sampled_from(BANKS), fault=st.sampled_from(FAULTS))
    @outside
    def disturb_the_wire(self, name, fault):
        self.banks[name].faults.append(fault)

    @rule(name=st.sampled_from(BANKS), what=st.sampled_from(["request", "settle", "reverse"]))
    @outside
    def go_down(self, name, what):
        self.banks[name].broken[what] = "refused"

    @rule(name=st.sampled_from(BANKS))
    @outside
    def come_up(self, name):
        self.banks[name].broken.clear()

    @rule(place=sessions)
    @outside
    def change_ones_word(self, place):
        """The provider takes a success back, or makes a failure good by hand."""
        name, _authority = place
        held = self.held(place)
        if not self.banks[name].capabilities.inquiry:
            return
        if self.banks[name].is_ours(place[1]) and self.has_ended(place):
            held.standing = Standing.RETURNED
        elif held.standing is Standing.FAILED and self.has_ended(place):
            held.standing, held.reference = Standing.CONFIRMED, f"ref-{place[1]}"
            held.settled = True
        else:
            return
        self.changed.add(place)

    def has_ended(self, place: Place) -> bool:
        with acting_for(self.business_id):
            rows = PaymentAttempt.objects.filter(authority=place[1], next_recheck_at__isnull=False)
            return rows.exists()

    @rule(minutes=st.sampled_from([0.1, 1, 6, 20, 50]))
    def wait(self, minutes):
        self.let_pass(minutes)

    def let_pass(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)
        for bank in self.banks.values():
            bank.pass_time(self.now)
        poll_due(now=self.now)

    @rule(place=consumes(sessions))
    def cancel(self, place):
        """The shop gives up on a buyer who opened a session and left it."""
        with acting_for(self.business_id), refused("payment_not_cancellable"):
            cancel_payment(payment_id=self.payment_id, now=self.now)

    @rule(place=consumes(sessions))
    def reverse(self, place):
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
                payment=payment,
                state__in=[AttemptState.CONFIRMED, AttemptState.REVERSED],
                settled_at__isnull=False,
            )
            assert credited.count() <= 1
            assert purchases == credited.count()
            assert (payment.state == PaymentState.SETTLED) <= (purchases == 1)
            assert broken_since(self, self.now - timedelta(days=1)) == []
            if (
                payment.state == PaymentState.SETTLED
                and not Reversal.objects.filter(payment=payment, state="requested").exists()
            ):
                attempt = credited.select_related("account").get()
                place = (attempt.account.provider, str(attempt.authority))
                assert place in self.changed or self.banks[place[0]].is_ours(place[1])

    def teardown(self):
        """When the wire is calm again and time passes, no money is left where it should not be."""
        if not hasattr(self, "payment_id"):
            return
        for bank in self.banks.values():
            bank.faults.clear()
            bank.broken.clear()
        for pause in (1, 10, 40, 60, 420, *[1500] * 7):
            self.let_pass(pause)
        ours = [place for place in self.mine if self.banks[place[0]].is_ours(place[1])]
        standings = [self.held(place).standing for place in self.mine]
        with acting_for(self.business_id):
            payment = Payment.objects.get(id=self.payment_id)
            assert len(ours) == (payment.state == PaymentState.SETTLED)
            assert self.in_books() == 900_000 * len(ours)
            assert Standing.PAID_UNCONFIRMED not in standings
            assert not OrphanCapture.objects.filter(state="open").exists()
            unsure = PaymentAttempt.objects.filter(payment=payment, state="needs_review")
            assert (payment.state == PaymentState.NEEDS_REVIEW) == unsure.exists()
            assert {one.account.provider for one in unsure.select_related("account")} <= {"sep"}
            assert payment.state not in {PaymentState.CREATED, PaymentState.PROCESSING}

    def in_books(self) -> int:
        """Return what the books say this payment brought to the providers."""
        reversals = Reversal.objects.filter(payment_id=self.payment_id).values_list("id", flat=True)
        entries = MoneyEntry.objects.filter(
            source_id__in=[self.payment_id, *reversals], account="provider"
        )
        return sum(entries.values_list("amount_rial", flat=True))


@pytest.mark.django_db
def test_banks_and_books_agree_whatever_happens(business, now, monkeypatch, as_role):
    Payments.business_id, Payments.start = business.id, now
    Payments.banks = open_banks(monkeypatch, *BANKS)
    with acting_for(business.id):
        ProviderAccount.objects.update(is_active=False)
        for name in BANKS:
            add_account(provider=name, credentials={"merchant_id": name}, actor=None, now=now)
    with as_role("vafa_worker"):
        run_state_machine_as_test(
            Payments,
            settings=settings(
                max_examples=20,
                stateful_step_count=20,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
