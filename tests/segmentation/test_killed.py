"""Nights that die at any point (issue 5 §6): yesterday's numbers stay whole, a rerun completes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction

from customers.models import Customer
from segmentation.models import (
    ActionItem,
    CustomerFit,
    CustomerOutlook,
    CustomerScore,
    NamedNight,
    NamedStay,
    OutlookRun,
    RetentionDrop,
    RetentionModel,
    ScoringRun,
    SegmentCount,
    SegmentStay,
    SegmentTransition,
    VolumeNight,
)
from segmentation.operations import (
    create_own_segment,
    foresee_volumes,
    plan_actions,
    refresh_named_segments,
    refresh_own_segments,
    score_business,
)
from segmentation.operations.retention import (
    common_priors,
    estimate_retention,
    foresee,
    note_drops,
)
from tests.segmentation.crowd_of_buyers import fill, ordinary
from tests.segmentation.own import NOW, TODAY, buy
from tests.segmentation.shop import total

pytestmark = pytest.mark.django_db

TABLES = (
    ScoringRun, CustomerScore, SegmentTransition, SegmentCount, NamedNight, NamedStay, CustomerFit,
    RetentionModel, OutlookRun, CustomerOutlook, RetentionDrop, SegmentStay, ActionItem,
    VolumeNight,
)  # fmt: skip


class Killed(Exception):
    """The worker is gone."""


def _everything() -> dict[str, Any]:
    return {table.__name__: list(table.objects.order_by("id").values()) for table in TABLES}


@contextmanager
def _dying_at(statement: int) -> Iterator[None]:
    seen = 0

    def run(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == statement:
            raise Killed
        return execute(sql, params, many, context)

    with connection.execute_wrapper(run):
        yield


def _statements(work: Callable[[], Any]) -> int:
    """Return how many statements a night takes, done and undone."""
    seen = 0

    def count(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal seen
        seen += 1
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(count):
        work()
        transaction.set_rollback(True)
    return seen


def _estimated(*, now: datetime) -> None:
    estimate_retention(common=common_priors([]), now=now)


NIGHT = (
    score_business, _estimated, foresee, note_drops, refresh_named_segments, refresh_own_segments,
    plan_actions, foresee_volumes,
)  # fmt: skip
LATER = NOW + timedelta(days=40)


@pytest.fixture
def last_night(acting: Any) -> None:
    """A business that was looked at once, and bought of since."""
    del acting
    rng = np.random.default_rng(6)
    fill([ordinary(rng) for _one in range(70)], TODAY, seed=6)
    total()
    buy(1, 170)
    for days in range(1, 90, 3):  # and then no more
        buy(3, days)
    Customer.objects.update(created_at=NOW - timedelta(days=100))
    create_own_segment(
        name="بازگشته", rule={"kind": "last_purchase", "most": 20}, actor=None, now=NOW
    )
    for part in NIGHT:
        part(now=NOW)
    buy(2, 3)


@pytest.mark.parametrize("part", range(len(NIGHT)), ids=[one.__name__ for one in NIGHT])
def test_a_night_killed_at_any_statement_leaves_yesterdays(part, last_night):
    """Issue 5 §6: whichever statement it dies at, nothing of it is left, and a rerun completes."""
    for before in NIGHT[:part]:
        before(now=LATER)
    night, yesterday = NIGHT[part], _everything()
    statements = _statements(lambda: night(now=LATER))
    assert statements > 1
    for statement in range(1, statements + 1):
        with pytest.raises(Killed), _dying_at(statement):
            night(now=LATER)
        assert _everything() == yesterday, statement
    night(now=LATER)
    assert _everything() != yesterday


def test_a_night_twice_is_a_night_once(last_night):
    """Issue 5 §6: a rerun of a whole night adds its own runs; nobody moves or drops anew."""
    for part in NIGHT:
        part(now=LATER)
    once = _everything()
    for part in NIGHT:
        part(now=LATER)
    twice = _everything()
    assert RetentionDrop.objects.exists()
    for table in (CustomerScore, SegmentTransition, SegmentCount, NamedStay, CustomerFit,
                  RetentionDrop, SegmentStay):  # fmt: skip
        assert len(twice[table.__name__]) == len(once[table.__name__]), table
    for table in (RetentionDrop, SegmentStay, SegmentTransition, NamedStay):
        assert twice[table.__name__] == once[table.__name__], table
    for one, other in zip(once["CustomerOutlook"], twice["CustomerOutlook"], strict=True):
        assert (one["id"], one["low"], one["score"]) == (other["id"], other["low"], other["score"])
        assert one["staying"] == pytest.approx(other["staying"], rel=1e-6)
    assert [row["rows"] for row in twice["VolumeNight"]] == [
        row["rows"] for row in once["VolumeNight"]
    ]
