"""Nights that die at any point (issue 5 §6): yesterday's numbers stay whole, a rerun completes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction

from segmentation.models import (
    CustomerFit,
    CustomerScore,
    NamedNight,
    NamedStay,
    ScoringRun,
    SegmentCount,
    SegmentTransition,
)
from segmentation.operations import refresh_named_segments, score_business
from tests.segmentation.crowd_of_buyers import fill, ordinary
from tests.segmentation.own import NOW, TODAY, buy

pytestmark = pytest.mark.django_db

TABLES = (
    ScoringRun, CustomerScore, SegmentTransition, SegmentCount, NamedNight, NamedStay, CustomerFit,
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


@pytest.mark.parametrize("night", [score_business, refresh_named_segments])
def test_a_night_killed_at_any_statement_leaves_yesterdays(night, acting):
    """Issue 5 §6: whichever statement it dies at, nothing of it is left, and a rerun completes."""
    rng = np.random.default_rng(6)
    fill([ordinary(rng) for _one in range(70)], TODAY, seed=6)
    buy(1, 170)
    score_business(now=NOW)
    refresh_named_segments(now=NOW)
    buy(2, 3)
    later = NOW + timedelta(days=12)
    before = _everything()
    total = _statements(lambda: night(now=later))
    assert total > 5
    for statement in range(1, total + 1):
        with pytest.raises(Killed), transaction.atomic(), _dying_at(statement):
            night(now=later)
        assert _everything() == before, statement
    night(now=later)
    assert _everything() != before
