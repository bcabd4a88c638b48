"""Any stream of rows and decisions, with deaths between the steps: books = bank, nothing lost."""

from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from customers.queries.sales import purchase_rows
from payments.enums import BookAccount
from payments.enums.deposits import AllocationState, DepositState, ReturnState, RowSource
from payments.models import (
    Deposit,
    DepositAllocation,
    DepositIdentifier,
    DepositReturn,
    MoneyEntry,
    Payment,
)
from payments.operations import cancel_payment, create_payment
from payments.operations.deposits import (
    HeardRow,
    Rest,
    accept_deposit,
    close_identifier,
    fail_return,
    finish_return,
    hear_rows,
    ignore_deposit,
    issue_identifier,
    return_deposit,
    run_deposit,
    save_bank_account,
)
from payments.queries.invariants import broken
from tests.payments.deposits.conftest import OURS, STRANGER, THEIRS

AMOUNTS = [300_000, 500_000, 800_000]


@contextmanager
def may_refuse():
    """Let refusals of decisions pass: they must change nothing, and the invariants see to it."""
    try:
        yield
    except Problem as problem:
        assert problem.code  # noqa: PT017 - any stable code will do


class Deposits(RuleBasedStateMachine):
    """One bank account, restless payers, an impatient owner and a process that dies."""

    business_id: ClassVar[UUID]
    start: ClassVar[datetime]
    identifiers = Bundle("identifiers")

    @initialize()
    def open(self):
        self.now = self.start
        self.bank: Counter[str] = Counter()
        self.rows: list[HeardRow] = []
        with acting_for(self.business_id):
            account = save_bank_account(title="x", iban=OURS, prefix="77", now=self.now)
            save_bank_account(account_id=account.id, title="x", prefix="77", now=self.now)
            self.account_id = account.id
            hint = CustomerHint(mobile="09121234567")
            self.sara = find_or_create(customer=hint, source="t", now=self.now).customer_id
            self.before = -_booked(BookAccount.BANK)

    @rule(target=identifiers, amount=st.sampled_from(AMOUNTS))
    def invoice(self, amount):
        with acting_for(self.business_id):
            asked = create_payment(external_id=f"i-{new_id()}", amount_rial=amount, now=self.now)
            row = issue_identifier(account_id=self.account_id, payment_id=asked.id, now=self.now)
        return row.id

    @rule(target=identifiers, strict=st.booleans())
    def customer(self, strict):
        sources = [THEIRS] if strict else []
        with acting_for(self.business_id):
            row = issue_identifier(
                account_id=self.account_id,
                customer_id=self.sara,
                sources=sources,
                now=self.now,
            )
        return row.id

    @rule(
        named=identifiers,
        amount=st.sampled_from(AMOUNTS),
        source=st.sampled_from([THEIRS, STRANGER, ""]),
        slip=st.booleans(),
        dies=st.booleans(),
    )
    def money_comes(self, named, amount, source, slip, dies):
        with acting_for(self.business_id):
            digits = DepositIdentifier.objects.get(id=named).digits
        typed = digits[:-1] + str((int(digits[-1]) + 1) % 10) if slip else digits
        row = HeardRow(
            amount_rial=amount,
            at=self.now,
            bank_reference=f"r{len(self.rows)}",
            identifier=typed,
            source_iban=source,
        )
        self.rows.append(row)
        self.bank["in"] += amount
        self._hear([row], dies=dies)

    @rule()
    def the_statement_again(self):
        self._hear(self.rows, dies=False)

    def _hear(self, rows, *, dies):
        with acting_for(self.business_id):
            taken = hear_rows(
                account_id=self.account_id, rows=rows, source=RowSource.STATEMENT, now=self.now
            )
        for deposit_id in taken.deposit_ids if not dies else ():
            run_deposit(business_id=self.business_id, deposit_id=deposit_id, now=self.now)

    @rule(seconds=st.sampled_from([20, 120, 86_400, 6 * 86_400]))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)
        self._work_off()

    def _work_off(self):
        """Do what the poller would: what a death left, and parts that wait in vain."""
        with acting_for(self.business_id):
            due = Deposit.objects.filter(next_try_at__lte=self.now).values_list("id", flat=True)
            vain = DepositAllocation.objects.filter(
                state=AllocationState.HELD, payment__state="cancelled"
            ).values_list("deposit_id", flat=True)
            ids = {*due, *vain}
        for deposit_id in ids:
            run_deposit(business_id=self.business_id, deposit_id=deposit_id, now=self.now)

    def _pick(self, states, n):
        with acting_for(self.business_id):
            ids = list(
                Deposit.objects.filter(account_id=self.account_id, state__in=states)
                .order_by("detected_at", "id")
                .values_list("id", flat=True)
            )
        return ids[n % len(ids)] if ids else None

    @rule(
        n=st.integers(0, 9),
        named=identifiers,
        rest=st.sampled_from(Rest),
        also_customer=st.booleans(),
    )
    def accept(self, n, named, rest, also_customer):
        deposit_id = self._pick([DepositState.UNMATCHED, DepositState.SUSPICIOUS], n)
        if deposit_id is None:
            return
        with acting_for(self.business_id), may_refuse():
            payment_id = DepositIdentifier.objects.get(id=named).payment_id
            customer_id = self.sara if also_customer or payment_id is None else None
            accept_deposit(
                deposit_id=deposit_id,
                payment_id=payment_id,
                customer_id=customer_id,
                rest=rest,
                by="owner",
                now=self.now,
            )

    @rule(n=st.integers(0, 9), mine=st.booleans())
    def refuse(self, n, mine):
        waiting = [DepositState.UNMATCHED, DepositState.SUSPICIOUS, DepositState.RETURN_FAILED]
        deposit_id = self._pick(waiting, n)
        if deposit_id is None:
            return
        with acting_for(self.business_id), may_refuse():
            if mine:
                ignore_deposit(deposit_id=deposit_id, note="", by="owner", now=self.now)
            else:
                return_deposit(deposit_id=deposit_id, by="owner", now=self.now)

    @rule(n=st.integers(0, 9), works=st.booleans())
    def end_a_return(self, n, works):
        with acting_for(self.business_id):
            open_ones = list(DepositReturn.objects.filter(state=ReturnState.ORDERED))
            if not open_ones:
                return
            row = open_ones[n % len(open_ones)]
            if works:
                finish_return(return_id=row.id, bank_reference="b", by="owner", now=self.now)
                self.bank["out"] += row.amount_rial
            else:
                fail_return(return_id=row.id, by="owner", now=self.now)

    @rule(named=identifiers)
    def close(self, named):
        with acting_for(self.business_id):
            close_identifier(identifier_id=named, now=self.now)

    @rule(named=identifiers)
    def cancel(self, named):
        with acting_for(self.business_id), may_refuse():
            payment_id = DepositIdentifier.objects.get(id=named).payment_id
            if payment_id is not None:
                cancel_payment(payment_id=payment_id, now=self.now)

    @invariant()
    def the_books_are_the_banks_truth(self):
        if not hasattr(self, "bank"):
            return
        with acting_for(self.business_id):
            assert broken(self.now - timedelta(days=30)) == []
            held = _booked(BookAccount.BANK) + self.before
            assert held == self.bank["in"] - self.bank["out"]
            total = MoneyEntry.objects.aggregate(n=Sum("amount_rial"))["n"] or 0
            assert total == 0

    @invariant()
    def nothing_was_credited_on_a_weak_match(self):
        """What no person touched was right in identifier, source and, for an invoice, the sum."""
        if not hasattr(self, "bank"):
            return
        with acting_for(self.business_id):
            parts = DepositAllocation.objects.filter(
                by="", deposit__account_id=self.account_id
            ).select_related("deposit__row", "deposit__identifier", "payment")
            for part in parts:
                named, row = part.deposit.identifier, part.deposit.row
                assert named is not None
                assert named.digits == row.identifier
                assert not named.sources or row.source_iban in named.sources
                assert named.closed_at is None or part.deposit.at <= named.closed_at
                assert part.amount_rial == part.deposit.amount_rial

    @invariant()
    def each_paid_payment_is_one_purchase(self):
        if not hasattr(self, "bank"):
            return
        with acting_for(self.business_id):
            paid = Payment.objects.filter(state="settled").count()
            assert purchase_rows().exclude(payment_id=None).count() == paid

    def teardown(self):
        """Once everything due is done, every deposit is decided or before a person."""
        if not hasattr(self, "bank"):
            return
        self.now += timedelta(days=1)
        self._work_off()
        with acting_for(self.business_id):
            assert not Deposit.objects.filter(state=DepositState.DETECTED).exists()


def _booked(account: BookAccount) -> int:
    rows = MoneyEntry.objects.filter(account=account)
    return rows.aggregate(n=Sum("amount_rial"))["n"] or 0


@pytest.mark.usefixtures("committed")
def test_deposits_agree_with_the_bank_whatever_happens(business, now):
    Deposits.business_id, Deposits.start = business.id, now
    run_state_machine_as_test(
        Deposits,
        settings=settings(
            max_examples=4,
            derandomize=True,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
