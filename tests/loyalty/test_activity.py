"""Points that live by their owner's activity (R14): what keeps them, and what does not."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.calendar import Jalali, day_start
from core.spelling import number
from customers.operations import (
    CardHint,
    CustomerHint,
    accept_suggestion,
    merge_customers,
    record_purchases,
    undo_merge,
)
from customers.queries.merging import suggestion_rows
from loyalty.enums import EntryKind
from loyalty.models import EarningRule, LedgerEntry, Lot, Wallet
from loyalty.operations import (
    adjust_points,
    commit_redemption,
    release_redemption,
    reserve_redemption,
    sweep_business,
    update_program,
)
from loyalty.queries import wallet_view
from loyalty.queries.policies import chapters_of, policy_document
from tests.loyalty.conftest import buyer, sale
from tests.loyalty.sentences import computed, moved, sentence_of

TEHRAN = ZoneInfo("Asia/Tehran")
OTHER = "09351112233"


def day(year: int, month: int, day_: int, hour: int = 12) -> datetime:
    """Return a moment of a Jalali day in Tehran."""
    return day_start(Jalali(year, month, day_).to_date(), TEHRAN) + timedelta(hours=hour)


def until(year: int, month: int) -> datetime:
    """Return the moment a Jalali month begins: what ends with the one before is gone."""
    return day_start(Jalali(year, month, 1).to_date(), TEHRAN)


START = day(1405, 9, 2)


def live_by_activity(now: datetime = START, months: int = 2, **changes: object) -> None:
    """Let points live so many months after the last activity."""
    told = {"expiry_months": months, "expiry_ends": "idle_month"} | changes
    update_program(changes=told, actor=None, now=now)


def end_of(lot_id) -> datetime | None:
    return Lot.objects.get(id=lot_id).expires_at


def test_r14_points_live_as_long_as_their_owner_buys(sell):
    live_by_activity()
    first = sell(1_000_000, at=START)
    assert end_of(first) == until(1405, 12)
    second = sell(1_000_000, at=day(1405, 11, 20))
    assert end_of(first) == end_of(second) == until(1406, 2)
    who = buyer(first)
    assert wallet_view(who, until(1406, 2) - timedelta(microseconds=1)).balance_points == 20
    assert wallet_view(who, until(1406, 2)).balance_points == 0
    sweep_business(now=until(1406, 2))
    for entry in LedgerEntry.objects.filter(kind=EntryKind.EXPIRE):
        assert (computed(entry), moved(entry)) == (10, 10)
        assert "۲ ماه" in sentence_of(entry)


def test_r14_a_second_purchase_in_the_same_month_moves_no_date(sell):
    live_by_activity()
    first = sell(1_000_000, at=START)
    with CaptureQueriesContext(connection) as seen:
        sell(1_000_000, at=START + timedelta(days=3))
    assert end_of(first) == until(1405, 12)
    assert not [one for one in seen.captured_queries if "SET expires_at" in one["sql"]]


@pytest.mark.parametrize("swept", [True, False])
def test_r14_what_is_over_stays_over_though_the_job_is_late(sell, swept):
    live_by_activity()
    first = sell(1_000_000, at=START)
    late = day(1405, 12, 1)
    if swept:
        sweep_business(now=late)
    second = sell(500_000, at=late)
    who = buyer(first)
    assert end_of(first) == until(1405, 12)
    assert wallet_view(who, late).balance_points == 5
    sweep_business(now=late)
    assert Lot.objects.get(id=first).state == "expired"
    assert end_of(second) == until(1406, 3)
    assert Wallet.objects.get().balance_points == 5


def test_r14_a_return_is_no_activity_and_takes_no_date_back(sell, take_return):
    live_by_activity()
    first = sell(1_000_000, at=START)
    second = sell(1_000_000, at=day(1405, 10, 5))
    take_return(second, at=day(1405, 12, 20))
    assert end_of(first) == until(1406, 1)


@pytest.mark.parametrize(("counts", "ends"), [(True, until(1406, 1)), (False, until(1405, 12))])
def test_r14_spending_keeps_points_where_it_counts(sell, counts, ends):
    live_by_activity(spending_counts=counts)
    first = sell(1_000_000, at=START)
    later = day(1405, 10, 5)
    held = reserve_redemption(customer_id=buyer(first), points=4, now=later)
    assert end_of(first) == until(1405, 12)
    commit_redemption(redemption_id=held.id, now=later)
    commit_redemption(redemption_id=held.id, now=day(1405, 11, 5))
    assert end_of(first) == ends


def test_r14_holding_points_and_letting_them_go_is_none(sell):
    live_by_activity()
    first = sell(1_000_000, at=START)
    later = day(1405, 10, 5)
    held = reserve_redemption(customer_id=buyer(first), points=4, now=later)
    release_redemption(redemption_id=held.id, now=later)
    assert end_of(first) == until(1405, 12)


def test_r14_points_given_live_so_too_and_giving_is_none(sell):
    live_by_activity()
    first = sell(1_000_000, at=START)
    who = buyer(first)
    adjust_points(customer_id=who, points=7, reason="هدیه", actor=None, now=day(1405, 10, 5))
    given = Lot.objects.get(origin="adjustment")
    assert (end_of(first), given.expires_at) == (until(1405, 12), until(1406, 1))
    sell(100_000, at=day(1405, 11, 5))
    assert end_of(first) == end_of(given.id) == until(1406, 2)


def test_r14_new_terms_touch_nothing_granted_and_an_old_promise_is_kept(sell):
    """R13 for R14: on, off and on again; also where a process saw the same words before."""
    update_program(changes={"expiry_months": 2}, actor=None, now=START)
    fixed = sell(1_000_000, at=START)
    live_by_activity()
    alive = sell(1_000_000, at=START)
    versions = EarningRule.objects.count()
    update_program(changes={"expiry_ends": "month"}, actor=None, now=START)
    assert EarningRule.objects.count() == versions + 1
    plain = sell(1_000_000, at=day(1405, 10, 5))
    assert end_of(fixed) == until(1405, 12)
    assert end_of(alive) == until(1406, 1)
    assert (Lot.objects.get(id=plain).idle_months, end_of(plain)) == (None, until(1406, 1))
    live_by_activity(months=1)
    short = sell(1_000_000, at=day(1405, 11, 5))
    assert end_of(alive) == until(1406, 2)
    assert end_of(short) == end_of(plain) == until(1406, 1)


def test_r14_points_that_come_back_live_on(sell, take_return):
    live_by_activity()
    first = sell(1_000_000, at=START)
    who = buyer(first)
    held = reserve_redemption(customer_id=who, points=10, now=START)
    paid = sell(2_000_000, at=START, by_points=held.value_rial)
    commit_redemption(redemption_id=held.id, purchase_id=paid, now=START)
    sell(1_000_000, at=day(1405, 11, 5))
    take_return(paid, at=day(1405, 12, 5))
    lot = Lot.objects.get(id=first)
    assert (lot.remaining_points, lot.state, lot.expires_at) == (10, "active", until(1406, 2))


def test_r14_what_comes_late_counts_on_its_own_day(sell):
    live_by_activity()
    sell(1_000_000, at=day(1405, 11, 5))
    late = sale(1_000_000, customer=CustomerHint(mobile="09121234567"), at=START)
    [made] = record_purchases(purchases=[late], source="api", now=day(1405, 11, 6))
    assert Wallet.objects.get().active_on == Jalali(1405, 11, 5).to_date()
    assert end_of(made.purchase_id) == until(1406, 2)


def test_r14_points_that_wait_for_their_owner_are_kept_by_their_card(sell):
    live_by_activity()
    card = CardHint(masked_pan="603799******4431", hash="ab" * 32)
    first = sell(1_000_000, at=START, customer=CustomerHint(card=card))
    sell(1_000_000, at=day(1405, 11, 5), customer=CustomerHint(card=card))
    assert end_of(first) == until(1406, 2)
    known = CustomerHint(card=card, mobile="09121234567")
    sell(100_000, at=day(1406, 1, 20), customer=known)
    accept_suggestion(suggestion_id=suggestion_rows().get().id, now=day(1406, 1, 20))
    assert wallet_view(buyer(first), day(1406, 1, 20)).balance_points == 21
    assert set(Lot.objects.values_list("expires_at", flat=True)) == {until(1406, 4)}


def test_r14_joined_profiles_keep_each_others_points(sell):
    live_by_activity()
    first = sell(1_000_000, at=START)
    later = day(1405, 11, 5)
    second = sell(1_000_000, at=later, customer=CustomerHint(mobile=OTHER))
    merge = merge_customers(survivor_id=buyer(first), merged_id=buyer(second), now=later)
    assert end_of(first) == end_of(second) == until(1406, 2)
    sell(1_000_000, at=day(1405, 12, 1))
    undo_merge(merge_id=merge.id, now=day(1405, 12, 2))
    assert end_of(second) == until(1406, 3)
    sell(100_000, at=day(1405, 12, 3), customer=CustomerHint(mobile=OTHER))


def test_r14_history_counts_where_it_earns(sell):
    live_by_activity()
    first = sell(1_000_000, at=START)
    sell(1_000_000, at=day(1405, 10, 5), source="import")
    assert end_of(first) == until(1405, 12)
    update_program(changes={"retroactive": True}, actor=None, now=START)
    sell(1_000_000, at=day(1405, 10, 6), source="import")
    assert end_of(first) == until(1406, 1)


def test_r14_a_business_without_it_is_asked_nothing_more(sell):
    sell(1_000_000)
    with CaptureQueriesContext(connection) as seen:
        sell(1_000_000)
    assert not [one for one in seen.captured_queries if "idle_months" in one["sql"]]


def test_the_database_keeps_no_promise_without_a_date(sell):
    lot_id = sell(1_000_000)
    for wrong in ({"idle_months": 3}, {"idle_months": 3, "idle_ends": "month"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Lot.objects.filter(id=lot_id).update(**wrong)


def test_the_public_rules_say_it(acting):
    live_by_activity(months=6)
    told = {one.key: " ".join(one.sentences) for one in chapters_of(policy_document())}
    assert "آخرین" in told["expiry"]
    assert number(6) in told["expiry"]


def test_the_programme_is_read_and_changed_over_http(api, business):
    assert api.get("loyalty/programme").json()["expiry_ends"] == "month"
    told = {"expiry_months": 6, "expiry_ends": "idle_year", "warn_days": 14, "retroactive": True}
    answer = api.post("loyalty/programme", told, key="one")
    assert answer.status_code == 200
    seen = api.get("loyalty/programme").json()
    assert {name: seen[name] for name in told} == told
    refused = api.post("loyalty/programme", {"warn_days": 91}, key="two")
    assert refused.status_code == 422
    for place, name in enumerate(("unit_value_rial", "retroactive")):
        empty = api.post("loyalty/programme", {name: None}, key=f"empty-{place}")
        assert (empty.status_code, empty.json()["code"]) == (400, "invalid_programme")
