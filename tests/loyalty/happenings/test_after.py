"""Rules fired by an event alone: joined, told, celebrated; judged once, explained, taken back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pydantic import ValidationError

from businesses.models import Employee
from core.errors import Problem
from core.ids import new_id
from loyalty.enums import CapSpan, EntryKind, ExitWay
from loyalty.enums.engagement import EngagementKind
from loyalty.models import EngagementRule, Happening, LedgerEntry, RuleMeter, RulePoints
from loyalty.operations import TierPlan, update_rule, update_tiers
from loyalty.operations.engagement import close_engagement, note_engagement, take_engagement_back
from loyalty.operations.leaving import leave_club
from loyalty.queries import tiers
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.reading import given_by, rules_in_force
from payments.enums import AlertKind
from payments.queries.alerts import alert_rows
from tests.loyalty.conftest import buyer
from tests.loyalty.engagement.test_engagement import START, count
from tests.loyalty.happenings.conftest import FOLLOW, after, points, tell
from tests.loyalty.rules.conftest import RATE, bonus, put
from tests.loyalty.sentences import computed, moved, numbers, sentence_of


def test_a_rule_gives_once_after_what_happened_and_says_so(sara):
    put(after(points=30, name="خوش‌آمد"), after(points=20, name="دنبال‌کننده"), now=START)
    row = tell(sara)
    assert (row.points, points(sara)) == (50, 50)
    assert tell(sara).id == row.id
    [entry] = LedgerEntry.objects.filter(kind=EntryKind.GIFT)
    said = sentence_of(entry)
    assert (computed(entry), moved(entry)) == (50, 50)
    assert numbers(said)[0] == sum(numbers(said)[1:])
    assert "«خوش‌آمد»" in said


def test_n19_what_the_budget_cut_is_said(sara):
    """N19: thirty promised, twelve left of the budget; the sentence tells twelve and why."""
    unit = 1_000
    put(after(points=30, name="هدیه", budget_rial=12 * unit + 999), now=START)
    row = tell(sara)
    assert row.points == 12
    [entry] = LedgerEntry.objects.filter(kind=EntryKind.GIFT)
    said = sentence_of(entry)
    assert (computed(entry), [int(one) for one in numbers(said)]) == (12, [12, 12])
    assert "بودجه" in said
    assert tell(sara, "f-2").points == 0
    assert Happening.objects.get(points=0).facts[0]["verdict"] == "budget"
    assert alert_rows(kind=AlertKind.BUDGET_SPENT, is_open=True).count() == 1


def test_a_sale_knows_nothing_of_such_rules_and_pays_nothing_for_them(sell, sara):
    plain = sell(1_000_000, at=START)
    with CaptureQueriesContext(connection) as before:
        sell(1_000_000, at=START)
    put(after("joined", "milestone", when={"segments": ("loyal",)}), now=START)
    sell(1_000_000, at=START)
    with CaptureQueriesContext(connection) as seen:
        sold = sell(1_000_000, at=START)
    assert len(seen) == len(before)
    assert buyer(plain) == buyer(sold)
    assert not RulePoints.objects.exists()


def test_an_engagement_no_rule_is_about_pays_nothing_for_them(sara):
    count(kind=EngagementKind.REVIEW)
    tells = [("r-1", FOLLOW), ("r-2", EngagementKind.REVIEW)]
    put(after(), now=START)
    for reference, kind in tells:
        note_engagement(customer_id=sara, kind=kind, reference=reference, now=START)
    with CaptureQueriesContext(connection) as seen:
        note_engagement(customer_id=sara, kind=EngagementKind.REVIEW, reference="r-3", now=START)
    assert not [one for one in seen.captured_queries if "happening" in one["sql"]]


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ({"weekdays": (5,)}, "weekday"),
        ({"since": "2030-01-01"}, "dates"),
        ({"bought_rial": 1_000_001}, "bought"),
        ({"segments": ("loyal",)}, "segment"),
        ({"did": {"kinds": ("review",)}}, "event"),
        ({"around": {"kinds": ("birthday",)}}, "occasion"),
    ],
)
def test_conditions_are_asked_of_the_customer_and_the_day(sell, sara, when, why):
    sell(1_000_000, at=START - timedelta(days=3))
    put(after(when=when), now=START)
    row = tell(sara)
    assert (row.points, row.facts[0]["verdict"]) == (0, why)


def test_bought_before_is_less_what_had_come_back_by_then(sell, take_return, sara):
    put(after(when={"bought_rial": 1_000_000}), now=START)
    sold = sell(1_000_000, at=START)
    assert tell(sara, "f-1", START).points == 0
    assert tell(sara, "f-2", START + timedelta(hours=1)).points == 30
    take_return(sold, 1, at=START + timedelta(hours=2))
    assert tell(sara, "f-3", START + timedelta(hours=3)).points == 0


def test_the_tier_is_that_of_the_moment(sell, sara):
    plans = [TierPlan("یک", 0), TierPlan("دو", 900_000), TierPlan("سه", 10**12)]
    update_tiers(plans=plans, actor=None, now=START)
    put(after(points=7, when={"tiers": (tiers()[1].id,)}), now=START)
    assert tell(sara, "f-1").points == 0
    sell(1_000_000, at=START)
    assert tell(sara, "f-2", START + timedelta(hours=1)).points == 7


FIELDS = [one.attname for one in RulePoints._meta.concrete_fields]
MOBILE_E164 = "+989121234567"


def test_the_best_of_a_group_counts_and_a_share_holds(sara):
    put(
        after(points=7, group="یک"),
        after(points=9, group="یک", customer_cap_points=12, customer_span=CapSpan.MONTH),
        now=START,
    )
    assert [tell(sara, f"f-{n}").points for n in range(3)] == [9, 3, 7]


def test_strangers_people_who_work_here_and_who_left_get_nothing(acting, sara):
    put(after(), now=START)
    Employee.objects.create(code="7", name="سارا", mobile=MOBILE_E164)
    assert tell(sara).facts[0]["verdict"] == "staff"
    Employee.objects.all().delete()
    leave_club(customer_id=sara, way=ExitWay.STAFF, actor=None, now=START)
    assert tell(sara, "f-2").facts[0]["verdict"] == "left"


def test_what_is_told_again_is_taken_back_whole_and_limits_get_it_back(sara):
    rule = after(points=30, budget_rial=100_000, customer_cap_points=40)
    put(rule, now=START)
    row = tell(sara)
    told = Happening.objects.get(id=row.id)
    for _again in range(2):
        take_engagement_back(engagement_id=UUID(told.reference), now=START)
    assert points(sara) == 0
    assert set(RuleMeter.objects.values_list("used", flat=True)) == {0}
    assert given_by([rule.key])[rule.key].points == 0
    [taken] = LedgerEntry.objects.filter(kind=EntryKind.CLAWBACK)
    assert (computed(taken), moved(taken)) == (30, 30)
    assert tell(sara, "f-2").points == 30


def test_what_a_version_is_about_is_counted_and_stays_counted_while_it_holds(sara):
    put(after("review", "follow"), now=START)
    assert set(EngagementRule.objects.values_list("kind", "points")) == {
        ("review", 0),
        ("follow", 0),
    }
    with pytest.raises(Problem, match="rules_about_it"):
        close_engagement(kind=FOLLOW, actor=None, now=START)
    put(now=START)
    close_engagement(kind=FOLLOW, actor=None, now=START)


def test_another_rate_keeps_them_and_a_new_version_changes_nothing_given(sara):
    put(after(points=30), now=START)
    row = tell(sara)
    update_rule(points_num=2, points_den=100_000, actor=None, now=START)
    version, rules = rules_in_force() or (None, Rules(rate=RATE))
    assert len(rules.bonuses) == 1
    assert version is not None
    assert version.bonus_count == 0
    put(after(points=1), now=START)
    assert Happening.objects.get(id=row.id).version_id == row.version_id
    assert points(sara) == 30
    assert tell(sara, "f-2").points == 1


@pytest.mark.parametrize(
    "more",
    [
        {"when": {"after": ("joined",), "least_rial": 1}},
        {"when": {"after": ("joined",), "channels": ("till",)}},
        {"when": {"after": ("joined",), "number": 1}},
        {"when": {"after": ("joined",)}, "cap_points": 3},
    ],
)
def test_what_asks_about_a_purchase_is_not_after_something_else(more):
    with pytest.raises(ValidationError):
        bonus("fixed", 3, **more)


@pytest.mark.parametrize("effect", ["times", "rate", "stamp"])
def test_n23_only_points_at_once_and_presents_that_are_no_stamps(effect):
    """N23: a stamp is proven by a payment; without an amount there is nothing to multiply."""
    present: Any = {"present": {"stamp_card": new_id()}} if effect == "stamp" else {}
    with pytest.raises(ValidationError):
        bonus(effect, 2, when={"after": ("joined",)}, **present)


def test_the_database_is_activity_of_a_rule_for_one_thing_once(sara):
    put(after(), now=START)
    tell(sara)
    held = RulePoints.objects.get()
    for change in ({"happening_id": None}, {"purchase_id": held.id}, {}):
        held.id = new_id()
        again = RulePoints(**{field: getattr(held, field) for field in FIELDS} | change)
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save(force_insert=True)
