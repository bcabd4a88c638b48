"""Goodwill (C078): points given on the spot, within what each person may give."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from businesses.queries import members_of
from core.calendar import business_day, day_start, month_start, week_start
from core.errors import NotFound, Problem
from core.ids import new_id
from customers.operations import merge_customers, undo_merge
from loyalty.enums import EntryKind, ExitWay
from loyalty.models import (
    Goodwill,
    GoodwillBudget,
    GoodwillMeter,
    LedgerEntry,
    OwedDay,
    PointsPosting,
    Wallet,
)
from loyalty.operations import update_program
from loyalty.operations.books import post_entries
from loyalty.operations.leaving import leave_club
from loyalty.queries import program
from loyalty.queries.goodwill import givers, left_of, used_now
from loyalty.queries.invariants import broken
from loyalty.queries.sums import points_moved
from tests.loyalty.conftest import FAR
from tests.loyalty.goodwill.conftest import MINA, REZA, UNIT, WHY, allow, known
from tests.loyalty.sentences import computed, moved, sentence_of


@pytest.fixture(autouse=True)
def sums_agree(acting, now):
    """Whatever a test does, every sum still agrees afterwards."""
    yield
    assert broken(now + FAR) == []


def unit():
    current = program()
    assert current is not None
    return current.unit_value_rial


def left(now):
    found = left_of(MINA.id, now)
    assert found is not None
    return found


def refused(give, *args, **more):
    with pytest.raises(Problem) as found, transaction.atomic():
        give(*args, **more)
    return found.value


def test_points_are_there_at_once_with_their_reason(give, sara, now):
    row = give(30)
    [entry] = LedgerEntry.objects.filter(customer=sara)
    assert (entry.kind, entry.points, entry.data["reason"]) == (EntryKind.GOODWILL, 30, WHY)
    assert Wallet.objects.get(id=sara).balance_points == 30
    assert row.worth_rial == 30 * unit()
    assert computed(entry) == moved(entry) == 30
    assert WHY in sentence_of(entry)


def test_a_number_in_the_reason_is_no_number_of_the_sentence(give):
    give(7, reason="۳ نفر معطل شدند")
    entry = LedgerEntry.objects.get(kind=EntryKind.GOODWILL)
    assert computed(entry) == 7


def test_the_last_points_are_given_and_then_none(give, sara, now):
    give(70)
    problem = refused(give, 31)
    assert (problem.code, problem.extra["left_rial"]) == ("goodwill_used_up", 30 * UNIT)
    give(30)
    assert refused(give, 1).extra["left_rial"] == 0
    assert Wallet.objects.get(id=sara).balance_points == 100


def test_everybody_has_points_of_their_own(give, now):
    give(100)
    give(100, giver=REZA)
    assert used_now(GoodwillBudget.objects.get(), now) == {MINA.id: 100 * UNIT, REZA.id: 100 * UNIT}


@pytest.mark.parametrize("span", ["day", "week", "month"])
def test_a_span_begins_with_the_business_day_of_its_calendar(give, business, now, span):
    allow(now, span=span)
    today = business_day(now, business.timezone)
    first = {"day": today, "week": week_start(today), "month": month_start(today)}[span]
    after = {"day": 1, "week": 7, "month": 32}[span]
    follows = first + timedelta(days=after)
    follows = month_start(follows) if span == "month" else follows
    give(100)
    last = day_start(follows, business.timezone) - timedelta(seconds=1)
    assert refused(give, 1, at=last).code == "goodwill_used_up"
    give(100, at=last + timedelta(seconds=1))
    assert GoodwillMeter.objects.count() == 2


def test_not_more_than_so_many_at_once(give, now):
    allow(now, most_at_once=40)
    problem = refused(give, 41)
    assert (problem.code, problem.extra["most_rial"]) == ("too_much_at_once", 40 * UNIT)
    give(40)
    give(40)
    assert left(now).most_at_once_rial == 20 * UNIT


def test_a_budget_made_smaller_takes_nothing_back(give, now):
    give(80)
    allow(now, points=50)
    assert refused(give, 1).extra["left_rial"] == 0
    assert left(now).rial == 0
    allow(now, points=90)
    give(10)


def test_nobody_gives_where_the_owner_never_said_or_closed_it(give, now):
    allow(now, is_open=False)
    assert refused(give, 1).code == "goodwill_closed"
    assert left_of(MINA.id, now) is None


def test_a_reason_is_needed_and_does_not_name_the_person(give):
    assert refused(give, 1, reason="  ").code == "reason_missing"
    assert refused(give, 1, reason="برای سارا محمدی").code == "names_the_person"
    assert refused(give, 0).code == "invalid_goodwill"


def test_nobody_gives_to_who_works_here(give, business, now):
    owner = members_of(business.id)[0].user
    owner.mobile = "+989121234567"
    owner.save(update_fields=["mobile"])
    assert refused(give, 1).code == "works_here"


def test_who_left_the_club_gets_nothing_and_it_is_said(give, sara, now):
    give(5)
    leave_club(customer_id=sara, way=ExitWay.STAFF, now=now)
    assert refused(give, 5).code == "left_club"
    assert GoodwillMeter.objects.get().used_rial == 5 * UNIT


def test_somebody_unknown_gets_nothing(give):
    with pytest.raises(NotFound):
        give(1, customer_id=new_id())


def test_the_same_grant_twice_gives_once(give, sara):
    same = new_id()
    first, second = (give(20, goodwill_id=same) for _again in range(2))
    assert first.id == second.id == same
    assert Wallet.objects.get(id=sara).balance_points == 20
    assert GoodwillMeter.objects.get().used_rial == 20 * UNIT


def test_the_database_refuses_more_than_somebody_may(give):
    give(100)
    with pytest.raises(IntegrityError), transaction.atomic():
        GoodwillMeter.objects.update(used_rial=101 * UNIT)


def test_the_books_take_it_as_points_given(give, now):
    give(30)
    worth = 30 * unit()
    post_entries(now=now)
    posting = PointsPosting.objects.get(kind="goodwill")
    assert (posting.owed_rial, posting.given_rial, posting.sales_rial) == (-worth, worth, 0)
    assert OwedDay.objects.get(kind="goodwill").points == 30


def test_the_programmes_figures_count_it(give, now):
    give(30)
    assert points_moved(now - timedelta(days=1), now + timedelta(seconds=1)).adjusted == 30


def test_points_given_end_as_the_programme_says(give, sara, now):
    update_program(changes={"expiry_months": 2, "expiry_ends": "day"}, actor=None, now=now)
    lot = give(5).lot
    assert lot.expires_at is not None
    assert lot.expires_at > now + timedelta(days=58)


def test_grants_follow_profiles_that_are_joined_and_go_back(give, sara, now):
    other = known(now, "09127654321")
    give(40, customer_id=other)
    merge = merge_customers(survivor_id=sara, merged_id=other, actor=None, reason="یکی", now=now)
    assert Goodwill.objects.get().customer_id == sara
    assert Wallet.objects.get(id=sara).balance_points == 40
    give(10, giver=REZA)
    undo_merge(merge_id=merge.id, actor=None, now=now)
    assert Goodwill.objects.get(points=40).customer_id == other
    held = dict(Wallet.objects.values_list("id", "balance_points"))
    assert (held[sara], held[other]) == (10, 40)


def test_the_owner_sees_who_gave_how_often_to_the_same(give, sara, now):
    other = known(now, "09127654321")
    for _again in range(3):
        give(10)
    give(5, customer_id=other)
    give(50, giver=REZA)
    reza, mina = givers(now - timedelta(days=1), now)
    assert (reza.name, reza.points, reza.times) == ("رضا", 50, 1)
    assert (mina.points, mina.times, mina.customers, mina.again, mina.most_times) == (
        35,
        4,
        2,
        2,
        3,
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"points": 0}, "amount"),
        ({"span": "year"}, "span"),
        ({"most_at_once": 101}, "most_at_once"),
        ({"good_days": 0}, "good_days"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(sara, now, changes, field):
    with pytest.raises(Problem) as found:
        allow(now, **changes)
    assert list(found.value.fields) == [field]
