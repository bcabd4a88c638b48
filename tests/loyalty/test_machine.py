"""The ledger under any history: balances, lots and entries agree after every step.

A plain model of the rules runs beside the database: what is spendable now is what earned lots
still hold before their date, less what is owed.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import CustomerHint, record_purchases, record_return
from loyalty.models import LedgerEntry, Lot, Wallet
from loyalty.operations import (
    adjust_points,
    commit_redemption,
    expire_due,
    release_redemption,
    reserve_redemption,
    sweep_business,
    update_program,
)
from loyalty.operations.claw_back import cumulative
from loyalty.queries import liability_rial, wallet_view
from loyalty.queries.invariants import broken
from tests.conftest import _found
from tests.loyalty.conftest import FAR, sale

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = ("09120000001", "09120000002")


class Ledger(RuleBasedStateMachine):
    """Two customers buy, return, spend and wait, in any order."""

    purchases: Bundle[tuple[UUID, int]] = Bundle("purchases")
    holds: Bundle[UUID] = Bundle("holds")

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.scope = acting_for(_found("کافه").business_id)
        self.scope.__enter__()
        self.now = START
        self.number = 0
        self.returned: dict[UUID, int] = {}

    def teardown(self) -> None:
        self.scope.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @initialize(pending=st.sampled_from([0, 0, 3]), cap=st.sampled_from([0, 5, 10_000]))
    def found(self, pending: int, cap: int) -> None:
        changes = {"pending_days": pending, "negative_cap_points": cap, "expiry_months": 1}
        update_program(changes=changes, actor=None, now=self.now)

    @rule(
        target=purchases,
        amounts=st.lists(st.integers(0, 4_000_000), min_size=1, max_size=3),
        person=st.sampled_from([*PEOPLE, None]),
    )
    def buy(self, amounts: list[int], person: str | None):
        hint = CustomerHint(mobile=person) if person else None
        news = [sale(amount + 1, customer=hint, at=self.now) for amount in amounts]
        made = record_purchases(purchases=news, source="api", now=self.now)
        ids = [(one.purchase_id, one.total_rial) for one in made if one.purchase_id]
        assert len(ids) == len(amounts)
        return multiple(*ids)

    @rule(purchase=purchases, share=st.integers(1, 4))
    def take_part_back(self, purchase: tuple[UUID, int], share: int) -> None:
        purchase_id, total = purchase
        so_far = self.returned.get(purchase_id, 0)
        amount = min(total - so_far, max(1, total // share))
        if amount:
            self.number += 1
            record_return(
                purchase_id=purchase_id,
                external_id=str(self.number),
                amount_rial=amount,
                now=self.now,
            )
            self.returned[purchase_id] = so_far + amount

    @rule(
        target=holds,
        asked=st.one_of(st.just("all"), st.integers(1, 60)),
        person=st.integers(0, 1),
    )
    def hold(self, asked, person: int):
        wallets = list(Wallet.objects.order_by("id").values_list("id", flat=True))
        if person >= len(wallets):
            return multiple()
        spendable = wallet_view(wallets[person], self.now).balance_points
        points = max(1, spendable) if asked == "all" else asked
        made: list[UUID] = []
        refused = self._try(
            lambda: made.append(
                reserve_redemption(customer_id=wallets[person], points=points, now=self.now).id
            )
        )
        if refused:
            assert spendable < points
        else:
            assert spendable >= points or self._released(wallets[person])
        return multiple(*made)

    @rule(hold=holds)
    def commit(self, hold: UUID) -> None:
        self._try(lambda: commit_redemption(redemption_id=hold, now=self.now))

    @rule(hold=consumes(holds), purchase=purchases)
    def commit_for(self, hold: UUID, purchase: tuple[UUID, int]) -> None:
        self._try(
            lambda: commit_redemption(redemption_id=hold, purchase_id=purchase[0], now=self.now)
        )

    @rule(purchase=purchases)
    def regret(self, purchase: tuple[UUID, int]) -> None:
        """Spend everything, then return: the shortest way below zero."""
        owner = Lot.objects.get(id=purchase[0]).customer_id
        if owner is not None:
            points = max(1, wallet_view(owner, self.now).balance_points)
            self._try(lambda: reserve_redemption(customer_id=owner, points=points, now=self.now))
            self.take_part_back(purchase, 1)

    @rule(hold=holds)
    def release(self, hold: UUID) -> None:
        self._try(lambda: release_redemption(redemption_id=hold, now=self.now))

    @precondition(lambda self: Wallet.objects.exists())
    @rule(points=st.integers(-40, 40).filter(bool))
    def correct(self, points: int) -> None:
        customer = Wallet.objects.order_by("id").values_list("id", flat=True)[0]
        self._try(
            lambda: adjust_points(
                customer_id=customer, points=points, reason="آزمون", actor=None, now=self.now
            )
        )

    @rule(days=st.sampled_from([1, 3, 20, 45]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def sweep(self) -> None:
        while sweep_business(now=self.now):
            pass

    @rule()
    def expire(self) -> None:
        expire_due(now=self.now)

    @invariant()
    def sums_agree(self) -> None:
        assert broken(self.now + FAR) == []

    @invariant()
    def shown_balance_is_what_live_lots_hold(self) -> None:
        for wallet in Wallet.objects.all():
            live = sum(
                lot.remaining_points
                for lot in Lot.objects.filter(customer=wallet.customer_id)
                if (
                    lot.state == "active"
                    or (lot.state == "pending" and lot.activates_at <= self.now)
                )
                and (lot.expires_at is None or lot.expires_at > self.now)
            )
            shown = wallet_view(wallet.id, self.now)
            due = sum(
                lot.remaining_points
                for lot in Lot.objects.filter(customer=wallet.customer_id, state="pending")
                if lot.activates_at <= self.now
            )
            if wallet.balance_points >= 0:
                assert shown.balance_points == live
            else:
                assert shown.balance_points <= wallet.balance_points + due

    @invariant()
    def returns_claim_back_exactly(self) -> None:
        for purchase_id, amount in self.returned.items():
            lot = Lot.objects.get(id=purchase_id)
            total = self._total(purchase_id)
            assert lot.reversed_points == cumulative(lot.earned_points, amount, total)

    @invariant()
    def what_is_owed_is_never_negative(self) -> None:
        assert liability_rial(self.now) >= 0

    def _total(self, purchase_id: UUID) -> int:
        return Lot.objects.values_list("base_rial", flat=True).get(id=purchase_id)

    def _try(self, act: Callable[[], object]) -> str:
        """Do it, or return the code of the refusal; whatever was half done is undone."""
        code = ""
        try:
            with transaction.atomic():
                act()
        except Problem as refusal:
            code = refusal.code
        return code

    def _released(self, customer: UUID) -> bool:
        return LedgerEntry.objects.filter(customer=customer, kind="release", at=self.now).exists()


@pytest.mark.django_db
def test_the_ledger_holds_under_any_history():
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
