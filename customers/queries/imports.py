"""Reading imports and the rows they refused."""

import io
from collections.abc import Iterator
from uuid import UUID

from defusedcsv import csv
from django.db.models import QuerySet

from customers.enums import ImportState
from customers.models import ImportJob, ImportRowError


def import_jobs() -> QuerySet[ImportJob]:
    """Return the active business's imports, newest first."""
    return ImportJob.objects.order_by("-created_at")


def any_imported() -> bool:
    """Tell whether a file of past purchases was ever imported. One query."""
    return ImportJob.objects.filter(state=ImportState.DONE).exists()


def import_job(job_id: UUID) -> ImportJob | None:
    """Return one import, or None."""
    return ImportJob.objects.filter(id=job_id).first()


def import_errors(job_id: UUID) -> QuerySet[ImportRowError]:
    """Return the refused rows of an import, in the order of the file."""
    return ImportRowError.objects.filter(job_id=job_id).order_by("row")


def import_errors_csv(job: ImportJob) -> Iterator[str]:
    """Yield the refused rows as CSV lines: row, code, sentence, then the file's own cells.

    Begins with a byte-order mark, so that Excel reads Persian; cells cannot become formulas.
    """
    yield "\ufeff" + _line(["row", "code", "message", *job.report.get("headers", [])])
    for error in import_errors(job.id):
        yield _line([str(error.row), error.code, error.message, *error.raw])


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
