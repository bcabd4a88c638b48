"""Stages of a customer's life, each with its money (C037)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.queries.audience import known_segment
from core.tenancy import acting_for
from loyalty.models import ClubExit
from segmentation.enums import GUARDED, NamedSegment, Segment, Stage
from segmentation.estimation import Buying, Family
from segmentation.models import CustomerOutlook, CustomerScore, NamedStay
from segmentation.operations import refresh_named_segments, score_business
from segmentation.operations.retention import common_priors, estimate_retention, foresee
from segmentation.queries.lifecycle import lifecycle, stage_of_segment
from tests.segmentation.shop import sell

pytestmark = pytest.mark.django_db

_BY_SCORE = {
    "champions": "loyal",
    "loyal": "loyal",
    "new": "developing",
    "promising": "developing",
    "potential_loyalist": "developing",
}


@pytest.fixture
def night(business):
    """Eighty customers, scored, foreseen and held against the ready-made segments."""
    now = timezone.now()
    with acting_for(business.id):
        sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 80, now, seed=37)
        score_business(now=now)
        estimate_retention(common=common_priors([]), now=now)
        foresee(now=now)
        refresh_named_segments(now=now)
        yield now


def _plainly(now):
    """Return the stage of each by the rules in words, one customer at a time."""
    named: dict[Any, set[str]] = {}
    for who, segment in NamedStay.objects.filter(left_at=None).values_list(
        "customer_id", "segment"
    ):
        named.setdefault(who, set()).add(segment)
    out = set(ClubExit.objects.filter(back_at=None).values_list("customer_id", flat=True))
    ways = (("lapsed", "lapsed"), ("won_back", "won_back"), ("new_to_business", "new"))
    found = {}
    for row in CustomerScore.objects.all():
        if row.id in out:
            found[row.id] = "terminated"
            continue
        mine = [stage for segment, stage in ways if segment in named.get(row.id, ())]
        by_score = _BY_SCORE.get(row.segment, "at_risk")
        found[row.id] = (mine or [by_score])[0]
    return found


def test_everybody_is_in_exactly_one_stage_with_their_money(night):
    """C037: held against a plain reading; a year ahead is the sum of what is foreseen."""
    loyal = CustomerScore.objects.filter(segment=Segment.CHAMPIONS)[0]
    ClubExit.objects.create(
        customer_id=loyal.id,
        way="own_page",
        left_at=night,
        points=0,
        pending_points=0,
        worth_rial=0,
    )  # fmt: skip
    refresh_named_segments(now=night + timedelta(minutes=1))
    plain = _plainly(night)
    board = lifecycle()
    assert [one.stage for one in board.rows] == list(Stage)
    sizes = {one.stage.value: one.customers for one in board.rows}
    assert sizes == {stage.value: list(plain.values()).count(stage) for stage in Stage}
    assert sizes["terminated"] == 1
    assert sum(sizes.values()) == CustomerScore.objects.count()
    ahead = {one.stage.value: one.ahead_rial for one in board.rows}
    worth = dict(CustomerOutlook.objects.values_list("id", "worth_rial"))
    for stage in Stage:
        assert ahead[stage] == sum(worth[who] for who, one in plain.items() if one == stage)
    ClubExit.objects.update(back_at=night + timedelta(minutes=1))
    refresh_named_segments(now=night + timedelta(minutes=2))
    assert {one.stage: one.customers for one in lifecycle().rows}[Stage.TERMINATED] == 0


def test_every_segment_a_campaign_may_go_to_serves_a_stage():
    """C037: but everybody, which serves none in particular."""
    named = [f"named:{one.value}" for one in NamedSegment if one not in GUARDED]
    for key in [*Segment.values, *named]:
        assert known_segment(key) == key
        assert stage_of_segment(key) is not None, key
    assert stage_of_segment("all") is None


def test_over_http(api, other_api, business):
    """C037: GET reports/lifecycle, empty before the first night and walled off."""
    empty = api.get("reports/lifecycle").json()
    assert empty["as_of"] is None
    assert [one["stage"] for one in empty["data"]] == Stage.values
    now = timezone.now()
    with acting_for(business.id):
        sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 40, now, seed=3)
        score_business(now=now)
        refresh_named_segments(now=now)
    told = api.get("reports/lifecycle").json()
    assert sum(one["customers"] for one in told["data"]) == 40
    assert sum(one["year_rial"] for one in told["data"]) > 0
    assert sum(one["customers"] for one in other_api.get("reports/lifecycle").json()["data"]) == 0
