"""Carrying an import on, batch by batch; a killed one goes on where its last commit stands."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from core.errors import Problem
from core.tenancy import acting_for, operation
from customers.enums import ImportState
from customers.models import ImportJob, ImportRowError
from customers.operations.days import mark_stale
from customers.operations.imports.attributes import Said, write_said
from customers.operations.imports.check import layout_of
from customers.operations.imports.groups import (
    Group,
    Refusal,
    batches_of,
    groups_of,
    refused_all,
)
from customers.operations.imports.jobs import path_of
from customers.operations.imports.reading import rows_of
from customers.operations.purchases.draft import IMPORT_SOURCE
from customers.operations.purchases.record import MAX_BATCH, record_purchases
from customers.operations.purchases.values import PurchaseOutcome

LEASE: Final = timedelta(seconds=60)
MAX_KEPT_ERRORS: Final = 50_000

# The claim pushes due_at on by the lease: a killed worker's job comes back by itself.
# Materialised: inside a join the choice would run again for every row and pass its limit.
_CLAIM: Final = """
WITH due AS MATERIALIZED (
    SELECT business_id, id FROM customers_importjob
    WHERE state IN ('queued', 'running') AND due_at <= %(now)s
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE customers_importjob j
SET state = 'running', started_at = coalesce(j.started_at, %(now)s), due_at = %(until)s
FROM due
WHERE j.business_id = due.business_id AND j.id = due.id
RETURNING j.business_id, j.id
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """What one stretch of an import did; `finished` when the file is through."""

    rows: int
    recorded: int
    replayed: int
    refused: int
    finished: bool


class _Lost(Exception):
    """Somebody else carries the job on, or it was cancelled."""


def claim_due_import(*, now: datetime) -> tuple[UUID, UUID] | None:
    """Take the oldest due import of all businesses; None when nothing is due.

    Runs under the worker role, which may see queue tables across businesses.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "until": now + LEASE})
        row = cursor.fetchone()
    return (UUID(str(row[0])), UUID(str(row[1]))) if row else None


@operation
def claim_import(*, job_id: UUID, now: datetime) -> None:
    """Take one queued import of the active business, to be run in this process."""
    ImportJob.objects.filter(id=job_id, state=ImportState.QUEUED).update(
        state=ImportState.RUNNING, started_at=now, due_at=now + LEASE
    )


def run_import(
    *,
    business_id: UUID,
    job_id: UUID,
    clock: Callable[[], datetime],
    budget_s: float = float("inf"),
) -> Progress:
    """Carry a claimed import on for about `budget_s` seconds; `clock` tells the time.

    Every batch is one transaction: purchases, counters and refused rows together. Opens its own
    scopes. A file that cannot be read ends the job as failed.
    """
    with acting_for(business_id):
        job = ImportJob.objects.get(id=job_id)
        layout = layout_of(job)
    until = time.monotonic() + budget_s
    start = _Counts.of(job)
    counts = start
    finished = False
    try:
        with closing(rows_of(path_of(job), skip=job.rows_done)) as rows:
            groups = groups_of(rows, layout, start=job.rows_done + 1)
            counts, finished = _carry_on(job, counts, batches_of(groups, MAX_BATCH), until, clock)
    except (Problem, OSError) as error:
        _fail(business_id, job_id, error, clock())
        finished = True
    except _Lost:
        finished = True
    return counts.since(start, finished=finished)


@dataclass(frozen=True, slots=True)
class _Counts:
    done: int
    recorded: int
    replayed: int
    failed: int

    @classmethod
    def of(cls, job: ImportJob) -> "_Counts":
        return cls(job.rows_done, job.rows_recorded, job.rows_replayed, job.rows_failed)

    def since(self, start: "_Counts", *, finished: bool) -> Progress:
        return Progress(
            self.done - start.done,
            self.recorded - start.recorded,
            self.replayed - start.replayed,
            self.failed - start.failed,
            finished,
        )


def _carry_on(
    job: ImportJob,
    counts: _Counts,
    batches: Iterator[list[Group]],
    until: float,
    clock: Callable[[], datetime],
) -> tuple[_Counts, bool]:
    for batch in batches:
        with acting_for(job.business_id):
            counts = _write_batch(job, batch, counts, clock())
        if time.monotonic() > until:
            _hand_back(job, clock())
            return counts, False
    _finish(job, clock())
    return counts, True


def _write_batch(job: ImportJob, batch: list[Group], counts: _Counts, now: datetime) -> _Counts:
    """Write one batch. Raises _Lost when the job is no longer where we left it."""
    sold = [group for group in batch if group.purchase is not None]
    purchases = [group.purchase for group in sold if group.purchase is not None]
    outcomes = record_purchases(purchases=purchases, source=IMPORT_SOURCE, now=now)
    refusals = [refusal for group in batch for refusal in group.refusals]
    refusals += _refusals_of(sold, outcomes)
    after = _Counts(
        done=batch[-1].last,
        recorded=counts.recorded + _rows(sold, outcomes, replayed=False),
        replayed=counts.replayed + _rows(sold, outcomes, replayed=True),
        failed=counts.failed + len(refusals),
    )
    ours = ImportJob.objects.filter(
        id=job.id, state=ImportState.RUNNING, rows_done=counts.done
    ).update(
        rows_done=after.done,
        rows_recorded=after.recorded,
        rows_replayed=after.replayed,
        rows_failed=after.failed,
        due_at=now + LEASE,
    )
    if not ours:
        raise _Lost
    _keep(job, refusals[: max(0, MAX_KEPT_ERRORS - counts.failed)])
    write_said(said=_said(sold, outcomes), now=now)
    _recount(sold, outcomes, now)
    return after


def _said(groups: list[Group], outcomes: list[PurchaseOutcome]) -> list[Said]:
    return [
        Said(outcome.customer_id, key, value, group.purchase.occurred_at)
        for group, outcome in zip(groups, outcomes, strict=True)
        if outcome.customer_id is not None
        and group.purchase is not None
        and group.purchase.occurred_at is not None
        for key, value in group.said.items()
    ]


def _rows(groups: list[Group], outcomes: list[PurchaseOutcome], *, replayed: bool) -> int:
    return sum(
        sum(1 for cells in group.cells if cells)
        for group, outcome in zip(groups, outcomes, strict=True)
        if outcome.error is None and outcome.replayed is replayed
    )


def _refusals_of(groups: list[Group], outcomes: list[PurchaseOutcome]) -> list[Refusal]:
    return [
        refusal
        for group, outcome in zip(groups, outcomes, strict=True)
        if outcome.error is not None
        for refusal in refused_all(group, outcome.error)
    ]


def _keep(job: ImportJob, refusals: list[Refusal]) -> None:
    ImportRowError.objects.bulk_create(
        [
            ImportRowError(
                job_id=job.id,
                row=refusal.row + 1,  # as a spreadsheet numbers it, below the headers
                code=refusal.problem.code,
                message=str(refusal.problem.detail),
                raw=list(refusal.cells),
            )
            for refusal in refusals
        ],
        ignore_conflicts=True,
    )


def _recount(groups: list[Group], outcomes: list[PurchaseOutcome], now: datetime) -> None:
    """Ask for a recount of the closed days that history reaches into."""
    days: list[date] = [
        group.purchase.occurred_at.date()
        for group, outcome in zip(groups, outcomes, strict=True)
        if outcome.error is None
        and not outcome.replayed
        and group.purchase is not None
        and group.purchase.occurred_at is not None
    ]
    if days:
        mark_stale(since=min(days) - timedelta(days=1), now=now)


def _hand_back(job: ImportJob, now: datetime) -> None:
    with acting_for(job.business_id):
        ImportJob.objects.filter(id=job.id, state=ImportState.RUNNING).update(due_at=now)


def _finish(job: ImportJob, now: datetime) -> None:
    with acting_for(job.business_id):
        ImportJob.objects.filter(id=job.id, state=ImportState.RUNNING).update(
            state=ImportState.DONE,
            finished_at=now,
            due_at=None,
            rows_total=F("rows_done"),
        )


def _fail(business_id: UUID, job_id: UUID, error: Exception, now: datetime) -> None:
    detail = str(error.detail) if isinstance(error, Problem) else str(error)
    with acting_for(business_id):
        ImportJob.objects.filter(id=job_id, state=ImportState.RUNNING).update(
            state=ImportState.FAILED, finished_at=now, due_at=None, last_error=detail
        )
