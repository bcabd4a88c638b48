"""Milestones of customers (C085): congratulated once, given their gift once."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import Jalali, add_months, jalali
from core.errors import NotFound, Problem
from customers.operations import CardHint, CustomerHint, merge_customers
from loyalty.enums import EntryKind, ExitWay
from loyalty.enums.engagement import EngagementKind
from loyalty.enums.presents import MilestoneKind, NoGift
from loyalty.models import LedgerEntry, MilestoneReached
from loyalty.operations import sweep_business
from loyalty.operations.engagement import (
    NewEngagementRule,
    note_engagement,
    offer_points,
    take_engagement_back,
)
from loyalty.operations.leaving import leave_club
from loyalty.operations.milestones import NewMilestone, close_milestone, offer_milestone
from loyalty.queries import businesses_with_due_work
from loyalty.queries.milestones import badges_of, milestone_title, next_visit, reached_by, wall
from loyalty.queries.milestones.found import _as_long_ago
from messaging.models import Message
from tests.loyalty.conftest import buyer
from tests.loyalty.occasions.conftest import agree
from tests.loyalty.sentences import computed, moved, sentence_of
from tests.loyalty.test_activity import START, day

NEXT = day(1405, 9, 3, hour=10)


def celebrate(kind=MilestoneKind.VISITS, number=2, now=START, **more):
    return offer_milestone(new=NewMilestone(kind=kind, number=number, **more), actor=None, now=now)


def mornings(now):
    while sweep_business(now=now):
        pass


def gifts():
    return list(LedgerEntry.objects.filter(kind=EntryKind.GIFT).values_list("points", flat=True))


def test_the_second_visit_is_congratulated_and_given_its_gift_once(acting, sell):
    celebrate(points=30)
    agree(START)
    sell(1_000_000, at=START)
    sell(1_000_000, at=START)  # the same day is the same visit
    mornings(NEXT)
    assert gifts() == []
    sell(1_000_000, at=NEXT)
    mornings(NEXT + timedelta(days=1))
    mornings(NEXT + timedelta(days=2))
    [entry] = LedgerEntry.objects.filter(kind=EntryKind.GIFT)
    assert (entry.points, computed(entry), moved(entry)) == (30, 30, 30)
    assert "۲" in sentence_of(entry)
    body = Message.objects.get(ref_kind="milestone").body
    for said in ("۲", "۳۰ امتیاز", "لغو۱۱"):
        assert said in body
    row = MilestoneReached.objects.get()
    assert (row.greeted, row.points, row.on) == (True, 30, Jalali(1405, 9, 3).to_date())


def test_it_is_due_at_ten_in_the_morning_and_not_before(acting, sell):
    row = celebrate()
    assert row.next_at == NEXT
    assert acting.id not in businesses_with_due_work(NEXT - timedelta(seconds=1))
    assert acting.id in businesses_with_due_work(NEXT)
    mornings(NEXT)
    row.refresh_from_db()
    assert row.next_at == NEXT + timedelta(days=1)
    assert acting.id not in businesses_with_due_work(NEXT)


def test_who_reached_it_before_gets_nothing_for_it_ever(sell):
    sell(1_000_000, at=day(1405, 8, 1))
    sell(1_000_000, at=day(1405, 8, 2))
    row = celebrate(points=30)
    mornings(NEXT)
    assert (MilestoneReached.objects.get().no_gift, gifts()) == (NoGift.BEFORE, [])
    close_milestone(milestone_id=row.id, actor=None, now=NEXT)
    celebrate(points=30, now=NEXT)
    sell(1_000_000, at=NEXT)
    mornings(NEXT + timedelta(days=1))
    assert gifts() == []


def test_what_can_come_back_waits_and_what_came_back_is_no_visit(sell, take_return):
    celebrate(points=30, wait_days=7)
    first = sell(1_000_000, at=START)
    second = sell(1_000_000, at=START + timedelta(days=1))
    take_return(second, at=START + timedelta(days=2))
    mornings(START + timedelta(days=9))
    assert gifts() == []
    third = START + timedelta(days=10)
    sell(1_000_000, at=third)
    mornings(third + timedelta(days=6))
    assert gifts() == []
    mornings(third + timedelta(days=7))
    assert gifts() == [30]
    take_return(first, at=third + timedelta(days=8))
    mornings(third + timedelta(days=9))
    assert gifts() == [30]


def test_an_amount_bought_is_reached_on_its_day(sell, take_return):
    celebrate(MilestoneKind.SPENT, 3_000_000, points=5)
    one = sell(2_000_000, at=START)
    take_return(one, 500_000, at=START)
    sell(1_000_000, at=NEXT)
    mornings(NEXT + timedelta(days=1))
    assert gifts() == []
    sell(500_000, at=NEXT + timedelta(days=2))
    mornings(NEXT + timedelta(days=3))
    assert gifts() == [5]
    assert MilestoneReached.objects.get().on == Jalali(1405, 9, 5).to_date()


@pytest.mark.parametrize(
    ("bought", "celebrated"),
    [((1403, 12, 30), (1404, 12, 29)), ((1404, 9, 10), (1405, 9, 10))],
)
def test_r39_a_year_together_is_celebrated_on_its_day(sell, bought, celebrated):
    sell(1_000_000, at=day(*bought))
    celebrate(MilestoneKind.YEARS, 1, now=day(1404, 12, 1), points=7)
    moment = day(*celebrated)
    mornings(moment - timedelta(days=1))
    assert gifts() == []
    mornings(moment)
    assert gifts() == [7]


@given(st.dates(date(2010, 1, 1), date(2060, 1, 1)), st.integers(1, 30))
def test_r39_the_last_day_long_ago_is_the_last_whose_anniversary_has_come(today, years):
    last = _as_long_ago(today, years)
    assert add_months(last, 12 * years) <= today
    assert add_months(last + timedelta(days=1), 12 * years) > today
    assert jalali(last).year == jalali(today).year - years


def test_strangers_and_who_left_get_no_points(acting, sell, now):
    celebrate(number=1, points=30)
    card = CustomerHint(card=CardHint(masked_pan="603799******4431", hash="ab" * 32))
    sell(1_000_000, at=START, customer=card)
    mornings(NEXT)
    assert not MilestoneReached.objects.exists()
    who = buyer(sell(1_000_000, at=NEXT))
    leave_club(customer_id=who, way=ExitWay.STAFF, now=NEXT)
    mornings(NEXT + timedelta(days=1))
    assert (MilestoneReached.objects.get().no_gift, gifts()) == (NoGift.LEFT, [])


def test_a_mere_greeting_is_written_down_too(sell):
    celebrate(number=1, greets=False)
    agree(START)
    sell(1_000_000, at=START)
    mornings(NEXT)
    row = MilestoneReached.objects.get()
    assert (row.no_gift, row.greeted) == (NoGift.NONE_OFFERED, False)
    assert not Message.objects.filter(ref_kind="milestone").exists()


def test_whoever_reached_it_bears_its_badge_also_who_did_before(sell):
    sell(1_000_000, at=day(1405, 8, 1))
    celebrate(number=1, badge="آشنا", points=30)
    celebrate(number=2, badge=" يار هميشگي ")
    agree(START)
    mornings(NEXT)
    who = buyer(sell(1_000_000, at=NEXT))
    assert [one.name for one in badges_of(who)] == ["آشنا"]
    mornings(NEXT + timedelta(days=1))
    assert [one.name for one in badges_of(who)] == ["یار همیشگی", "آشنا"]
    assert "یار همیشگی" in Message.objects.get(ref_kind="milestone").body
    celebrate(number=2, badge="")
    assert [one.name for one in badges_of(who)] == ["آشنا"]
    other = buyer(sell(1_000_000, at=NEXT, customer=CustomerHint(mobile="09351112233")))
    merge_customers(survivor_id=other, merged_id=who, now=NEXT)
    assert [one.name for one in badges_of(other)] == ["آشنا"]


def test_the_database_keeps_one(sell):
    celebrate(number=1)
    sell(1_000_000, at=START)
    mornings(NEXT)
    row = MilestoneReached.objects.get()
    row.id = row.customer_id
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_r62_what_was_reached_follows_a_merge_and_counts(sell):
    celebrate(number=1, points=30)
    first = buyer(sell(1_000_000, at=START))
    second = buyer(sell(1_000_000, at=START, customer=CustomerHint(mobile="09351112233")))
    mornings(NEXT)
    merge_customers(survivor_id=first, merged_id=second, now=NEXT)
    mornings(NEXT + timedelta(days=1))
    assert gifts() == [30, 30]
    third = CustomerHint(mobile="09361112233")
    celebrate(number=2, points=5, now=NEXT)
    fresh = buyer(sell(1_000_000, at=NEXT, customer=third))
    merge_customers(survivor_id=fresh, merged_id=first, now=NEXT)
    mornings(NEXT + timedelta(days=1))
    assert sorted(gifts()) == [5, 30, 30]


def test_what_makes_no_sense_is_refused(acting):
    for wrong in ({"number": 0}, {"number": 10_001}, {"points": -1}, {"wait_days": 366}):
        with pytest.raises(Problem, match="invalid_milestone"):
            celebrate(**wrong)
    with pytest.raises(Problem, match="invalid_milestone"):
        celebrate(text="{mobile}")
    with pytest.raises(Problem, match="invalid_milestone"):
        celebrate(badge="ی" * 31)
    with pytest.raises(NotFound):
        close_milestone(milestone_id=acting.id, actor=None, now=START)


def test_no_more_than_thirty_are_open(acting):
    for number in range(1, 31):
        celebrate(number=number)
    celebrate(number=30, points=1)
    with pytest.raises(Problem, match="invalid_milestone"):
        celebrate(number=31)


def test_the_till_knows_whose_visit_today_is_one(acting):
    celebrate(number=10)
    today = START.date()
    assert next_visit(9, today - timedelta(days=3), today) == 10
    assert next_visit(10, today, today) == 10
    assert next_visit(9, today, today) is None
    assert next_visit(10, today - timedelta(days=3), today) is None


def test_the_wall_counts_new_second_and_kept(sell, take_return):
    def buy(mobile, *when):
        return sell(1_000_000, at=day(*when), customer=CustomerHint(mobile=mobile))

    buy("09120000001", 1405, 8, 5)
    buy("09120000002", 1405, 8, 6)
    buy("09120000001", 1405, 9, 1)
    buy("09120000003", 1405, 9, 1)
    buy("09120000003", 1405, 9, 2)
    take_return(buy("09120000004", 1405, 9, 2), at=START)
    before, now = wall(START.date(), 2)
    assert (before.new, before.second, before.earlier, before.kept) == (2, 0, 0, 0)
    assert (now.new, now.second, now.earlier, now.kept) == (1, 2, 2, 1)


def test_purchases_are_counted_one_by_one(sell):
    """Capability C085: another goal than days or sums."""
    celebrate(MilestoneKind.PURCHASES, 3, points=20, badge="پرخرید")
    for _ in range(2):
        sell(1_000_000, at=START)
    mornings(NEXT)
    assert gifts() == []
    sell(1_000_000, at=NEXT)
    mornings(NEXT + timedelta(days=1))
    assert gifts() == [20]
    [row] = MilestoneReached.objects.all()
    assert [one.name for one in badges_of(row.customer_id)] == ["پرخرید"]


def test_taking_part_counts_what_was_not_taken_back(sell):
    """Capability C085: whoever takes part is celebrated, by how often."""
    who = buyer(sell(1_000_000, at=START))
    offer_points(new=NewEngagementRule(kind=EngagementKind.REVIEW, points=1), actor=None, now=START)
    celebrate(MilestoneKind.TAKING_PART, 2, badge="همراه")
    noted = [
        note_engagement(
            customer_id=who, kind=EngagementKind.REVIEW, reference=f"r{place}", now=START
        )
        for place in range(2)
    ]
    take_engagement_back(engagement_id=noted[0].id, now=START)
    mornings(NEXT)
    assert badges_of(who) == []
    note_engagement(customer_id=who, kind=EngagementKind.REVIEW, reference="r9", now=NEXT)
    mornings(NEXT + timedelta(days=1))
    assert [one.name for one in badges_of(who)] == ["همراه"]


@pytest.mark.parametrize("kind", MilestoneKind)
def test_every_goal_is_asked_by_a_statement_that_holds_and_reads_as_a_sentence(sell, kind):
    """Capability C085: nobody has reached what is far away, and no kind is without words."""
    sell(1_000_000, at=START)
    far = 990_000_000 if kind == MilestoneKind.SPENT else 99
    row = celebrate(kind, far)
    assert reached_by(row, START.date(), 10) == []
    assert "۹۹" in milestone_title(kind, far)
