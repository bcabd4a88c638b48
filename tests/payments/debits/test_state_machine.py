"""Any order of debits, faults, deaths and ends: the bank's truth and the books agree at the end."""

from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar

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
from core.tenancy import acting_for
from payments.enums.debits import DebitState
from payments.models import Debit, DebitAttempt
from payments.operations.debits import collect
from payments.operations.debits.collect import collect_due
from payments.operations.mandates import check_mandate, revoke_mandate
from payments.providers import PRODUCTS
from payments.providers.contract import DebitStanding
from payments.queries.invariants import broken
from tests.payments.debits.conftest import Collector
from tests.payments.debits.fake_bank import FakeBank, FakeDebits, Killed, product

AMOUNT = 1_000_000
A_DAY_MOST = 3
FAULTS = ["silent", "lost", "not-sent", "bank-down", "silent", ""]
PLACES = ["after_intent", "after_wire", "before_settle"]


class Debits(RuleBasedStateMachine):
    """Mandates and debits under a bank that mumbles and a worker that dies."""

    collector: ClassVar[Collector]
    sort: ClassVar[dict[str, Any]]

    def __init__(self) -> None:
        super().__init__()
        self.now = self.collector.now
        self.settle = vars(collect)["settle"]
        # Each run has a bank of its own: what earlier runs took is not asked about again.
        self.bank = FakeBank(balance=4 * AMOUNT)
        PRODUCTS["vandar"] = product(FakeDebits(self.bank, **self.sort))
        self.collector.bank = self.bank
        self.debits: list[Any] = []
        self.moved_at: dict[str, Any] = {}

    @initialize()
    def sign(self) -> None:
        self.collector.now = self.now
        self.mandate_id = self.collector.active(max_day_count=A_DAY_MOST)

    @rule(ahead=st.integers(0, 2))
    def ask(self, ahead: int) -> None:
        """Make a sum due now or in a while; an ended mandate takes none."""
        with suppress(Problem):
            due_at = self.now + timedelta(days=ahead)
            self.debits.append(self.collector.due(self.mandate_id, AMOUNT, due_at=due_at))

    @rule(fault=st.sampled_from(FAULTS))
    def mumble(self, fault: str) -> None:
        self.bank.faults.append(fault)

    @rule(place=st.sampled_from(PLACES))
    def die(self, place: str) -> None:
        """Let the worker die at a place, whenever it comes there next."""
        self.bank.killed_at = place if place != "before_settle" else ""
        if place == "before_settle":
            collect.settle = self._died  # type: ignore[attr-defined]
        self.work()

    @rule(hours=st.sampled_from([0, 1, 7, 25, 80]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours, minutes=11)
        self.work()

    @rule()
    def fill(self) -> None:
        self.bank.balance += 2 * AMOUNT

    @rule()
    def give_back(self) -> None:
        """The bank takes the last movement back, while it is still watched."""
        for taken in self.bank.collected()[-1:]:
            if self.now - self.moved_at[taken.key] > timedelta(days=2):
                continue
            taken.standing = DebitStanding.REFUNDED
            self.bank.balance += taken.amount_rial

    @rule()
    def end_at_the_bank(self) -> None:
        self.bank.mandates[self._mandate().authority or ""] = "revoked"

    @rule()
    def end_here(self) -> None:
        business_id = self.collector.business.id
        with acting_for(business_id):
            revoke_mandate(mandate_id=self.mandate_id, by_customer=True, now=self.now)
        check_mandate(business_id=business_id, mandate_id=self.mandate_id, now=self.now)

    @invariant()
    def money_moves_once_and_within_the_caps(self) -> None:
        """For each debit one movement at most, and never more a day than allowed."""
        with acting_for(self.collector.business.id):
            keys = dict(DebitAttempt.objects.values_list("key", "debit_id"))
            collected = DebitAttempt.objects.filter(debit__in=self.debits, state="collected")
            a_day = [attempt.collected_on for attempt in collected]
        moved = [keys[key] for key in self.bank.debits]
        assert len(moved) == len(set(moved))
        assert all(a_day.count(day) <= A_DAY_MOST for day in a_day)

    def work(self) -> None:
        with suppress(Killed):
            while collect_due(now=self.now):
                pass
        for key in self.bank.debits:
            self.moved_at.setdefault(key, self.now)

    def teardown(self) -> None:
        """Let every fault and death be over and everything that is due be done."""
        self.bank.faults, self.bank.killed_at = [], ""
        collect.settle = self.settle  # type: ignore[attr-defined]
        for _step in range(14):
            self.now += timedelta(hours=19)
            self.work()
        self._agree()

    def _agree(self) -> None:
        with acting_for(self.collector.business.id):
            rows = list(Debit.objects.filter(id__in=self.debits))
            here = sum(row.amount_rial for row in rows if row.state == DebitState.COLLECTED)
            assert broken(self.now) == []
        assert here == self.bank.taken_rial()
        assert {row.state for row in rows} <= {
            DebitState.COLLECTED,
            DebitState.FAILED,
            DebitState.REFUNDED,
        }

    def _mandate(self) -> Any:
        return self.collector.mandate(self.mandate_id)

    def _died(self, answers: Any, now: Any) -> Any:
        collect.settle = self.settle  # type: ignore[attr-defined]
        self.settle(answers, now)
        raise Killed("before_settle")


@pytest.mark.parametrize("sort", [{}, {"opens_first": False, "idempotent": True}])
def test_bank_and_books_agree_whatever_happens(collector, as_role, sort):
    Debits.collector, Debits.sort = collector, sort
    with as_role("vafa_worker"):
        run_state_machine_as_test(
            Debits,
            settings=settings(
                max_examples=8,
                stateful_step_count=15,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
