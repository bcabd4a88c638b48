"""Scores with honest intervals, against golden values of published formulas."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from core.tenancy import acting_for
from feedback.queries import comments, nps, results, share, trend
from tests.feedback.conftest import DAY, HOUR

# Adjusted Wald (+3), truncated to ±100.
NPS = [
    ((50, 30, 20), 30, 14.051130175223928, 44.20129700924209),
    ((7, 2, 1), 60, 7.039408646417966, 85.26828366127435),
    ((120, 60, 20), 50, 39.988320976041926, 58.53384651164281),
    ((10, 0, 0), 100, 47.5035515378863, 100),
]
WILSON = [
    ((0, 10), 0, 0.2775327998628892),
    ((1, 10), 0.017876213095072896, 0.4041500267952385),
    ((5, 10), 0.236593090512564, 0.7634069094874361),
    ((10, 10), 0.7224672001371107, 1),
    ((45, 50), 0.7863976856252035, 0.9565242350681096),
    ((820, 1000), 0.7949777670979878, 0.8425731074712568),
    ((7, 10), 0.39677814746114537, 0.8922087325936989),
]


@pytest.mark.parametrize(("counts", "score", "low", "high"), NPS)
def test_nps_interval(counts, score, low, high):
    found = nps(*counts)
    assert (found.score, found.low, found.high) == pytest.approx((score, low, high), abs=1e-7)


@pytest.mark.parametrize(("counts", "low", "high"), WILSON)
def test_wilson_interval(counts, low, high):
    found = share(*counts)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)


@given(st.tuples(*[st.integers(0, 10_000)] * 3).filter(any))
def test_intervals_stay_inside_the_scale(counts):
    promoters, passives, detractors = counts
    score = nps(promoters, passives, detractors)
    assert -100 <= score.low <= score.high <= 100
    assert -100 <= score.score <= 100
    content = share(promoters, sum(counts))
    assert 0 <= content.low <= content.score <= content.high <= 1


@pytest.fixture
def answered(shop, now):
    """Ask twelve people; let ten of them answer."""
    scores = [10, 10, 9, 9, 9, 9, 9, 8, 7, 2]
    for n, score in enumerate([*scores, None, None]):
        shop.sell_one(now, mobile=f"0912000{n:04}")
        if score is not None:
            newest = shop.invitations()[-1]
            shop.answer(now + HOUR, score=score, comment="حرف" * (n % 2), invitation=newest)
    return shop


def test_the_score_comes_with_n_and_response_rate(answered, now):
    with acting_for(answered.business.id):
        found = results(kind="nps", start=now - DAY, end=now + DAY)
    assert (found.n, found.invited, found.high, found.middle, found.low) == (10, 12, 7, 2, 1)
    assert found.response_rate == pytest.approx(10 / 12)
    assert found.score is not None
    assert found.score.score == 60
    assert found.counts[9] == 5
    assert found.counts[0] == 0


def test_too_few_answers_make_no_score(shop, now):
    for n in range(4):
        shop.sell_one(now, mobile=f"0912000{n:04}")
        shop.answer(now, score=10, invitation=shop.invitations()[-1])
    with acting_for(shop.business.id):
        found = results(kind="nps", start=now - DAY, end=now + DAY)
        nothing = results(kind="csat", start=now - DAY, end=now + DAY)
    assert (found.n, found.score) == (4, None)
    assert (nothing.n, nothing.score, nothing.response_rate) == (0, None, None)


def test_questions_taken_back_do_not_lower_the_response_rate(answered, now):
    answered.refund(answered.sell_one(now, mobile="09350000000"), now)
    with acting_for(answered.business.id):
        assert results(kind="nps", start=now - DAY, end=now + DAY).invited == 12


def test_weeks_begin_on_saturday_and_months_on_the_first(answered, now):
    answered.sell_one(now - timedelta(days=9), mobile="09350000001")
    with acting_for(answered.business.id):
        weeks = trend(kind="nps", now=now + DAY, periods=3)
        months = trend(kind="nps", now=now + DAY, periods=2, by_month=True)
    assert [point.start for point in weeks] == [
        date(2026, 11, 7),
        date(2026, 11, 14),
        date(2026, 11, 21),
    ]
    assert [(point.results.invited, point.results.n) for point in weeks] == [
        (0, 0),
        (1, 0),
        (12, 10),
    ]
    assert [point.start for point in months] == [date(2026, 10, 23), date(2026, 11, 22)]
    assert [point.results.invited for point in months] == [1, 12]


def test_the_week_s_edge_is_the_business_s_midnight(shop):
    edge = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)  # Saturday 00:00 in Tehran
    shop.sell_one(edge - timedelta(seconds=1), mobile="09350000001")
    shop.sell_one(edge, mobile="09350000002")
    with acting_for(shop.business.id):
        points = trend(kind="nps", now=edge + DAY, periods=2)
    assert [point.results.invited for point in points] == [1, 1]


def test_comments_are_listed_in_a_constant_number_of_queries(answered):
    with acting_for(answered.business.id), CaptureQueriesContext(connection) as queries:
        said = [(row.customer.name, row.comment) for row in comments()]
    assert len(said) == 5
    assert len(queries) == 1
