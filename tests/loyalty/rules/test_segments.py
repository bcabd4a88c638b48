"""Rules about segments: as the customer was last scored before the purchase."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.calendar import TEHRAN
from core.errors import Problem
from core.ids import new_id
from customers.operations import CustomerHint
from loyalty.models import Lot
from loyalty.operations.rules.drafts import save_draft
from loyalty.operations.rules.replays import queue_replay
from loyalty.queries.programme import terms
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.dry_run import purchase_dry_run
from loyalty.queries.rules.judge import Asked, judge
from loyalty.queries.rules.known import rules_of
from segmentation.models import SegmentTransition
from tests.loyalty.conftest import buyer
from tests.loyalty.rules.conftest import RATE, bonus, put

COFFEE = ("esp", "نوشیدنی", 600_000)
BACK = bonus("fixed", 50, name="برگشت", when={"segments": ("at_risk", "cant_lose")})
OTHER = CustomerHint(mobile="09120000001")


def points(purchase_id):
    return Lot.objects.get(id=purchase_id).earned_points


def moved(customer_id, at, after, before=""):
    day = at.astimezone(TEHRAN).date()
    SegmentTransition.objects.create(
        id=new_id(), customer_id=customer_id, on=day, at=at, before=before, after=after
    )


@pytest.fixture
def slipping(buy, now):
    """Return a customer who was at risk for ten days and was won back two days ago."""
    customer = buyer(buy(COFFEE, at=now - timedelta(days=60)))
    moved(customer, now - timedelta(days=12), "at_risk")
    moved(customer, now - timedelta(days=2), "loyal", before="at_risk")
    return customer


def test_what_counts_is_the_segment_before_the_purchase(buy, slipping, now):
    put(BACK, now=now - timedelta(days=70))
    days_ago = {
        days: points(buy(COFFEE, at=now - timedelta(days=days))) for days in (20, 12, 5, 2, 0)
    }
    assert days_ago == {20: 6, 12: 56, 5: 56, 2: 6, 0: 6}


def test_one_in_no_segment_and_a_stranger_are_not_meant(buy, slipping, now):
    put(BACK, now=now)
    assert points(buy(COFFEE, customer=OTHER)) == 6
    assert points(buy(COFFEE, customer=None)) == 6


def test_the_preview_asks_as_the_sale_does(buy, slipping, now):
    put(BACK, now=now - timedelta(days=70))
    current = terms()
    assert current is not None
    rules = rules_of(current.rule_id)
    for days, expected in ((20, 6), (5, 56), (0, 6)):
        asked = Asked(eligible_rial=600_000, at=now - timedelta(days=days), customer_id=slipping)
        assert judge(asked, rules, current).points == expected
    stranger = judge(Asked(eligible_rial=600_000, at=now), rules, current)
    assert (stranger.points, stranger.parts[0].verdict) == (6, "stranger")


def test_a_replay_and_a_dry_run_go_by_the_segment_of_that_day(buy, slipping, replayed, now):
    put(BACK, now=now - timedelta(days=70))
    sold = {days: buy(COFFEE, at=now - timedelta(days=days)) for days in (20, 5)}
    draft = save_draft(rules=Rules(rate=RATE, bonuses=(BACK,)), actor=None, now=now)
    told = purchase_dry_run(sold[5], Rules(rate=RATE, bonuses=(BACK,)))
    assert told.today.points == told.draft.points == 56
    queue_replay(draft_id=draft.id, actor=None, now=now)
    report = replayed(now).report
    assert (report["posted"], report["differ"]) == (3, 0)
    assert report["old_points"] == report["new_points"] == 6 + 6 + 56


def test_only_a_rule_about_segments_asks_for_them(buy, slipping, now):
    put(bonus(), now=now)
    buy(COFFEE)
    with CaptureQueriesContext(connection) as plain:
        buy(COFFEE)
    put(bonus(), BACK, now=now)
    buy(COFFEE)
    with CaptureQueriesContext(connection) as asked:
        buy(COFFEE)
    assert len(asked.captured_queries) == len(plain.captured_queries) + 1


def test_a_segment_nobody_knows_is_refused(acting, now):
    odd = bonus(when={"segments": ("at_risk", "somewhere")})
    with pytest.raises(Problem) as refusal:
        save_draft(rules=Rules(rate=RATE, bonuses=(odd,)), actor=None, now=now)
    assert refusal.value.code == "unknown_reference"
