"""Taking a file in, saying what its columns mean, and starting or stopping its import."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import active_business_id, operation
from core.text import normalise
from customers.enums import ImportState
from customers.models import ImportJob
from customers.operations.imports.attributes import attribute_fields, titled_fields
from customers.operations.imports.columns import check_mapping, guess_mapping, unit_in_header
from customers.operations.imports.reading import SUFFIXES, headers_of

MAX_BYTES: Final = 500 * 1024 * 1024
UNITS: Final = range(1, 1_000_001)
_EDITABLE: Final = (ImportState.UPLOADED, ImportState.CHECKED)


@operation
def upload_import(
    *, file_name: str, chunks: Iterable[bytes], now: datetime, created_by: str = ""
) -> ImportJob:
    """Keep a file and guess its columns.

    Raises Problem `unknown_file_type`, `file_too_large`, `empty_file`, `unreadable_file`.
    """
    suffix = Path(file_name).suffix.lower()
    if suffix not in SUFFIXES:
        raise Problem("unknown_file_type", _("Send a CSV or XLSX file."), about="file")
    job_id = new_id()
    path = _folder() / f"{job_id}{suffix}"
    try:
        size, file_digest = _store(path, chunks)
        headers = headers_of(path)
    except Problem:
        path.unlink(missing_ok=True)
        raise
    mapping = {**titled_fields(headers), **guess_mapping(headers)}
    return ImportJob.objects.create(
        id=job_id,
        file_name=normalise(Path(file_name).name)[:200],
        file_path=str(path.relative_to(settings.MEDIA_ROOT)),
        file_digest=file_digest,
        size_bytes=size,
        mapping=mapping,
        unit_rial=unit_in_header(mapping.get("amount", "")) or 1,
        report={"headers": headers},
        created_by=created_by,
        created_at=now,
    )


@operation
def map_import(
    *, job_id: UUID, mapping: Mapping[str, str], unit_rial: int, now: datetime
) -> ImportJob:
    """Say what the columns mean and how many rial one unit of the amounts is (10 for toman).

    Raises NotFound, Problem `unknown_column`, `column_missing`, `invalid_unit`, `import_started`.
    """
    del now
    job = _locked(job_id)
    if job.state not in _EDITABLE:
        raise _started()
    if unit_rial not in UNITS:
        raise Problem(
            "invalid_unit", _("Say whether amounts are in rial or toman."), about="unit_rial"
        )
    headers = job.report["headers"]
    check_mapping(mapping, headers, attribute_fields())
    job.mapping = {field: header for field, header in mapping.items() if header}
    job.unit_rial = unit_rial
    job.report = {"headers": headers}
    job.state = ImportState.UPLOADED
    job.save(update_fields=["mapping", "unit_rial", "report", "state"])
    return job


@operation
def queue_import(*, job_id: UUID, now: datetime) -> ImportJob:
    """Start the import: the next worker takes it up.

    Starting a failed or cancelled job goes on where it stopped. Raises NotFound, Problem
    `column_missing`, `import_started`.
    """
    job = _locked(job_id)
    if job.state in {ImportState.QUEUED, ImportState.RUNNING, ImportState.DONE}:
        raise _started()
    check_mapping(job.mapping, job.report["headers"], attribute_fields())
    if not job.file_path:
        raise Problem("file_gone", _("The file was deleted; upload it again."))
    job.state, job.due_at, job.last_error = ImportState.QUEUED, now, ""
    job.save(update_fields=["state", "due_at", "last_error"])
    return job


@operation
def cancel_import(*, job_id: UUID, now: datetime) -> ImportJob:
    """Stop an import after its current batch; what is recorded stays. Raises NotFound."""
    job = _locked(job_id)
    if job.state in {ImportState.QUEUED, ImportState.RUNNING, *_EDITABLE}:
        job.state, job.due_at, job.finished_at = ImportState.CANCELLED, None, now
        job.save(update_fields=["state", "due_at", "finished_at"])
    return job


def path_of(job: ImportJob) -> Path:
    """Return where a job's file is kept."""
    return Path(settings.MEDIA_ROOT) / job.file_path


def forget_file(job: ImportJob) -> None:
    """Delete the file of an upload that was refused as a whole, so that nothing names it."""
    path_of(job).unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / str(active_business_id()) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _store(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    size, seen = 0, hashlib.sha256()
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise Problem(
                    "file_too_large",
                    _("The file is larger than 500 MB."),
                    status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    about="file",
                )
            seen.update(chunk)
            file.write(chunk)
    return size, seen.hexdigest()


def _locked(job_id: UUID) -> ImportJob:
    job: ImportJob | None = ImportJob.objects.select_for_update().filter(id=job_id).first()
    if job is None:
        raise NotFound(_("There is no such import."))
    return job


def _started() -> Problem:
    return Problem(
        "import_started", _("This import has already been started."), status=HTTPStatus.CONFLICT
    )
