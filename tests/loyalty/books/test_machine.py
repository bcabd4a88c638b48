"""The books of points over any history: every bridge sums, and the lots say the same (N3, N28)."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from core.calendar import TEHRAN, business_day
from loyalty.models import LedgerEntry, Lot, LotWorth, PointsPosting
from loyalty.operations import update_program
from loyalty.operations.books import expect_spent, post, post_entries, renew_estimate
from loyalty.queries.books import ACCOUNTS, Amounts, accounts_at, allowance_now, bridge, closings
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.test_plain_machine import START, Beside

STEPS = st.sampled_from([None, None, 100, 1_000])


class Books(Beside):
    """The histories of the plain machine, with books that are written whenever it pleases."""

    @rule(size=st.sampled_from([1, 2, 5, 1_000]))
    def write_the_books(self, size: int) -> None:
        with patch.object(post, "BATCH", size):  # small batches end anywhere
            post_entries(now=self.now)

    @rule(ppm=st.integers(1, 1_000_000), steps=STEPS)
    def expect(self, ppm: int, steps: int | None) -> None:
        expect_spent(spent_ppm=ppm, share_steps=steps, reason="سابقه", actor=None, now=self.now)

    @rule(rial=st.sampled_from([1, 1_000, 1_777, 20_000]))
    def revalue(self, rial: int) -> None:
        update_program(changes={"unit_value_rial": rial}, actor=None, now=self.now)

    def every_entry_and_seal_is_right(self) -> None:
        post_entries(now=self.now)
        posted = PointsPosting.objects.filter(entry__isnull=False)
        assert posted.count() == LedgerEntry.objects.count()
        renew_estimate(now=self.now)
        assert broken(self.now + FAR) == []
        self.lots_and_books_say_the_same()
        self.every_bridge_sums()

    def lots_and_books_say_the_same(self) -> None:
        worth = {row.id: row for row in LotWorth.objects.all()}
        owned = [lot for lot in Lot.objects.exclude(state="contingent") if lot.id in worth]
        for lot in owned:
            row = worth[lot.id]
            assert row.owed_rial == row.price_rial * lot.remaining_points // lot.earned_points
        today = business_day(self.now, TEHRAN)
        closing = bridge(today, today).closing
        assert closing.rial == sum(row.owed_rial for row in worth.values()) - allowance_now()
        assert closing.rial >= 0
        assert renew_estimate(now=self.now) == 0
        assert closing.points == sum(lot.remaining_points for lot in owned)
        held = accounts_at(today)
        assert closing.rial == -held["owed_rial"] - held["allowance_rial"]
        assert sum(held[name] for name in ACCOUNTS) == 0

    def every_bridge_sums(self) -> None:
        first, last = business_day(START, TEHRAN), business_day(self.now, TEHRAN)
        middle = first + (last - first) / 2
        whole, early = bridge(first, last), bridge(first, middle)
        late = bridge(middle + timedelta(days=1), last)
        assert whole.opening == Amounts()
        assert (early.closing, late.closing) == (late.opening, whole.closing)
        for kind in {part.kind for part in whole.parts}:
            changes = [
                sum((p.change for p in one.parts if p.kind == kind), Amounts())
                for one in (whole, early, late)
            ]
            assert changes[0] == changes[1] + changes[2]
        ends = closings(first, last)
        assert (ends[-1][1], dict(ends)[middle]) == (whole.closing, early.closing)


@pytest.mark.django_db
def test_any_history_is_in_the_books_to_the_rial():
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
