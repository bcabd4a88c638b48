"""Taking a statement in, batch by batch; a killed run goes on where its last commit stands."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from django.db.models import Q

from core.errors import Problem
from core.tenancy import acting_for
from payments.enums.deposits import RowSource, StatementState
from payments.models import StatementError, StatementFile
from payments.operations.deposits.rows import hear_rows
from payments.operations.deposits.run import run_deposit
from payments.operations.schedule import LEASE
from payments.operations.statements.files import reader_of
from payments.operations.statements.lines import Line

BATCH: Final = 200


class _Lost(Exception):
    """Somebody else carries the file on."""


def run_statement(*, business_id: UUID, statement_id: UUID, now: datetime) -> bool:
    """Carry a queued file on to its end; run outside any scope. False when it was not due.

    Each batch is one transaction: bank rows, deposits, counters and refused lines together. Its
    deposits are then judged one by one; those a dying process leaves, the poller finds.
    """
    taken = _take(business_id, statement_id, now)
    if taken is None:
        return False
    row, lines = taken
    try:
        _carry_on(row, lines, now)
    except (Problem, OSError) as error:
        _end(row, StatementState.FAILED, str(error), now)
    except _Lost:
        return True
    else:
        _end(row, StatementState.DONE, "", now)
    return True


def _carry_on(row: StatementFile, lines: Iterator[Line], now: datetime) -> None:
    while batch := list(islice(lines, BATCH)):
        for deposit_id in _write(row, batch, now):
            run_deposit(business_id=row.business_id, deposit_id=deposit_id, now=now)


def _take(
    business_id: UUID, statement_id: UUID, now: datetime
) -> tuple[StatementFile, Iterator[Line]] | None:
    with acting_for(business_id, durable=True):
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        taken = StatementFile.objects.filter(free, id=statement_id, next_run_at__lte=now).update(
            state=StatementState.RUNNING, leased_until=now + LEASE
        )
        if not taken:
            return None
        row = StatementFile.objects.get(id=statement_id)
        # What was taken in before is read again, only to count equal lines as they were counted.
        return row, islice(reader_of(row).lines(), row.rows_done, None)


def _write(row: StatementFile, batch: list[Line], now: datetime) -> list[UUID]:
    rows = [line.row for line in batch if line.row is not None]
    refused = [line for line in batch if line.refused is not None]
    with acting_for(row.business_id, durable=True):
        taken = hear_rows(account_id=row.account_id, rows=rows, source=RowSource.STATEMENT, now=now)
        ours = StatementFile.objects.filter(
            id=row.id, state=StatementState.RUNNING, rows_done=row.rows_done
        ).update(
            rows_done=batch[-1].number,
            rows_new=row.rows_new + taken.new,
            rows_known=row.rows_known + taken.known,
            rows_failed=row.rows_failed + len(refused),
            leased_until=now + LEASE,
        )
        if not ours:
            raise _Lost
        StatementError.objects.bulk_create(
            [_error(row, line) for line in refused], ignore_conflicts=True
        )
        row.refresh_from_db()
    return taken.deposit_ids


def _error(row: StatementFile, line: Line) -> StatementError:
    problem = line.refused
    return StatementError(
        statement_id=row.id,
        line=line.number + 1,  # as a spreadsheet numbers it, below the headers
        code=problem.code if problem else "",
        message=str(problem.detail) if problem else "",
        raw=list(line.cells),
    )


def _end(row: StatementFile, state: StatementState, error: str, now: datetime) -> None:
    with acting_for(row.business_id, durable=True):
        StatementFile.objects.filter(id=row.id, state=StatementState.RUNNING).update(
            state=state,
            finished_at=now,
            next_run_at=None,
            leased_until=None,
            last_error=error[:500],
        )
