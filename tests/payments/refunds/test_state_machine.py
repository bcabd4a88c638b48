"""Any order of askers, faults, crashes and banks: books, bank and payment agree in the end."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from payments.models import MoneyEntry, Payment, PaymentAttempt, ProviderAccount, Transfer
from payments.operations import create_payment, handle_callback, poll_due, start_attempt
from payments.operations.refunds import (
    ask_refund,
    cancel_transfer,
    pay_again,
    run_until_it_waits,
    try_again,
)
from payments.providers import PRODUCTS
from payments.providers.contract import Standing, TransferState
from payments.queries.invariants import broken
from tests.payments.memory_bank import Bank
from tests.payments.outside import broken_since, outside
from tests.payments.refunds.bank import OutBank

AMOUNT = 900_000
FAULTS = ["unheard_done", "unheard_not_done", "late", "refused", "declined", "short", "crash"]
FATES = [TransferState.PENDING, TransferState.IN_TRANSIT, TransferState.PAID]
MOVES = {
    TransferState.PENDING: [TransferState.IN_TRANSIT, TransferState.CANCELLED],
    TransferState.IN_TRANSIT: [TransferState.PAID, TransferState.FAILED],
    TransferState.PAID: [TransferState.RETURNED],
}


class CrashingBank(OutBank):
    """An OutBank whose caller dies in the middle of a call, before or after it counted."""

    def _order(self, operation: str, order: Any) -> Any:
        if self.faults[:1] != ["crash"]:
            return super()._order(operation, order)
        self.faults.pop(0)
        if len(self.asked) % 2:
            super()._order(operation, order)
        raise SystemExit


@contextmanager
def refused() -> Iterator[None]:
    """Let refusals and deaths of the process pass."""
    with suppress(Problem, SystemExit):
        yield


class Refunds(RuleBasedStateMachine):
    """One payment, asked back in pieces by impatient people over an unsteady wire."""

    business_id: ClassVar[UUID]
    start: ClassVar[datetime]
    gateway: ClassVar[Bank]
    out: ClassVar[OutBank]

    @initialize(idempotent=st.booleans(), split=st.sampled_from([1, 3]))
    def sell(self, idempotent, split):
        self.now = self.start
        self.out.__init__(idempotent=idempotent, split=split)  # type: ignore[misc]
        self.gateway.faults.clear()
        business = self.business_id
        with acting_for(business, durable=True):
            asked = create_payment(external_id=f"i-{new_id()}", amount_rial=AMOUNT, now=self.now)
        start_attempt(business_id=business, payment_id=asked.id, now=self.now)
        with acting_for(business):
            attempt = PaymentAttempt.objects.get(payment_id=asked.id)
        authority = str(attempt.authority)
        self.gateway.sessions[authority].standing = Standing.PAID_UNCONFIRMED
        params = {"a": authority, "s": "OK"}
        handle_callback(token=attempt.callback_token, params=params, now=self.now)
        self.payment_id = asked.id
        self.now += timedelta(minutes=40)

    def _rows(self) -> list[Transfer]:
        with acting_for(self.business_id):
            return list(Transfer.objects.filter(payment_id=self.payment_id).order_by("id"))

    def _run(self, transfer_id: UUID) -> None:
        run_until_it_waits(business_id=self.business_id, transfer_id=transfer_id, now=self.now)

    @rule(amount=st.sampled_from([300_000, 300_000, 450_000, AMOUNT]))
    def ask(self, amount):
        with refused():
            with acting_for(self.business_id, durable=True):
                asked = ask_refund(
                    payment_id=self.payment_id,
                    external_id=str(new_id()),
                    amount_rial=amount,
                    by="x",
                    now=self.now,
                )
            self._run(asked.id)

    @rule(fault=st.sampled_from(FAULTS))
    @outside
    def disturb_the_wire(self, fault):
        self.out.faults.append(fault)

    @rule(fate=st.sampled_from(FATES))
    @outside
    def change_the_banks_pace(self, fate):
        self.out.fate = fate

    @rule(pick=st.integers(0, 5), part=st.integers(0, 2), choice=st.integers(0, 1))
    @outside
    def the_bank_moves(self, pick, part, choice):
        if not self.out.sent:
            return
        sent = self.out.sent[pick % len(self.out.sent)]
        place = part % len(sent.parts)
        ways = MOVES.get(sent.parts[place].state, [])
        if ways:
            states = [one.state for one in sent.parts]
            states[place] = ways[choice % len(ways)]
            if len(states) == 1:
                self.out.become(sent.key, states[0])
            else:
                self.out.become(sent.key, *states)

    @rule(minutes=st.sampled_from([0.2, 1, 6, 35, 90, 1500]))
    def wait(self, minutes):
        self.out.arrive_late()
        self.now += timedelta(minutes=minutes)
        with refused():
            poll_due(now=self.now)

    @rule(pick=st.integers(0, 5))
    def cancel(self, pick):
        rows = self._rows()
        if rows:
            row = rows[pick % len(rows)]
            with refused():
                with acting_for(self.business_id, durable=True):
                    cancel_transfer(transfer_id=row.id, by="x", now=self.now)
                self._run(row.id)

    @rule(pick=st.integers(0, 5))
    def pay_what_is_owed(self, pick):
        rows = self._rows()
        if rows:
            with refused():
                with acting_for(self.business_id, durable=True):
                    asked = pay_again(
                        transfer_id=rows[pick % len(rows)].id,
                        external_id=str(new_id()),
                        by="x",
                        now=self.now,
                    )
                self._run(asked.id)

    @invariant()
    def never_more_than_was_captured(self):
        if not hasattr(self, "payment_id"):
            return
        truth = self.out.out_rial()
        assert truth <= AMOUNT
        keys = [one.key for one in self.out.sent]
        assert len(keys) == len(set(keys))
        with acting_for(self.business_id):
            payment = Payment.objects.get(id=self.payment_id)
            assert truth <= payment.refunded_rial <= AMOUNT
            assert broken_since(self, self.now - timedelta(days=2)) == []

    def teardown(self):
        """When the wire is calm and everything has arrived, books, payment and bank agree."""
        if not hasattr(self, "payment_id"):
            return
        self.out.faults.clear()
        self.out.fate = TransferState.PAID
        for pause in (1, 10, 60, 70, 400, 1500, 1500, 1500, 1500):
            self.out.arrive_late()
            for sent in self.out.sent:
                going = {TransferState.PENDING, TransferState.IN_TRANSIT}
                sent.parts[:] = [
                    replace(one, state=TransferState.PAID) if one.state in going else one
                    for one in sent.parts
                ]
            for row in self._rows():
                with acting_for(self.business_id, durable=True):
                    try_again(transfer_id=row.id, now=self.now)
            self.now += timedelta(minutes=pause)
            poll_due(now=self.now)
        truth = self.out.out_rial()
        with acting_for(self.business_id):
            payment = Payment.objects.get(id=self.payment_id)
            mine = {row.id for row in self._rows()}
            open_rows = Transfer.objects.filter(id__in=mine, state__in=["requested", "submitted"])
            assert not open_rows.exists()
            booked = MoneyEntry.objects.filter(account="refunds").values_list("amount_rial")
            assert payment.refunded_rial == truth
            assert sum(row[0] for row in booked) - self.before() == truth
            assert broken(self.now - timedelta(days=2)) == []
        type(self).booked_before = self.before() + truth

    booked_before: ClassVar[int] = 0

    def before(self) -> int:
        """Return what earlier runs of the same business left in the books."""
        return type(self).booked_before


@pytest.mark.django_db
def test_books_bank_and_payment_agree_whatever_happens(business, now, monkeypatch, as_role):
    Refunds.business_id, Refunds.start = business.id, now
    Refunds.gateway, Refunds.out = Bank(), CrashingBank()
    Refunds.booked_before = 0
    as_all: Any = Refunds.out
    gateway: Any = Refunds.gateway
    product = replace(PRODUCTS["zarinpal"], gateway=gateway, refunds=as_all)
    monkeypatch.setitem(PRODUCTS, "zarinpal", product)
    with acting_for(business.id, durable=True):
        ProviderAccount.objects.update(families=["gateway", "refunds"])
    with as_role("vafa_worker"):
        run_state_machine_as_test(
            Refunds,
            settings=settings(
                max_examples=20,
                stateful_step_count=25,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
