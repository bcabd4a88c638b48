"""(c) Importing past purchases from a file, against COPY of the rows it writes."""

import csv
import io
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import UUID

from benchmarks import shop, stage
from benchmarks.report import Part, Row

# Everything an imported purchase leaves behind.
TABLES: Final = (
    "customers_customer",
    "customers_customeridentity",
    "customers_customertotals",
    "customers_purchase",
    "customers_purchaseline",
    "customers_tender",
    "outbox_event",
    "outbox_delivery",
)


def run(*, quick: bool) -> Part:
    """Measure; each round imports a file of its own into a business of its own."""
    rows, times = (5_000, 1) if quick else (50_000, 3)
    found = []
    for turn in range(times):
        business_id = stage.found_business("فروشگاه تاریخ", datetime.now(UTC))
        file = _file(rows, seed=turn)
        seconds = _import(business_id, file, rows)
        main, everything, written = _copy(business_id)
        file.unlink()
        found.append((rows / seconds, rows / main, rows / everything, written))
        print(
            f"  round {turn + 1}: import {rows / seconds:.0f} rows/s, COPY of the purchases "
            f"{rows / main:.0f}, of all {written} rows {rows / everything:.0f}",
            flush=True,
        )
    return _part(rows, found)


def _file(rows: int, seed: int) -> Path:
    """Write a file of history as shops keep it: a row a purchase."""
    draw, path = random.Random(seed), stage.VAR / "history.csv"
    start = datetime.now(UTC) - timedelta(days=700)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["شماره فاکتور", "تاریخ", "ساعت", "موبایل", "نام مشتری", "مبلغ"])
        for number in range(rows):
            at = start + timedelta(seconds=number * 700 * 86_400 / rows)
            who = 1 + int(rows / 5 * draw.random() ** 2)
            writer.writerow(
                [
                    f"F{number:07d}",
                    f"{at:%Y-%m-%d}",
                    f"{at:%H:%M}",
                    shop.mobile(who),
                    f"مشتری {who}",
                    10_000 * draw.randint(5, 500),
                ]
            )
    return path


def _import(business_id: UUID, file: Path, rows: int) -> float:
    """Take the file in as the page does and carry the import through; return seconds."""
    from core.tenancy import acting_for  # noqa: PLC0415 - after Django's set-up
    from customers.operations.imports.jobs import queue_import, upload_import  # noqa: PLC0415
    from customers.operations.imports.run import claim_import, run_import  # noqa: PLC0415

    now = datetime.now(UTC)
    began = time.perf_counter()
    with acting_for(business_id):
        job = upload_import(file_name=file.name, chunks=_chunks(file), now=now)
        queue_import(job_id=job.id, now=now)
        claim_import(job_id=job.id, now=now)
    progress = run_import(business_id=business_id, job_id=job.id, clock=lambda: datetime.now(UTC))
    assert (progress.recorded, progress.refused) == (rows, 0), progress
    return time.perf_counter() - began


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while chunk := source.read(1 << 20):
            yield chunk


def _copy(business_id: UUID) -> tuple[float, float, int]:
    """Return seconds for COPY of the purchases, of everything written, and how many rows that is.

    The tables are like ours: same columns, checks and indexes, and logged; without foreign keys
    and row-level security, so the comparison is in COPY's favour.
    """
    main, everything, written = 0.0, 0.0, 0
    with stage.loader() as cursor:
        for table in TABLES:
            held = io.BytesIO()
            cursor.copy_expert(
                f"COPY (SELECT * FROM {table} WHERE business_id = '{business_id}') TO STDOUT", held
            )
            seconds, rows = _copy_in(cursor, table, held)
            everything, written = everything + seconds, written + rows
            main += seconds if table == "customers_purchase" else 0.0
    return main, everything, written


def _copy_in(cursor: Any, table: str, held: io.BytesIO) -> tuple[float, int]:
    cursor.execute(f"CREATE TABLE bench_like (LIKE {table} INCLUDING ALL)")
    held.seek(0)
    began = time.perf_counter()
    cursor.copy_expert("COPY bench_like FROM STDIN", held)
    seconds, rows = time.perf_counter() - began, int(cursor.rowcount)
    cursor.execute("DROP TABLE bench_like")
    return seconds, rows


def _part(rows: int, found: list[tuple[float, float, float, int]]) -> Part:
    ours, main, everything = (median(one[i] for one in found) for i in range(3))
    to_main = median(one[0] / one[1] for one in found)
    to_all = median(one[0] / one[2] for one in found)
    return Part(
        letter="c",
        title="Importing past purchases, against COPY of the same rows",
        goal="rows/s side by side",
        rows=[
            Row("import of a CSV file, one process", f"{ours:,.0f} rows/s", ""),
            Row(
                "COPY of everything it wrote into like tables",
                f"{everything:,.0f} rows/s",
                f"**ratio {to_all:.2f}**",
            ),
            Row("COPY of the purchases alone", f"{main:,.0f} rows/s", f"ratio {to_main:.3f}"),
        ],
        notes=[
            f"""{rows:,} rows of a file (number, date, time, mobile, name, amount) become
            {found[0][3]:,} rows: customers, identities, totals, purchases, tenders, events. The
            import reads and checks every field, recognises customers, is idempotent, and commits
            by the thousand; COPY gets ready rows, no foreign keys and no walls.""",
        ],
    )
