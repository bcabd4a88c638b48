"""What shop or app tells may keep points that live by activity (R14)."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Problem
from core.ids import new_id
from customers.operations import CustomerHint
from loyalty.enums import CapSpan
from loyalty.enums.engagement import EngagementKind
from loyalty.models import EngagementRule
from loyalty.operations.engagement import (
    NewEngagementRule,
    close_engagement,
    note_engagement,
    offer_points,
    take_engagement_back,
)
from loyalty.queries import wallet_view
from loyalty.queries.dates import end_of_points
from loyalty.queries.policies import chapters_of, policy_document
from tests.loyalty.conftest import buyer
from tests.loyalty.test_activity import START, TEHRAN, day, end_of, live_by_activity, until
from tests.loyalty.test_tier_history import MANY

MOBILES = count(1)
REVIEW, CHECK_IN = EngagementKind.REVIEW, EngagementKind.CHECK_IN


def offer(kind=CHECK_IN, points=0, **more):
    new = NewEngagementRule(kind=kind, points=points, span=CapSpan.MONTH, **more)
    return offer_points(new=new, actor=None, now=START)


def tell(who, at, kind=CHECK_IN, reference="c-1"):
    return note_engagement(customer_id=who, kind=kind, reference=reference, now=at)


@pytest.mark.parametrize(("keeps", "ends"), [(True, until(1406, 1)), (False, until(1405, 12))])
def test_r14_what_a_program_tells_keeps_points_where_the_owner_says_so(sell, keeps, ends):
    live_by_activity()
    offer(is_activity=keeps)
    first = sell(1_000_000, at=START)
    tell(buyer(first), day(1405, 10, 5))
    assert end_of(first) == ends
    assert wallet_view(buyer(first), until(1405, 12)).balance_points == (10 if keeps else 0)


def test_r14_what_is_over_stays_over_though_a_program_tells(sell):
    live_by_activity()
    offer(points=3, is_activity=True)
    first = sell(1_000_000, at=START)
    tell(buyer(first), day(1405, 12, 1))
    assert end_of(first) == until(1405, 12)
    assert wallet_view(buyer(first), day(1405, 12, 1)).balance_points == 3


def test_r14_told_again_or_taken_back_moves_no_date(sell):
    live_by_activity()
    offer(kind=REVIEW, points=5, is_activity=True)
    first = sell(1_000_000, at=START)
    row = tell(buyer(first), day(1405, 10, 5), kind=REVIEW)
    tell(buyer(first), day(1405, 11, 5), kind=REVIEW)
    assert end_of(first) == until(1406, 1)
    take_engagement_back(engagement_id=row.id, now=day(1405, 11, 6))
    assert end_of(first) == until(1406, 1)
    # More often than it gives points it is an activity all the same.
    tell(buyer(first), day(1405, 11, 7), kind=REVIEW, reference="c-2")
    tell(buyer(first), day(1405, 12, 7), kind=REVIEW, reference="c-3")
    assert end_of(first) == until(1406, 3)


@MANY
@given(gaps=st.lists(st.integers(0, 100), max_size=5))
def test_r14_any_tellings_leave_the_date_plain_arithmetic_says(sell, gaps):
    """R14: each telling before the date moves it, none after it does."""
    live_by_activity()
    offer(is_activity=True)
    hint = CustomerHint(mobile=f"0913{next(MOBILES):07}")
    first = sell(1_000_000, at=START, customer=hint)
    at, ends = START, until(1405, 12)
    for gap in gaps:
        at += timedelta(days=gap)
        tell(buyer(first), at, reference=str(new_id()))
        moved = end_of_points(at.astimezone(TEHRAN).date(), 2, TEHRAN, "idle_month")
        assert moved is not None
        ends = max(ends, moved) if at < ends else ends
        assert end_of(first) == ends


def test_r14_only_what_shop_or_app_tells_and_the_database_says_so(acting):
    with pytest.raises(Problem, match="invalid_engagement_rule"):
        offer(kind=EngagementKind.SURVEY, is_activity=True)
    offer(kind=EngagementKind.SURVEY)
    with pytest.raises(IntegrityError), transaction.atomic():
        EngagementRule.objects.update(is_activity=True)


def test_r14_the_public_rules_tell_it_while_it_holds(acting):
    live_by_activity()
    offer(is_activity=True)

    def told():
        return " ".join(
            one for chapter in chapters_of(policy_document()) for one in chapter.sentences
        )

    with override("fa"):
        assert "این‌ها هم فعالیت‌اند: «اعلام حضور»" in told()
    close_engagement(kind=CHECK_IN, actor=None, now=START)
    assert "activities" not in policy_document()["points"]


def test_r14_a_business_whose_points_live_to_a_date_is_asked_nothing_more(sell):
    offer()
    who = buyer(sell(1_000_000, at=START))
    tell(who, START)
    with CaptureQueriesContext(connection) as before:
        tell(who, START, reference="c-2")
    offer(is_activity=True)
    tell(who, START, reference="c-3")
    with CaptureQueriesContext(connection) as after:
        tell(who, START, reference="c-4")
    assert len(after) == len(before)
