"""Signs against somebody (C058, N15): ordinary customers are left alone, others are found."""

from uuid import UUID

import numpy as np
import pytest

from outbox.models import Event
from payments.queries.instalments.credit import standings
from segmentation.enums import DETECTORS, GUARDED, NamedSegment
from segmentation.models import NamedStay
from segmentation.operations import refresh_named_segments
from segmentation.queries.named.chance import least_unlikely, needed
from segmentation.queries.named.deciding import follows
from tests.segmentation.crowd_of_buyers import Manners, fill, ordinary
from tests.segmentation.own import NOW, TODAY, buy

pytestmark = pytest.mark.django_db

ORDINARY = 2_000
BAD = {
    NamedSegment.SERIAL_RETURNER: Manners(back=0.8, cheap=0.2, moans=0.02, late=0.1),
    NamedSegment.DEAL_SEEKER: Manners(back=0.05, cheap=1, moans=0.02, late=0.1),
    NamedSegment.SERIAL_COMPLAINER: Manners(back=0.05, cheap=0.2, moans=0.9, late=0.1, right=0),
    NamedSegment.LATE_PAYER: Manners(back=0.05, cheap=0.2, moans=0.02, late=0.95),
}


def _flagged(segment: str, people: list[str]) -> set[str]:
    rows = NamedStay.objects.filter(segment=segment, left_at=None, customer_id__in=people)
    return {str(who) for who in rows.values_list("customer_id", flat=True)}


def test_under_one_in_a_hundred_ordinary_customers_is_flagged_and_others_are_found(acting):
    """N15: two thousand ordinary customers who differ from each other, forty who do it always."""
    rng = np.random.default_rng(58)
    normal = fill([ordinary(rng) for _one in range(ORDINARY)], TODAY, seed=1)
    planted = {
        kind: fill([one] * 40, TODAY, seed=n) for n, (kind, one) in enumerate(BAD.items(), 2)
    }
    night = refresh_named_segments(now=NOW)
    flagged: set[str] = set()
    for kind in DETECTORS:
        found = _flagged(kind, normal)
        assert len(found) < ORDINARY / 100, (kind, len(found))
        flagged |= found
    assert len(flagged) < ORDINARY / 100, len(flagged)
    assert len(_flagged(NamedSegment.HIGH_RISK, normal)) < ORDINARY / 100
    for kind, people in planted.items():
        assert len(_flagged(kind, people)) >= 20, (kind, len(_flagged(kind, people)), night.usual)
    for stay in NamedStay.objects.filter(segment__in=GUARDED, left_at=None):
        assert follows(stay.segment, stay.evidence), (stay.segment, stay.evidence)


def test_complaints_with_reason_never_count_against_anybody(acting):
    """C058: who is right is right, however often."""
    fill([Manners(0.05, 0.2, 0.02, 0.1)] * 60, TODAY, seed=1)
    right = fill([Manners(0.05, 0.2, 0.9, 0.1, right=1.0)] * 20, TODAY, seed=2)
    refresh_named_segments(now=NOW)
    assert _flagged(NamedSegment.SERIAL_COMPLAINER, right) == set()
    assert _flagged(NamedSegment.HIGH_RISK, right) == set()


def test_without_enough_to_compare_with_nobody_is_flagged(acting):
    people = fill([Manners(1, 1, 1, 1, right=0)] * 10, TODAY, seed=1)
    night = refresh_named_segments(now=NOW)
    for kind in (*BAD, NamedSegment.ABUSIVE):
        assert _flagged(kind, people) == set()
    assert night.usual["bases"]["returns"]["people"] <= 10


def test_where_everybody_does_it_nobody_is_flagged(acting):
    """A shop that always sells at a discount has no deal-seekers."""
    people = fill([Manners(0.6, 1, 0.02, 0.7)] * 60, TODAY, seed=1)
    refresh_named_segments(now=NOW)
    for kind in (NamedSegment.DEAL_SEEKER, NamedSegment.SERIAL_RETURNER, NamedSegment.LATE_PAYER):
        assert _flagged(kind, people) == set()


def test_nothing_acts_on_what_is_held_against_somebody(acting):
    """No automatic punishment: no event tells of it, so nothing can hear it."""
    refresh_named_segments(now=NOW)
    people = fill([Manners(0.05, 0.2, 0.02, 0.1)] * 60, TODAY, seed=1)
    people += fill([BAD[NamedSegment.SERIAL_RETURNER]] * 20, TODAY, seed=2)
    refresh_named_segments(now=NOW)
    assert _flagged(NamedSegment.SERIAL_RETURNER, people)
    told = Event.objects.filter(name="named_segment.entered").values_list("payload", flat=True)
    assert told
    assert not {one["segment"] for one in told} & {one.value for one in GUARDED}


def test_the_grade_of_everybody_is_the_published_card(acting):
    """C026: the scorecard in SQL says what the one for a single customer says."""
    buy(1, 3)
    rng = np.random.default_rng(3)
    people = fill(
        [Manners(0.05, 0.2, 0.02, late=float(late)) for late in rng.random(40)], TODAY, seed=4
    )
    refresh_named_segments(now=NOW)
    one_by_one = standings([UUID(who) for who in people], today=TODAY, grace_days=3)
    good = {str(who) for who, one in one_by_one.items() if (one.grade.score or 0) >= 80}
    assert good
    assert _flagged(NamedSegment.GOOD_PAYER, people) == good


@pytest.mark.parametrize(
    ("n", "rate", "least"), [(5, 0.1, 4), (10, 0.08, 5), (6, 0.3, 6), (3, 1, 4)]
)
def test_how_many_are_more_than_chance(n: int, rate: float, least: int):
    assert least_unlikely(n, rate) == least


def test_at_each_count_the_least_is_the_least():
    rng = np.random.default_rng(7)
    for n in (5, 12, 40):
        for rate in (0.05, 0.2, 0.6):
            least = least_unlikely(n, rate)
            draws = rng.binomial(n, rate, 400_000)
            assert (draws >= least).mean() < 0.0015
            if least:
                assert (draws >= least - 1).mean() > 0.0005
    assert needed([3, 3], 0.1)[:3] == [None, None, None]
    assert needed([], 0.1) == [None]
    assert needed([4], None) == [None]
