"""Rules of the engine that no other test of the ledger shows; each says its number."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.calendar import Jalali, business_day, jalali
from loyalty.models import LedgerEntry, Lot, Redemption, Wallet
from loyalty.operations import (
    adjust_points,
    check_ledger,
    commit_redemption,
    reserve_redemption,
    sweep_business,
    take_back,
    update_program,
)
from loyalty.queries import live_lots, wallet_view
from loyalty.queries.dates import end_of_points
from loyalty.queries.returned import Returned
from loyalty.tasks import check
from payments.enums import AlertKind
from payments.queries.alerts import alert_rows
from tests.loyalty.conftest import balance, buyer

TEHRAN = ZoneInfo("Asia/Tehran")


def test_buying_with_points_alone_earns_nothing_again(sell, acting, now):
    """R7: points bought with money, spent, and spent again come to nothing in the end."""
    update_program(changes={"unit_value_rial": 100_000}, actor=None, now=now)
    customer = buyer(sell(1_000_000))  # ten points, worth as much as they cost
    held = reserve_redemption(customer_id=customer, points=10, now=now)
    paid = sell(1_000_000, by_points=held.value_rial)
    commit_redemption(redemption_id=held.id, purchase_id=paid, now=now)
    assert Lot.objects.get(id=paid).earned_points == 0
    assert balance() == 0


@pytest.mark.parametrize("role", ["vafa_web", "vafa_worker", "vafa_staff"])
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE loyalty_ledgerentry SET points = points + 1",
        "DELETE FROM loyalty_ledgerentry",
        "TRUNCATE loyalty_ledgerentry",
        "UPDATE loyalty_ledgerseal SET digest = ''",
        "DELETE FROM loyalty_ledgerseal",
    ],
)
def test_raw_sql_cannot_rewrite_an_entry(sell, as_role, role, sql):
    """R8: under the application's own roles, whatever the program does."""
    sell(1_000_000)
    with as_role(role), pytest.raises(DatabaseError, match="permission denied"):
        _run(sql)


def test_not_even_the_owner_of_the_tables_rewrites_an_entry(sell, as_role):
    sell(1_000_000)
    with as_role("vafa_owner"), pytest.raises(DatabaseError, match="append-only"):
        _run("UPDATE loyalty_ledgerentry SET points = points + 1")


def _run(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_nightly_check_calls_a_person_when_a_balance_lies(sell, acting, now):
    """R8: and takes the call back once the balance is right."""
    sell(1_000_000)
    assert check_ledger(now=now) == []
    Wallet.objects.update(balance_points=11)
    assert check_ledger(now=now)
    [alert] = alert_rows(kind=AlertKind.LEDGER_BROKEN, is_open=True)
    assert "sum of its ledger entries" in alert.detail["said"]
    Wallet.objects.update(balance_points=10)
    assert check_ledger(now=now) == []
    assert not alert_rows(kind=AlertKind.LEDGER_BROKEN, is_open=True)


def test_the_nightly_task_asks_every_business(business, as_role):
    with as_role("vafa_worker"):
        assert check() == 0


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lots=st.lists(
        st.tuples(st.integers(1, 9), st.sampled_from([None, 1, 2, 12]), st.integers(0, 40)),
        min_size=1,
        max_size=6,
    ),
    asked=st.integers(1, 30),
)
def test_any_lots_are_spent_in_the_one_order(acting, sell, now, lots, asked):
    """R10: earliest expiry, then earliest earned, then id; never-expiring last."""
    mark = transaction.savepoint()
    customer = buyer(sell(100_000, at=now))
    for points, months, days in lots:
        when = now + timedelta(days=days)
        update_program(changes={"expiry_months": months}, actor=None, now=when)
        adjust_points(customer_id=customer, points=points, reason="آزمون", actor=None, now=when)
    end = now + timedelta(days=45)
    before = list(live_lots(customer, end))
    far = datetime.max.replace(tzinfo=UTC)
    assert before == sorted(before, key=lambda lot: (lot.expires_at or far, lot.earned_at, lot.id))
    points = min(asked, wallet_view(customer, end).balance_points)
    reserve_redemption(customer_id=customer, points=points, now=end)
    expected = []
    for lot in before:
        took = min(points, lot.remaining_points)
        points -= took
        expected.append(lot.remaining_points - took)
    assert [Lot.objects.get(id=lot.id).remaining_points for lot in before] == expected
    transaction.savepoint_rollback(mark)


@pytest.mark.parametrize(
    ("ends", "last_day"),
    [
        ("day", Jalali(1406, 9, 2)),
        ("month", Jalali(1406, 9, 30)),
        ("year", Jalali(1406, 12, 29)),
    ],
)
def test_points_end_with_the_day_month_or_year_the_programme_says(sell, now, ends, last_day):
    """R12: earned on 2 Azar 1405 for twelve months; good to the last moment of that day."""
    update_program(changes={"expiry_ends": ends}, actor=None, now=now)
    lot = Lot.objects.get(id=sell(1_000_000))
    assert lot.expires_at is not None
    last_moment = lot.expires_at - timedelta(microseconds=1)
    assert jalali(business_day(last_moment, TEHRAN)) == last_day
    assert business_day(lot.expires_at, TEHRAN) == last_day.to_date() + timedelta(days=1)
    assert wallet_view(buyer(lot.id), last_moment).balance_points == 10
    assert wallet_view(buyer(lot.id), lot.expires_at).balance_points == 0


@given(
    earned_on=st.dates(date(2000, 1, 1), date(2060, 1, 1)),
    months=st.integers(1, 120),
    zone=st.sampled_from([TEHRAN, ZoneInfo("UTC"), ZoneInfo("Asia/Dubai")]),
)
def test_a_longer_span_never_ends_sooner(earned_on, months, zone):
    """R12: the day's end, the month's, the year's; each the first moment of a day in the zone."""
    day, month, year = (
        end_of_points(earned_on, months, zone, ends) for ends in ("day", "month", "year")
    )
    assert day is not None
    assert month is not None
    assert year is not None
    assert day <= month <= year
    assert jalali(business_day(month, zone)).day == 1
    first = jalali(business_day(year, zone))
    assert (first.month, first.day) == (1, 1)


def test_an_end_that_is_no_span_is_refused(acting, now):
    with pytest.raises(Exception, match="invalid_programme"):
        update_program(changes={"expiry_ends": "week"}, actor=None, now=now)


def test_new_terms_leave_granted_dates_alone(sell, take_return, now):
    """R13: neither shorter months nor another span nor longer waiting reach back."""
    before = sell(1_000_000)
    dates = Lot.objects.values_list("expires_at", "activates_at")
    granted = dates.get(id=before)
    changes = {"expiry_months": 1, "expiry_ends": "day", "pending_days": 30}
    update_program(changes=changes, actor=None, now=now)
    held = reserve_redemption(customer_id=buyer(before), points=4, now=now)
    paid = sell(500_000)
    commit_redemption(redemption_id=held.id, purchase_id=paid, now=now)
    take_return(paid)  # the four come home
    assert dates.get(id=before) == granted
    assert Lot.objects.get(id=before).remaining_points == 10


def test_points_expire_though_others_are_owed(sell, take_return, acting, now):
    """R21: pending points repay the debt when they clear; what is left of them still expires."""
    first = sell(1_000_000)
    held = reserve_redemption(customer_id=buyer(first), points=10, now=now)
    commit_redemption(redemption_id=held.id, now=now)
    update_program(changes={"pending_days": 5, "expiry_months": 1}, actor=None, now=now)
    second = sell(1_500_000)
    take_return(first)
    assert balance() == -10
    lot = Lot.objects.get(id=second)
    assert lot.expires_at is not None
    assert wallet_view(buyer(first), now + timedelta(days=5)).balance_points == 5
    # Nobody swept: the ten repaid the debt in their time, the other five are past their date.
    assert wallet_view(buyer(first), lot.expires_at).balance_points == 0
    with pytest.raises(Exception, match="insufficient_points"):
        reserve_redemption(customer_id=buyer(first), points=1, now=lot.expires_at)
    sweep_business(now=lot.expires_at)
    assert balance() == 0
    assert -sum(LedgerEntry.objects.filter(kind="expire").values_list("points", flat=True)) == 5


def test_a_return_after_spending_leaves_the_other_purchase_alone(sell, take_return, now):
    """R22: the coffee bought with the points stays bought; the points are owed."""
    earned = sell(1_000_000)
    held = reserve_redemption(customer_id=buyer(earned), points=10, now=now)
    coffee = sell(400_000, by_points=held.value_rial)
    commit_redemption(redemption_id=held.id, purchase_id=coffee, now=now)
    kept = Lot.objects.values("earned_points", "reversed_points", "returned_rial").get(id=coffee)
    take_return(earned)
    spent = Redemption.objects.get()
    assert (spent.state, spent.returned_points) == ("committed", 0)
    assert Lot.objects.values(*kept).get(id=coffee) == kept
    assert balance() == -(10 - kept["earned_points"])


def test_a_sale_undone_leaves_every_number_as_before_and_every_entry(sell, take_return, now):
    """R25: entries are countered, not deleted."""
    customer = buyer(sell(5_000_000))
    before = Wallet.objects.values().get()
    rows = LedgerEntry.objects.count()
    undone = sell(1_000_000)
    take_return(undone)
    assert Wallet.objects.values().get() == before
    kinds = LedgerEntry.objects.filter(purchase=undone).order_by("id")
    assert sorted(kinds.values_list("kind", "points")) == [("clawback", -10), ("earn", 10)]
    assert LedgerEntry.objects.count() == rows + 2
    take_back(returns=[Returned(undone, 1_000_000, 1_000_000)], now=now)
    assert wallet_view(customer, now).balance_points == 50
