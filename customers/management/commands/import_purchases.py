"""`manage.py import_purchases`: bring past purchases in from a terminal."""

import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from businesses.queries import BusinessInfo, business_by_slug
from core.errors import Problem
from core.tenancy import acting_for
from customers.models import ImportJob
from customers.operations.imports.jobs import map_import, queue_import, upload_import
from customers.operations.imports.run import Progress, claim_import, run_import

_CHUNK = 1024 * 1024
_KIB_PER_MIB = 1024


class Command(BaseCommand):
    help = "Import past purchases of one business from a CSV or XLSX file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--business", required=True, help="address (slug) of the business")
        parser.add_argument("--file", required=True, type=Path)
        parser.add_argument("--mapping", type=json.loads, help='JSON: {"date": "تاریخ", …}')
        parser.add_argument(
            "--unit", type=int, help="rial in one unit of the file's amounts: 1, or 10 for toman"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        business = business_by_slug(options["business"])
        if business is None:
            raise CommandError("there is no such business")
        try:
            job = _prepared(business, options)
        except (Problem, OSError) as error:
            raise CommandError(str(error)) from error
        began = time.perf_counter()
        progress = run_import(business_id=business.id, job_id=job.id, clock=timezone.now)
        self._report(progress, time.perf_counter() - began)

    def _report(self, progress: Progress, seconds: float) -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_PER_MIB
        self.stdout.write(
            f"rows {progress.rows}, recorded {progress.recorded}, already there "
            f"{progress.replayed}, refused {progress.refused}; {seconds:.1f} s, "
            f"{progress.rows / seconds:.0f} rows/s, peak memory {peak:.0f} MiB"
        )


def _prepared(business: BusinessInfo, options: dict[str, Any]) -> ImportJob:
    now = timezone.now()
    with acting_for(business.id):
        job = upload_import(
            file_name=options["file"].name,
            chunks=_chunks(options["file"]),
            created_by="import_purchases",
            now=now,
        )
        if options["mapping"] or options["unit"]:
            job = map_import(
                job_id=job.id,
                mapping=options["mapping"] or job.mapping,
                unit_rial=options["unit"] or job.unit_rial,
                now=now,
            )
        queue_import(job_id=job.id, now=now)
        claim_import(job_id=job.id, now=now)
    return job


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
