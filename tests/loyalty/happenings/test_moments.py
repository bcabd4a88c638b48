"""What rules may be about: joining, own days, days of the calendar, milestones, friends."""

from datetime import date, timedelta

import pytest

from core.errors import Problem
from customers.events import CustomerCreated
from customers.operations import (
    CardHint,
    CustomerHint,
    find_or_create,
    merge_customers,
    record_purchases,
    undo_merge,
)
from loyalty.enums.presents import MilestoneKind, OccasionKind, OccasionSource, SharedDayKind
from loyalty.models import Happening, LedgerEntry
from loyalty.operations import sweep_business
from loyalty.operations.happenings import welcome
from loyalty.operations.milestones import NewMilestone, offer_milestone
from loyalty.operations.occasions import NewOccasion, tell_occasion
from loyalty.operations.shared_days import NewSharedDay, plan_shared_day
from loyalty.queries.occasions import morning
from loyalty.subscribers.welcome import _joins
from tests.loyalty.conftest import sale
from tests.loyalty.engagement.test_engagement import START
from tests.loyalty.happenings.conftest import LONG_AGO, after, person, points, tell
from tests.loyalty.occasions.conftest import celebrate
from tests.loyalty.rules.conftest import put

YALDA = date(2026, 12, 21)


def sweep(now):
    while sweep_business(now=now):
        pass


def given(kind):
    return list(Happening.objects.filter(kind=kind).values_list("points", flat=True))


def test_joining_is_welcomed_once_by_the_rules_of_that_moment(sara):
    put(after("joined", points=30), now=START)
    put(after("joined", points=99), now=START + timedelta(hours=2))
    for late in (1, 3, 5):
        at = START + timedelta(hours=late)
        welcome(customer_id=sara, joined_at=START + timedelta(hours=1), now=at)
    assert (points(sara), given("joined")) == (30, [30])


def test_who_joined_before_there_was_such_a_rule_and_whom_a_file_brings_get_nothing(sara):
    put(after("joined", points=30), now=START)
    welcome(customer_id=sara, joined_at=LONG_AGO, now=START)
    assert not Happening.objects.exists()
    told = CustomerCreated(customer_id=sara, status="active", source="import")
    assert not _joins(told, START)
    assert _joins(CustomerCreated(customer_id=sara, status="active", source="till"), START)
    assert not _joins(CustomerCreated(customer_id=sara, status="provisional", source="gw"), START)


def test_a_stranger_joins_when_they_tell_who_they_are(acting, sara):
    put(after("joined", points=30), now=START)
    card = CustomerHint(card=CardHint(hash="0f1e2d"))
    [made] = record_purchases(purchases=[sale(1_000_000, customer=card)], source="api", now=START)
    assert made.customer_id is not None
    welcome(customer_id=made.customer_id, joined_at=START, now=START)
    assert not Happening.objects.exists()


def test_an_own_day_is_given_its_rule_but_not_to_newcomers(sara):
    celebrate(START, birthday_points=0, least_days=30)
    new = person("09120000002", at=START)
    for who in (sara, new):
        told = NewOccasion(kind=OccasionKind.BIRTHDAY, month=9, day=20)
        tell_occasion(customer_id=who, new=told, source=OccasionSource.STAFF, now=START)
    put(after("day_birthday", points=30), now=START)
    sweep(START + timedelta(days=14))
    sweep(START + timedelta(days=15))
    assert (points(sara), points(new), given("day_birthday")) == (30, 0, [30])


def test_a_day_of_the_calendar_keeps_its_points_and_its_budget_is_one_for_all(acting, sara):
    people = [sara, *(person(f"0912000000{n}") for n in range(3, 7))]
    plan = NewSharedDay(kind=SharedDayKind.YALDA, points=5)
    plan_shared_day(new=plan, actor=None, now=START)
    put(after("shared_day", points=30, budget_rial=75_000), now=START)
    at = morning(YALDA, acting.timezone)
    sweep(at)
    sweep(at + timedelta(hours=1))
    assert sorted(given("shared_day")) == [0, 0, 15, 30, 30]
    assert sorted(points(one) for one in people) == [5, 5, 20, 35, 35]


def test_a_milestone_is_given_its_rule_once(sell, sara):
    new = NewMilestone(kind=MilestoneKind.VISITS, number=2, points=3)
    offer_milestone(new=new, actor=None, now=START - timedelta(days=9))
    put(after("milestone", points=30), now=START - timedelta(days=9))
    for days in (3, 2):
        sell(100_000, at=START - timedelta(days=days))
    before = points(sara)
    sweep(START)
    sweep(START + timedelta(days=1))
    assert given("milestone") == [30]
    assert points(sara) == before + 33


def test_points_for_a_friend_are_points_alone():
    with pytest.raises(ValueError, match="points for a friend"):
        after("referral").model_validate(
            after("referral").model_dump(exclude_unset=True)
            | {"effect": "gift_card", "num": 1, "present": {"worth_rial": 10}}
        )


def test_r62_profiles_joined_and_parted_keep_what_happened_to_each(sara):
    put(after(points=30), now=START)
    other = person("09120000009", name="سارا م")
    tell(other)
    merge = merge_customers(survivor_id=sara, merged_id=other, actor=None, now=START)
    assert Happening.objects.get().customer_id == sara
    assert points(sara) == 30
    undo_merge(merge_id=merge.id, actor=None, now=START)
    assert Happening.objects.get().customer_id == other
    assert (points(sara), points(other)) == (0, 30)
    assert LedgerEntry.objects.filter(data__has_key="happened").count() == 1
    with pytest.raises(Problem):
        tell(sara)
    assert (
        find_or_create(
            customer=CustomerHint(mobile="09120000009"), source="api", now=START
        ).customer_id
        == other
    )
