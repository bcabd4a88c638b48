"""Conditions about calendar, items, customers' own days, what they did, and own segments."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pydantic import ValidationError

from businesses.operations.weekend import choose_weekend
from businesses.queries.tenants import forget_business
from core.calendar import TEHRAN, Jalali, business_day, jalali
from core.errors import Problem
from core.ids import new_id
from loyalty.enums.engagement import EngagementKind
from loyalty.enums.presents import OccasionKind, OccasionSource, SharedDayKind
from loyalty.models import Lot
from loyalty.operations.engagement import note_engagement
from loyalty.operations.occasions import NewOccasion, tell_occasion
from loyalty.operations.rules.drafts import save_draft
from loyalty.operations.rules.replays import queue_replay
from loyalty.operations.shared_days import NewSharedDay, cancel_shared_day, plan_shared_day
from loyalty.queries.programme import terms
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.dry_run import purchase_dry_run
from loyalty.queries.rules.judge import Asked, judge
from loyalty.queries.rules.known import rules_of
from segmentation.models import OwnSegment, SegmentStay
from tests.loyalty.conftest import buyer
from tests.loyalty.engagement.test_engagement import count
from tests.loyalty.rules.conftest import RATE, bonus, put
from tests.loyalty.rules.test_evaluate import basket, verdict

COFFEE = ("esp", "نوشیدنی", 600_000)
CAKE = ("cake", "شیرینی", 400_000)


def at(year, month, day):
    return datetime.combine(Jalali(year, month, day).to_date(), datetime.min.time(), TEHRAN)


@pytest.mark.parametrize(
    ("when", "day", "meant"),
    [
        ({"months": (12,)}, (1403, 12, 30), True),
        ({"months": (12,)}, (1404, 1, 1), False),
        ({"month_days": (30,)}, (1403, 12, 30), True),
        ({"month_days": (1, 15)}, (1405, 9, 15), True),
        ({"month_days": (1, 15)}, (1405, 9, 16), False),
        ({"months": (9,), "month_days": (1,)}, (1405, 8, 1), False),
    ],
)
def test_r36_months_and_days_are_jalali(when, day, meant):
    told = verdict(basket(local=at(*day)), bonus(when=when))
    assert told == ("applied" if meant else "month_day")


@pytest.mark.parametrize(
    ("days", "day", "meant"),
    [
        (0, (1405, 7, 10), True),
        (0, (1405, 7, 11), False),
        (3, (1405, 7, 7), True),
        (3, (1405, 7, 13), True),
        (3, (1405, 7, 14), False),
        (3, (1405, 7, 6), False),
    ],
)
def test_around_a_day_of_their_own_counts_both_sides(days, day, meant):
    rule = bonus(when={"around": {"kinds": ["birthday"], "days": days}})
    born = [("birthday", 7, 10)]
    told = verdict(basket(local=at(*day), occasions=born), rule)
    assert told == ("applied" if meant else "occasion")
    assert verdict(basket(local=at(*day), occasions=[("wedding", 7, 10)]), rule) == "occasion"
    assert verdict(basket(local=at(*day), customer_id=None), rule) == "stranger"


def test_r39_around_the_thirtieth_of_esfand_passes_the_turn_of_the_year():
    rule = bonus(when={"around": {"kinds": ["birthday"], "days": 2}})
    for day, meant in (((1404, 12, 29), True), ((1405, 1, 2), True), ((1405, 1, 3), False)):
        told = verdict(basket(local=at(*day), occasions=[("birthday", 12, 30)]), rule)
        assert (told == "applied") == meant


def test_so_many_items_are_counted_of_the_goods_it_names(buy, now):
    put(bonus("fixed", 5, when={"least_lines": 2, "categories": ("شیرینی",)}), now=now)
    one, two = buy(COFFEE, CAKE), buy(CAKE, CAKE)
    assert [Lot.objects.get(id=sold).earned_points for sold in (one, two)] == [10, 13]
    put(bonus("fixed", 5, when={"least_lines": 2}), now=now)
    assert Lot.objects.get(id=buy(COFFEE, CAKE)).earned_points == 15


def test_r39_the_sale_the_preview_and_the_replay_go_by_days_told_before(buy, replayed, now):
    customer = buyer(buy(COFFEE, at=now - timedelta(days=40)))
    today = jalali(now.astimezone(TEHRAN).date())
    rule = bonus("fixed", 50, when={"around": {"kinds": ["birthday"], "days": 3}})
    put(rule, now=now - timedelta(days=50))
    untold = buy(COFFEE, at=now - timedelta(hours=2))
    tell_occasion(
        customer_id=customer,
        new=NewOccasion(kind=OccasionKind.BIRTHDAY, month=today.month, day=today.day),
        source=OccasionSource.STAFF,
        now=now - timedelta(hours=1),
    )
    told = buy(COFFEE)
    assert [Lot.objects.get(id=one).earned_points for one in (untold, told)] == [6, 56]
    current = terms()
    assert current is not None
    asked = Asked(eligible_rial=600_000, at=now, customer_id=customer)
    assert judge(asked, rules_of(current.rule_id), current).points == 56
    assert purchase_dry_run(told, Rules(rate=RATE, bonuses=(rule,))).draft.points == 56
    assert purchase_dry_run(untold, Rules(rate=RATE, bonuses=(rule,))).draft.points == 6


def test_what_they_did_before_counts_for_some_days_and_until_it_is_taken_back(buy, now):
    customer = buyer(buy(COFFEE, at=now - timedelta(days=90)))
    count(EngagementKind.REVIEW, 0, 9, at=now - timedelta(days=80))
    put(
        bonus("fixed", 50, when={"did": {"kinds": ["review"], "days": 30}}),
        now=now - timedelta(days=80),
    )
    note_engagement(
        customer_id=customer,
        kind=EngagementKind.REVIEW,
        reference="r-9",
        now=now - timedelta(days=40),
    )
    sold = [buy(COFFEE, at=now - timedelta(days=days)) for days in (50, 20, 0)]
    assert [Lot.objects.get(id=one).earned_points for one in sold] == [6, 56, 6]


def test_own_segments_count_while_the_customer_is_in_them(buy, replayed, now):
    customer = buyer(buy(COFFEE, at=now - timedelta(days=60)))
    segment = OwnSegment.objects.create(
        id=new_id(), name="همسایه‌ها", rule={}, created_at=now, changed_at=now
    )
    SegmentStay.objects.create(
        id=new_id(),
        own_segment=segment,
        customer_id=customer,
        entered_at=now - timedelta(days=30),
        left_at=now - timedelta(days=10),
    )
    rule = bonus("fixed", 50, when={"segments": (f"own:{segment.id}", "lost")})
    put(rule, now=now - timedelta(days=70))
    sold = [buy(COFFEE, at=now - timedelta(days=days)) for days in (40, 20, 5)]
    assert [Lot.objects.get(id=one).earned_points for one in sold] == [6, 56, 6]
    draft = save_draft(rules=Rules(rate=RATE, bonuses=(rule,)), actor=None, now=now)
    queue_replay(draft_id=draft.id, actor=None, now=now)
    assert replayed(now).report["new_points"] == 6 + 6 + 56 + 6
    gone = bonus(when={"segments": (f"own:{new_id()}",)})
    with pytest.raises(Problem) as refused:
        save_draft(rules=Rules(rate=RATE, bonuses=(gone,)), actor=None, now=now)
    assert refused.value.code == "unknown_reference"


def test_only_rules_that_ask_cost_a_question(buy, now):
    put(bonus(), now=now)
    buy(COFFEE)
    with CaptureQueriesContext(connection) as plain:
        buy(COFFEE)
    around, did = {"kinds": ["own"]}, {"kinds": ["review"]}
    put(bonus(), bonus(when={"around": around, "did": did}), now=now)
    buy(COFFEE)
    with CaptureQueriesContext(connection) as asked:
        buy(COFFEE)
    assert len(asked.captured_queries) == len(plain.captured_queries) + 2


@pytest.mark.parametrize(
    "odd",
    [
        {"months": (13,)},
        {"month_days": (0,)},
        {"least_lines": -1},
        {"around": {"kinds": []}},
        {"around": {"kinds": ["birthday"], "days": 61}},
        {"did": {"kinds": ["nonsense"]}},
    ],
)
def test_nonsense_is_refused(odd):
    with pytest.raises(ValidationError):
        bonus(when=odd)


def test_r38_the_weekend_is_the_businesss_own(buy, now):
    """R38: Monday 2 Azar 1405 is a working day until the business says otherwise."""
    put(bonus("fixed", 7, when={"weekend": True}), now=now)
    assert Lot.objects.get(id=buy(COFFEE)).earned_points == 6
    choose_weekend(days=[2, 6], actor=None, now=now)
    forget_business()
    assert Lot.objects.get(id=buy(COFFEE)).earned_points == 13
    stranger = buy(COFFEE, customer=None)
    assert Lot.objects.get(id=stranger).earned_points == 13


@pytest.mark.parametrize("days", [[7], [-1], [0, 1, 2, 3]])
def test_r38_a_weekend_is_at_most_three_days_of_the_week(acting, now, days):
    with pytest.raises(Problem) as refused:
        choose_weekend(days=days, actor=None, now=now)
    assert refused.value.code == "invalid_weekend"


def test_r38_days_of_the_calendar_are_the_owners_dates_and_none_is_worked_out(buy, replayed, now):
    """R38: a lunar day counts where its owner wrote it, also moved, and not once it is left out."""
    rule = bonus("fixed", 9, when={"shared": {"kinds": ["mothers"], "days": 2}})
    put(rule, now=now)
    assert Lot.objects.get(id=buy(COFFEE)).earned_points == 6
    on = business_day(now, TEHRAN)
    plan = NewSharedDay(
        kind=SharedDayKind.MOTHERS, on=on + timedelta(days=2), source="تقویم رسمی", greets=False
    )
    day = plan_shared_day(new=plan, actor=None, now=now)
    assert Lot.objects.get(id=buy(COFFEE)).earned_points == 15
    plan_shared_day(new=replace(plan, on=on + timedelta(days=3)), actor=None, now=now)
    assert Lot.objects.get(id=buy(COFFEE)).earned_points == 6
    plan_shared_day(new=plan, actor=None, now=now)
    later = now + timedelta(days=1)  # the replay goes by whole days before today
    draft = save_draft(rules=Rules(rate=RATE, bonuses=(rule,)), actor=None, now=later)
    queue_replay(draft_id=draft.id, actor=None, now=later)
    assert replayed(later).report["new_points"] == 3 * 15
    cancel_shared_day(day_id=day.id, actor=None, now=now)
    assert Lot.objects.get(id=buy(COFFEE)).earned_points == 6
