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
    initialize,
    invariant,
    multiple,
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
    release_redemption,
    reserve_redemption,
    sweep_business,
    update_program,
)
from loyalty.queries import liability_rial, wallet_view
from loyalty.queries.returned import cumulative
from tests.founding import found
from tests.loyalty.asked import broken_now
from tests.loyalty.conftest import FAR, sale

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = ("09120000001", "09120000002")
OFTEN = st.sampled_from([True, True, True, False])
AMOUNTS = st.lists(
    st.sampled_from([3_700_002, 1_000_000, 1_250_000, 250_000, 99_999]), min_size=1, max_size=3
)


class Ledger(RuleBasedStateMachine):
    """Two customers buy, return, spend and wait, in any order."""

    purchases: Bundle[tuple[UUID, int]] = Bundle("purchases")
    holds: Bundle[UUID] = Bundle("holds")

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.scope = acting_for(found("کافه").business_id)
        self.scope.__enter__()
        self.now = START
        self.number = 0
        self.returned: dict[UUID, int] = {}
        self.people: dict[UUID, str] = {}

    def teardown(self) -> None:
        self.scope.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @initialize(
        target=purchases,
        pending=st.sampled_from([0, 0, 3]),
        cap=st.sampled_from([10_000, 5]),
        amounts=AMOUNTS,
    )
    def found(self, pending: int, cap: int, amounts: list[int]):
        changes = {"pending_days": pending, "negative_cap_points": cap, "expiry_months": 1}
        update_program(changes=changes, actor=None, now=self.now)
        return multiple(*self._sold(amounts, PEOPLE[0]), *self._sold(amounts, PEOPLE[1]))

    @rule(target=purchases, amounts=AMOUNTS, person=st.sampled_from([*PEOPLE, *PEOPLE, None]))
    def buy(self, amounts: list[int], person: str | None):
        return multiple(*self._sold(amounts, person))

    def _sold(self, amounts: list[int], person: str | None) -> list[tuple[UUID, int]]:
        hint = CustomerHint(mobile=person) if person else None
        news = [sale(amount, customer=hint, at=self.now) for amount in amounts]
        made = record_purchases(purchases=news, source="api", now=self.now)
        assert [one.error for one in made] == [None] * len(amounts)
        if person and made[0].customer_id:
            self.people[made[0].customer_id] = person
        return [(one.purchase_id, one.total_rial) for one in made if one.purchase_id]

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
        asked=st.sampled_from(["all", 1, 7, 30]),
        person=st.integers(0, 1),
    )
    def hold(self, asked, person: int):
        wallets = list(Wallet.objects.order_by("id").values_list("id", flat=True))
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

    @rule(
        hold=holds,
        purchase=purchases,
        ending=st.sampled_from(["commit", "commit for a purchase", "release"]),
    )
    def finish(self, hold: UUID, purchase: tuple[UUID, int], ending: str) -> None:
        if ending == "release":
            self._try(lambda: release_redemption(redemption_id=hold, now=self.now))
            return
        sold = purchase[0] if ending == "commit for a purchase" else None
        self._try(lambda: commit_redemption(redemption_id=hold, purchase_id=sold, now=self.now))

    @rule(target=purchases, purchase=purchases, spent=OFTEN, amounts=AMOUNTS)
    def regret(self, purchase: tuple[UUID, int], spent: bool, amounts: list[int]):
        """Spend everything, return what earned it, buy again: below zero and up."""
        owner = Lot.objects.get(id=purchase[0]).customer_id
        if owner is None:
            return multiple()
        points = max(1, wallet_view(owner, self.now).balance_points)
        if spent:
            self._try(lambda: reserve_redemption(customer_id=owner, points=points, now=self.now))
        self.take_part_back(purchase, 1)
        self.sums_agree()
        return multiple(*self._sold(amounts, self.people[owner]))

    @rule(points=st.sampled_from([-7, 3, 40]))
    def correct(self, points: int) -> None:
        customer = Wallet.objects.order_by("id").values_list("id", flat=True)[0]
        self._try(
            lambda: adjust_points(
                customer_id=customer, points=points, reason="آزمون", actor=None, now=self.now
            )
        )

    @rule(days=st.sampled_from([1, 3, 20, 45]), swept=st.booleans())
    def wait(self, days: int, swept: bool) -> None:
        self.now += timedelta(days=days)
        while swept and sweep_business(now=self.now):
            pass

    @invariant()
    def sums_agree(self) -> None:
        assert broken_now(self.now + FAR) == {}

    @invariant()
    def shown_balance_is_what_live_lots_hold(self) -> None:
        lots = list(Lot.objects.all())
        for wallet in Wallet.objects.all():
            theirs = [lot for lot in lots if lot.customer_id == wallet.customer_id]
            live = sum(
                lot.remaining_points
                for lot in theirs
                if (
                    lot.state == "active"
                    or (lot.state == "pending" and lot.activates_at <= self.now)
                )
                and (lot.expires_at is None or lot.expires_at > self.now)
            )
            shown = wallet_view(wallet.id, self.now)
            due = sum(
                lot.remaining_points
                for lot in theirs
                if lot.state == "pending" and lot.activates_at <= self.now
            )
            if wallet.balance_points >= 0:
                assert shown.balance_points == live
            else:
                assert shown.balance_points <= wallet.balance_points + due

    @invariant()
    def returns_claim_back_exactly(self) -> None:
        lots = Lot.objects.in_bulk(self.returned)
        for purchase_id, amount in self.returned.items():
            lot = lots[purchase_id]
            assert lot.reversed_points == cumulative(lot.earned_points, amount, lot.base_rial)

    @invariant()
    def what_is_owed_is_never_negative(self) -> None:
        assert liability_rial(self.now) >= 0

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
            max_examples=40,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
