"""C110: how a target stands: baseline, what is and should be there, gap, and the end foreseen."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import Jalali, add_months
from core.errors import Problem
from core.ids import new_id
from core.tenancy import active_business_id
from customers.operations import record_purchases, record_return
from feedback.models import Response, Survey, SurveyInvitation
from segmentation.enums import Figure, PaceBasis, Span, TargetState
from segmentation.models import NamedNight
from segmentation.operations import move_target
from segmentation.queries.targets.ledger import aims, running_targets
from segmentation.queries.targets.pace import Pace
from segmentation.queries.targets.reckoning import places, standings
from segmentation.queries.targets.sums import figures_of
from tests.customers.conftest import sale
from tests.segmentation.aims import AZAR, ONE, aim, days, standing
from tests.segmentation.own import NOW, TODAY, buy

pytestmark = pytest.mark.django_db


# --- how it stands --------------------------------------------------------------------------------


def test_c110_todays_value_is_what_sql_counts_by_hand(acting):
    for who, ago in ((1, 40), (1, 1), (2, 0), (3, 1), (3, 0), (2, 35)):
        buy(who, ago, rial=1_000 * who)
    back = buy(4, 1, rial=700)
    record_return(
        purchase_id=back.purchase_id, external_id="r", amount_rial=300, reason="", now=NOW,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT sum(p.total_rial - p.returned_rial),
                   count(*) FILTER (WHERE EXISTS (
                       SELECT FROM customers_purchase e WHERE e.business_id = p.business_id
                         AND e.customer_id = p.customer_id AND e.local_date < p.local_date)),
                   count(DISTINCT p.customer_id) FILTER (WHERE NOT EXISTS (
                       SELECT FROM customers_purchase e WHERE e.business_id = p.business_id
                         AND e.customer_id = p.customer_id AND e.local_date < %(first)s))
            FROM customers_purchase p
            WHERE p.business_id = %(business)s AND p.local_date BETWEEN %(first)s AND %(last)s
            """,
            {"business": active_business_id(), "first": AZAR, "last": TODAY},
        )
        by_hand = cursor.fetchone()
    told = [
        standing(aim(figure=one, goal=9)).so_far
        for one in (Figure.NET_SALES, Figure.RETURNING, Figure.NEW)
    ]
    assert tuple(told) == by_hand == (1_000 + 2_000 + 6_000 + 400, 3, 2)


def test_a_sale_in_the_last_minutes_of_esfand_is_of_farvardin_in_tehran(acting):
    """20:30 UTC on 20 March 2026 is the first instant of 1 Farvardin 1405."""
    nowruz = Jalali(1405, 1, 1).to_date()
    now = datetime(2026, 3, 19, 12, tzinfo=UTC)
    esfand = aim(starts_on=add_months(nowruz, -1), goal=10, now=now)
    farvardin = aim(starts_on=nowruz, goal=10, now=now)
    border = datetime(2026, 3, 20, 20, 30, tzinfo=UTC)
    _sell_at(border - timedelta(seconds=1), 5)
    _sell_at(border, 7)
    today = nowruz + 2 * ONE
    assert (standing(esfand, today).so_far, standing(farvardin, today).so_far) == (5, 7)
    assert standing(esfand, today).state == TargetState.MISSED
    with pytest.raises(Problem, match="target_over"):
        move_target(target_id=esfand.id, goal=5, reason="x", actor=None, now=border)
    move_target(
        target_id=esfand.id, goal=5, reason="x", actor=None, now=border - timedelta(seconds=1)
    )
    assert standing(esfand, today).state == TargetState.REACHED


def _sell_at(at: datetime, rial: int) -> None:
    (outcome,) = record_purchases(
        purchases=[sale(rial, occurred_at=at)], source="api", now=at + ONE
    )
    assert outcome.error is None


def test_the_baseline_is_the_year_before_or_the_mean_of_whole_months(acting):
    """By hand: 30 days of Azar 1404 and of three months at other heights."""
    year_ago = add_months(AZAR, -12)
    days(add_months(year_ago, -3), TODAY - ONE, lambda on: 5 if on < add_months(AZAR, -3) else 8)
    found = standing(aim(goal=300_000)).baseline
    assert (found.kind, found.value) == ("year_before", 30 * 5 * 1_000)
    quarter = aim(span=Span.QUARTER, starts_on=Jalali(1405, 7, 1).to_date(), goal=9)
    assert standing(quarter).baseline.value == 90 * 5_000
    ahead = standing(aim(starts_on=add_months(AZAR, 12), goal=9))
    assert (ahead.baseline.kind, ahead.baseline.months) == ("last_months", 3)
    assert ahead.baseline.value == (31 + 30 + 30) * 8_000 // 3 + 1  # 242,666.67 rounded
    assert ahead.state == TargetState.UPCOMING
    assert (ahead.so_far, ahead.due, ahead.until_yesterday) == (None, None, None)


def test_months_that_were_not_whole_are_no_baseline(acting):
    days(add_months(AZAR, -2) + ONE, TODAY - ONE, lambda _on: 4)
    found = standing(aim(goal=300_000)).baseline
    assert (found.kind, found.months, found.value) == ("last_months", 1, 30 * 4_000)


def test_a_business_of_today_has_no_baseline_and_is_told_nothing(acting):
    buy(1, 0, rial=50)
    found = standing(aim(goal=300))
    assert (found.baseline, found.foreseen, found.so_far, found.gap) == (None, None, 50, 250)
    assert (found.state, found.until_yesterday) == (TargetState.TOO_EARLY, None)
    assert found.basis == "days"
    (nothing,) = places([Figure.CONTENT], TODAY)
    assert (nothing.so_far, nothing.baseline) == (None, None)


def test_what_should_be_there_is_the_goal_by_the_days_passed(acting):
    """Two of thirty days have passed; today's sales count for the gap only."""
    assert TODAY == AZAR + ONE
    target = aim(goal=3_000)
    buy(1, 1, rial=90)
    buy(2, 0, rial=500)
    found = standing(target)
    assert (found.passed, found.due) == (333, 100)
    assert (found.until_yesterday, found.so_far, found.gap) == (90, 590, 2_410)
    assert (found.ahead, found.state) == (-10, TargetState.BEHIND)
    move_target(target_id=target.id, goal=2_700, reason="x", actor=None, now=NOW)
    assert standing(target).state == TargetState.ON_TRACK
    move_target(target_id=target.id, goal=590, reason="x", actor=None, now=NOW)
    assert standing(target).state == TargetState.REACHED
    assert standing(target, AZAR).state == TargetState.TOO_EARLY


def test_seasons_weigh_the_days_where_they_foresee_better(acting):
    """N24: before Nowruz sells double; ten days of Esfand are less than a third of it."""
    esfand = Jalali(1404, 12, 1).to_date()
    target = aim(starts_on=esfand, goal=10_000, now=datetime(2026, 2, 25, tzinfo=UTC))
    today = esfand + 9 * ONE
    assert standing(target, today).passed == round(10_000 * 9 / 29)
    seasons = {"factors": {"before_nowruz": 2.0}, "weekdays": [1.0] * 7, "helps": True}
    _night(seasons)
    found = standing(target, today)
    assert (found.basis, found.passed) == ("seasons", round(10_000 * 9 / (29 + 19)))
    _night(seasons | {"helps": False})
    assert standing(target, today).basis == "days"
    _night(seasons | {"weekdays": [0.0, 1, 1, 1, 1, 1, 1]})
    # Of its four Mondays the first is among the nine days, the others before Nowruz.
    assert standing(target, today).passed == round(10_000 * 8 / (48 - 1 - 6))


@given(
    first=st.dates(date(2022, 1, 1), date(2027, 1, 1)), length=st.integers(1, 93),
    weekdays=st.lists(st.floats(0.05, 3), min_size=7, max_size=7), nowruz=st.floats(0.2, 4),
)  # fmt: skip
def test_whatever_a_day_weighs_the_share_only_grows_and_ends_whole(first, length, weekdays, nowruz):
    """N24: the way of a span is what its share says day by day, from nothing to all."""
    last = first + (length - 1) * ONE
    for pace in (Pace(), Pace(PaceBasis.SEASONS, {"before_nowruz": nowruz}, weekdays)):
        shares = pace.shares(first, last)
        assert shares == sorted(shares)
        assert shares[-1] == 10_000
        by_day = [pace.share(first, last, first + (n + 1) * ONE) for n in range(length)]
        assert by_day == shares
        assert pace.share(first, last, first) == 0


def _night(seasons: dict[str, Any]) -> None:
    NamedNight.objects.create(
        as_of=TODAY, finished_at=datetime.now(UTC), customers=0, usual={"seasons": seasons},
        sizes={},
    )  # fmt: skip


def test_the_end_is_foreseen_by_what_the_same_rule_missed_before(acting):
    """By hand: every month sells 1 a day and 3 a day in its last ten days."""
    today = AZAR + 20 * ONE

    def each(on: date) -> int:
        start = max(one for one in starts if one <= on)
        return 3 if (on - start).days >= 20 else 1

    starts = [add_months(AZAR, -ago) for ago in range(15)]
    days(add_months(AZAR, -13), today - ONE, each)
    found = standing(aim(goal=50_000), today)
    assert found.foreseen.tried == 12
    # 20 of 30 days brought 20; the whole months brought 50 (31 days: 53), where 30 was foretold.
    assert found.foreseen.value == pytest.approx(50_000, rel=0.03)
    assert found.foreseen.low <= 50_000 <= found.foreseen.high
    assert found.foreseen.high == pytest.approx(51_300, rel=0.01)
    assert standing(aim(figure=Figure.NEW, goal=50), AZAR + 3 * ONE).foreseen is None


def test_five_months_are_too_few_to_foresee(acting):
    days(add_months(AZAR, -5), AZAR + 19 * ONE, lambda _on: 2)
    assert standing(aim(goal=9), AZAR + 20 * ONE).foreseen is None


# --- who is content -------------------------------------------------------------------------------


def _answers(marks: list[int], days_ago: int, kind: str = "csat") -> None:
    survey, _new = Survey.objects.get_or_create(kind=kind, title="x", defaults={
        "question": "?", "invitation": "?", "created_at": NOW,
    })  # fmt: skip
    for mark in marks:
        who = buy(1, days_ago)
        at = NOW - days_ago * ONE
        SurveyInvitation.objects.filter(purchase_id=who.purchase_id).delete()
        invitation = SurveyInvitation.objects.create(
            survey=survey, customer_id=who.customer_id, purchase_id=who.purchase_id,
            token_hash=new_id().bytes, state="answered", created_at=at, due_at=at,
            expires_at=at + 30 * ONE,
        )  # fmt: skip
        Response.objects.create(
            survey=survey, invitation=invitation, customer_id=who.customer_id,
            purchase_id=who.purchase_id, score=mark, answered_at=at,
        )  # fmt: skip


def test_a_share_of_content_answers_has_bounds_and_no_pace(acting):
    """Four of five is 8,000 of ten thousand; before five answered nothing is told."""
    target = aim(figure=Figure.CONTENT, goal=8_500)
    _answers([5, 5, 4, 1], days_ago=1)
    few = standing(target)
    assert (few.so_far, few.gap, few.state) == (None, None, TargetState.TOO_EARLY)
    assert standing(target, add_months(AZAR, 1)).state == TargetState.UNKNOWN
    _answers([5], days_ago=1)
    buy(2, 40)
    _answers([5] * 3 + [1] * 3, days_ago=30)
    found = standing(target)
    assert (found.so_far, found.gap, found.due, found.state) == (8_000, 500, 8_500, "behind")
    assert found.content.low < 8_000 < found.content.high
    assert found.content.answers == 5
    assert (found.baseline.kind, found.baseline.value) == ("last_months", 5_000)
    assert found.foreseen is None
    move_target(target_id=target.id, goal=8_000, reason="x", actor=None, now=NOW)
    assert standing(target).state == TargetState.ON_TRACK
    assert standing(target, add_months(AZAR, 1)).state == TargetState.REACHED


def test_who_would_recommend_counts_nine_and_ten(acting):
    target = aim(figure=Figure.PROMOTERS, goal=5_000)
    _answers([10, 9, 9, 8, 2], days_ago=1, kind="nps")
    found = standing(target)
    assert (found.so_far, found.state, found.baseline) == (6_000, TargetState.ON_TRACK, None)
    assert {one.value for one in figures_of(acting)} >= {"promoter_share", "net_sales"}
    Survey.objects.filter(kind="csat").update(is_active=False)
    assert Figure.CONTENT not in figures_of(acting)


# --- costs ----------------------------------------------------------------------------------------


def test_one_target_costs_as_much_to_read_as_three(acting):
    buy(1, 1)
    counts = []
    for figure in (Figure.NET_SALES, Figure.RETURNING, Figure.NEW):
        aim(figure=figure, goal=9)
        aim(figure=figure, goal=9, starts_on=add_months(AZAR, 1))
        with CaptureQueriesContext(connection) as counted:
            standings(aims(running_targets(TODAY)), TODAY)
        counts.append(len(counted))
    assert len(set(counts)) == 1
    assert counts[0] <= 8
