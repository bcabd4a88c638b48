"""Closed days say what the ledger says, and figures do not care which days are closed."""

from datetime import timedelta

import pytest

from loyalty.models import PointsDay
from loyalty.operations import (
    adjust_points,
    close_days,
    commit_redemption,
    expire_due,
    reserve_redemption,
    update_program,
)
from loyalty.queries import (
    expiring_points,
    last_closed_day,
    liability_rial,
    members_with_points,
    points_days,
    points_moved,
    points_owed,
)
from tests.loyalty.conftest import buyer

DAY = timedelta(days=1)


@pytest.fixture
def history(sell, take_return, now):
    """Five days of earning, spending, returns beyond zero, pending points and an expiry."""
    first = sell(3_000_000)
    customer = buyer(first)
    held = reserve_redemption(customer_id=customer, points=25, now=now + DAY)
    commit_redemption(redemption_id=held.id, now=now + DAY)
    take_return(first, at=now + 2 * DAY)
    update_program(changes={"pending_days": 30}, actor=None, now=now)
    sell(1_000_000, at=now + 3 * DAY)
    adjust_points(customer_id=customer, points=60, reason="هدیه", actor=None, now=now + 4 * DAY)
    return now + 5 * DAY


def test_figures_are_the_same_before_and_after_closing(history, now):
    spans = [(now - DAY, history), (now + DAY, history), (now + 3 * DAY, history + DAY)]
    before = [points_moved(*span) for span in spans], points_owed(history), liability_rial(history)
    assert close_days(now=history) == 5
    after = [points_moved(*span) for span in spans], points_owed(history), liability_rial(history)
    assert after == before
    moved = after[0][0]
    assert (moved.earned, moved.spent, moved.taken_back, moved.adjusted) == (40, 25, 30, 60)
    assert (after[1].spendable_points, after[1].pending_points) == (35, 10)
    assert after[1].negative_points == 0
    assert members_with_points() == 1


def test_a_day_is_closed_once_and_keeps_what_was_owed(history, now):
    close_days(now=history)
    assert close_days(now=history) == 0
    days = points_days(now.date(), history.date())
    assert [day.spendable_points for day in days] == [30, 5, 0, 0, 35]
    assert [day.negative_points for day in days] == [0, 0, -25, -25, 0]
    assert [day.pending_points for day in days] == [0, 0, 0, 10, 10]


def test_today_stays_open_and_yesterday_until_it_settled(history, now):
    midnight = history.replace(hour=20, minute=30)  # Tehran's
    close_days(now=midnight + timedelta(minutes=30))
    assert _last() == (history - DAY).date()
    close_days(now=midnight + timedelta(minutes=90))
    assert _last() == history.date()


def test_days_without_movements_carry_the_sums_on(sell, now):
    sell(1_000_000)
    later = now + 900 * DAY
    assert close_days(now=later) == 900
    assert PointsDay.objects.order_by("-on")[0].spendable_points == 10
    assert liability_rial(later) == 0  # past its date, though no job wrote it off
    expire_due(now=later)
    assert points_moved(later - DAY, later + DAY).expired == 10
    assert liability_rial(later + DAY) == 0


def test_nothing_to_close_is_nothing(acting, now):
    assert close_days(now=now) == 0
    assert points_owed(now).liability_rial == 0
    assert expiring_points(now, now + 9 * DAY) == 0


def _last():
    closed = last_closed_day()
    return closed and closed.on
