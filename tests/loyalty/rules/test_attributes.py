"""Rules about what is known of the customer, as it was written down before the purchase."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Problem
from customers.operations import CustomerHint
from customers.operations.attributes import (
    AttributeChanges,
    Listed,
    NewAttribute,
    change_attribute,
    define_attribute,
    note_attributes,
)
from customers.queries.attributes import Fact, is_among, is_between
from loyalty.models import Lot
from loyalty.operations.rules.drafts import save_draft
from loyalty.operations.rules.replays import queue_replay
from loyalty.queries.programme import terms
from loyalty.queries.rules.document import AttributeIs, Rules
from loyalty.queries.rules.dry_run import purchase_dry_run
from loyalty.queries.rules.judge import Asked, judge
from loyalty.queries.rules.known import rules_of
from tests.loyalty.conftest import buyer
from tests.loyalty.rules.conftest import RATE, bonus, put

COFFEE = ("esp", "نوشیدنی", 600_000)
OTHER = CustomerHint(mobile="09120000001")


def rule(**asked):
    return bonus("fixed", 50, when={"attributes": ({"key": "diet"} | asked,)})


VEGAN = rule(values=("vegan",))


def points(purchase_id):
    return Lot.objects.get(id=purchase_id).earned_points


@pytest.fixture
def diet(acting, now):
    """Return the definition of a list."""
    choices = (Listed(code="vegan", fa="گیاه‌خوار"), Listed(code="keto", fa="کتو"))
    new = NewAttribute(key="diet", kind="choice", title_fa="رژیم", choices=choices)
    return define_attribute(new=new, now=now - timedelta(days=90))


@pytest.fixture
def vegan(buy, diet, now):
    """Return a customer who was vegan for ten days and is on another diet since two days ago."""
    customer = buyer(buy(COFFEE, at=now - timedelta(days=60)))
    for days, value in ((12, "vegan"), (2, "keto")):
        note_attributes(
            customer_id=customer,
            given={"diet": value},
            source="customer",
            now=now - timedelta(days=days),
        )
    return customer


def test_what_counts_is_what_was_known_before_the_purchase(buy, vegan, now):
    put(VEGAN, now=now - timedelta(days=70))
    days_ago = {days: points(buy(COFFEE, at=now - timedelta(days=days))) for days in (20, 5, 1)}
    assert days_ago == {20: 6, 5: 56, 1: 6}


def test_one_of_whom_nothing_is_known_and_a_stranger_are_not_meant(buy, vegan, now):
    put(VEGAN, now=now)
    assert points(buy(COFFEE, customer=OTHER)) == 6
    assert points(buy(COFFEE, customer=None)) == 6


def test_the_preview_asks_as_the_sale_does(buy, vegan, now):
    put(VEGAN, now=now - timedelta(days=70))
    current = terms()
    assert current is not None
    rules = rules_of(current.rule_id)
    for days, expected in ((20, 6), (5, 56), (0, 6)):
        asked = Asked(eligible_rial=600_000, at=now - timedelta(days=days), customer_id=vegan)
        assert judge(asked, rules, current).points == expected
    known = judge(Asked(eligible_rial=600_000, at=now, customer_id=vegan), rules, current)
    stranger = judge(Asked(eligible_rial=600_000, at=now), rules, current)
    assert (known.parts[0].verdict, stranger.parts[0].verdict) == ("attribute", "stranger")


def test_a_replay_and_a_dry_run_go_by_what_was_known_that_day(buy, vegan, replayed, now):
    put(VEGAN, now=now - timedelta(days=70))
    sold = {days: buy(COFFEE, at=now - timedelta(days=days)) for days in (20, 5)}
    note_attributes(
        customer_id=vegan,
        given={"diet": "vegan"},
        source="staff",
        observed_at=now - timedelta(days=40),
        now=now,
    )
    draft = save_draft(rules=Rules(rate=RATE, bonuses=(VEGAN,)), actor=None, now=now)
    told = purchase_dry_run(sold[5], Rules(rate=RATE, bonuses=(VEGAN,)))
    assert told.today.points == told.draft.points == 56
    queue_replay(draft_id=draft.id, actor=None, now=now)
    report = replayed(now).report
    assert (report["posted"], report["differ"]) == (3, 0)
    assert report["old_points"] == report["new_points"] == 6 + 6 + 56


def test_only_a_rule_about_attributes_asks_for_them(buy, vegan, now):
    put(bonus(), now=now)
    buy(COFFEE)
    with CaptureQueriesContext(connection) as plain:
        buy(COFFEE)
    put(bonus(), VEGAN, now=now)
    buy(COFFEE)
    with CaptureQueriesContext(connection) as asked:
        buy(COFFEE)
    assert len(asked.captured_queries) == len(plain.captured_queries) + 1


def test_a_childs_age_is_that_of_the_purchases_day(buy, acting, now):
    new = NewAttribute(key="born", kind="month", title_fa="تولد کودک")
    define_attribute(new=new, now=now - timedelta(days=90))
    three = bonus("fixed", 50, when={"attributes": ({"key": "born", "least": 3, "most": 3},)})
    put(three, now=now - timedelta(days=90))
    customer = buyer(buy(COFFEE, at=now - timedelta(days=85)))
    # Born in Mehr 1402: three years old from the first of Mehr 1405, 61 days ago, on.
    note_attributes(
        customer_id=customer,
        given={"born": "1402-07"},
        source="customer",
        now=now - timedelta(days=80),
    )
    earned = {days: points(buy(COFFEE, at=now - timedelta(days=days))) for days in (70, 40, 0)}
    assert earned == {70: 6, 40: 56, 0: 56}


@pytest.mark.parametrize(
    ("fact", "asked", "holds"),
    [
        (Fact("text", "نجار"), ("نجار", "بنا"), True),
        (Fact("choices", "a,c"), ("b", "c"), True),
        (Fact("choices", "a,c"), ("b",), False),
        (Fact("text", "a,c"), ("a",), False),
        (Fact("yes_no", "no"), ("no",), True),
    ],
)
def test_one_of_the_values_is_enough(fact, asked, holds):
    assert is_among(fact, asked) is holds


@pytest.mark.parametrize(
    ("fact", "least", "most", "holds"),
    [
        (Fact("number", "-5"), None, -5, True),
        (Fact("number", "7"), 8, None, False),
        (Fact("day", "1402-09-02"), 3, 3, True),
        (Fact("day", "1402-09-03"), 3, 3, False),
        (Fact("text", "7"), 0, 9, False),
    ],
)
def test_numbers_and_ages_lie_between(fact, least, most, holds):
    assert is_between(fact, least, most, date(2026, 11, 23)) is holds


@pytest.mark.parametrize(
    "asked",
    [
        {"values": ("paleo",)},
        {"least": 3},
        {"key": "nowhere", "values": ("x",)},
    ],
)
def test_what_cannot_be_asked_is_refused(diet, now, asked):
    with pytest.raises(Problem) as refusal:
        save_draft(rules=Rules(rate=RATE, bonuses=(rule(**asked),)), actor=None, now=now)
    assert refusal.value.code == "unknown_reference"


@pytest.mark.parametrize("asked", [{}, {"values": ("a",), "least": 1}, {"least": 3, "most": 2}])
def test_a_question_is_values_or_a_range(asked):
    with pytest.raises(ValueError, match="range"):
        AttributeIs(key="diet", **asked)


def test_a_rule_in_force_goes_on_when_its_attribute_is_put_away(buy, vegan, diet, now):
    put(VEGAN, now=now - timedelta(days=70))
    change_attribute(definition_id=diet.id, changes=AttributeChanges(is_active=False), now=now)
    assert points(buy(COFFEE, at=now - timedelta(days=5))) == 56
