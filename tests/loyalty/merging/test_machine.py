"""Merges and their undoing under any history: no point appears or vanishes (R62).

Three people buy, return, spend and wait; profiles are joined in any order, go on living as
one, and are taken apart. After every step both ledgers hold and nothing but earning, returning,
spending, expiring and correcting moved the sum of all points.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import F, Sum
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
from customers.models import Customer, CustomerTotals
from customers.operations import (
    CustomerHint,
    merge_customers,
    record_purchases,
    record_return,
    undo_merge,
)
from customers.queries.invariants import broken as customers_broken
from loyalty.models import LedgerEntry, Lot, Wallet
from loyalty.operations import (
    adjust_points,
    commit_redemption,
    release_redemption,
    reserve_redemption,
    sweep_business,
    update_program,
)
from loyalty.operations.books import post, post_entries
from loyalty.queries import wallet_view
from loyalty.queries.invariants import broken
from tests.founding import found
from tests.loyalty.conftest import FAR, sale
from tests.loyalty.sentences import computed, moved

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = ("09120000001", "09120000002", "09120000003")
AMOUNTS = st.sampled_from([3_700_002, 1_000_000, 1_250_000, 250_000])


class Merging(RuleBasedStateMachine):
    """Three people whose profiles are joined and taken apart while they go on buying."""

    purchases: Bundle[tuple[UUID, int]] = Bundle("purchases")
    holds: Bundle[UUID] = Bundle("holds")
    merges: Bundle[UUID] = Bundle("merges")

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.scope = acting_for(found("کافه").business_id)
        self.scope.__enter__()
        self.now = START
        self.number = 0

    def teardown(self) -> None:
        try:
            self.books_hold()
        finally:
            self.scope.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    @initialize(
        target=purchases, pending=st.sampled_from([0, 0, 3]), cap=st.sampled_from([10_000, 5])
    )
    def found(self, pending: int, cap: int):
        changes = {"pending_days": pending, "negative_cap_points": cap, "expiry_months": 1}
        update_program(changes=changes, actor=None, now=self.now)
        sold = [self._sold(2_000_000, person) for person in PEOPLE]
        self.everybody = list(Customer.objects.order_by("id").values_list("id", flat=True))
        return multiple(*sold)

    @rule(target=purchases, rial=AMOUNTS, person=st.sampled_from(PEOPLE))
    def buy(self, rial: int, person: str) -> tuple[UUID, int]:
        return self._sold(rial, person)

    @rule(purchase=purchases, share=st.integers(1, 3))
    def take_part_back(self, purchase: tuple[UUID, int], share: int) -> None:
        self.number += 1
        self._try(
            lambda: record_return(
                purchase_id=purchase[0],
                external_id=str(self.number),
                amount_rial=purchase[1] // share,
                now=self.now,
            )
        )

    @rule(target=holds, points=st.sampled_from([1, 7, 20, 33]), person=st.integers(0, 2))
    def hold(self, points: int, person: int):
        made: list[UUID] = []
        self._try(
            lambda: made.append(
                reserve_redemption(
                    customer_id=self.everybody[person], points=points, now=self.now
                ).id
            )
        )
        return multiple(*made)

    @rule(hold=holds, purchase=purchases, ending=st.sampled_from(["spend", "for", "release"]))
    def finish(self, hold: UUID, purchase: tuple[UUID, int], ending: str) -> None:
        if ending == "release":
            self._try(lambda: release_redemption(redemption_id=hold, now=self.now))
        else:
            sold = purchase[0] if ending == "for" else None
            self._try(lambda: commit_redemption(redemption_id=hold, purchase_id=sold, now=self.now))

    @rule(points=st.sampled_from([-7, 3, 40]), person=st.integers(0, 2))
    def correct(self, points: int, person: int) -> None:
        customer = self.everybody[person]
        self._try(
            lambda: adjust_points(
                customer_id=customer, points=points, reason="آزمون", actor=None, now=self.now
            )
        )

    @rule(days=st.sampled_from([1, 3, 12, 40]), swept=st.booleans())
    def wait(self, days: int, swept: bool) -> None:
        self.now += timedelta(days=days)
        while swept and sweep_business(now=self.now):
            pass

    @rule(size=st.sampled_from([1, 3, 1_000]))
    def write_the_books(self, size: int) -> None:
        with patch.object(post, "BATCH", size):
            post_entries(now=self.now)

    @rule(target=merges, pair=st.permutations([0, 1, 2]))
    def merge(self, pair: list[int]):
        before, made = self._sum(), list[UUID]()
        stays, goes = self.everybody[pair[0]], self.everybody[pair[1]]
        refused = self._try(
            lambda: made.append(merge_customers(survivor_id=stays, merged_id=goes, now=self.now).id)
        )
        if not refused:
            assert wallet_view(goes, self.now).balance_points == 0
            assert not Lot.objects.filter(customer=goes).exists()
        assert self._sum() == before
        return multiple(*made)

    @rule(merge=merges)
    def undo(self, merge: UUID) -> None:
        before = self._sum()
        self._try(lambda: undo_merge(merge_id=merge, now=self.now))
        assert self._sum() == before

    @invariant()
    def both_ledgers_hold(self) -> None:
        assert broken(self.now + FAR) == []
        assert customers_broken(self.now) == []

    def books_hold(self) -> None:
        post_entries(now=self.now)
        assert broken(self.now + FAR) == []

    @invariant()
    def no_lot_is_below_zero(self) -> None:
        assert not Lot.objects.filter(remaining_points__lt=0).exists()
        assert not Lot.objects.filter(remaining_points__gt=F("earned_points")).exists()

    @invariant()
    def every_entry_explains_itself(self) -> None:
        for entry in LedgerEntry.objects.filter(kind__in=["merge", "unmerge"]):
            assert computed(entry) == moved(entry)

    @invariant()
    def merging_moves_nothing_in_sum(self) -> None:
        sums = LedgerEntry.objects.filter(kind__in=["merge", "unmerge"]).aggregate(
            points=Sum("points", default=0), pending=Sum("pending_points", default=0)
        )
        assert sums == {"points": 0, "pending": 0}

    @invariant()
    def totals_are_of_the_living(self) -> None:
        living = set(Customer.objects.exclude(status="merged").values_list("id", flat=True))
        assert set(CustomerTotals.objects.values_list("id", flat=True)) == living

    def _sold(self, rial: int, person: str) -> tuple[UUID, int]:
        new = sale(rial, customer=CustomerHint(mobile=person), at=self.now)
        [made] = record_purchases(purchases=[new], source="api", now=self.now)
        assert made.error is None
        assert made.purchase_id is not None
        return made.purchase_id, rial

    def _sum(self) -> int:
        """Return all points as wallets show them now: what time moved already is settled."""
        return sum(
            shown.balance_points + shown.pending_points
            for shown in (wallet_view(one, self.now) for one in self._wallets())
        )

    def _wallets(self) -> list[UUID]:
        return list(Wallet.objects.order_by("id").values_list("id", flat=True))

    def _try(self, act: Callable[[], object]) -> str:
        """Do it, or return the code of the refusal; whatever was half done is undone."""
        code = ""
        try:
            with transaction.atomic():
                act()
        except Problem as refusal:
            code = refusal.code
        return code


@pytest.mark.django_db
def test_r62_no_point_appears_or_vanishes_under_any_history():
    run_state_machine_as_test(
        Merging,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
