"""(d) RFM of everybody from running totals, against polars and DuckDB from the payments."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks import crowd, stage
from benchmarks.report import Part, Row

_PAYMENTS: Final = """
COPY (SELECT right(customer_id::text, 12)::bigint, local_date, total_rial
      FROM customers_purchase WHERE business_id = '{business}') TO STDOUT (FORMAT csv)
"""
# A day goes by: its buyers' totals move on, as the till moves them; a day counts once.
_A_DAY: Final = """
UPDATE customers_customertotals
SET purchases = purchases + 1, purchase_days = purchase_days + 1,
    gross_rial = gross_rial + 1000 * (50 + floor(950 * power(random(), 2)))::bigint,
    last_on = %(on)s, last_at = %(at)s
WHERE business_id = %(business)s AND id = ANY(
    SELECT bench_customer(1 + floor(%(customers)s * power(random(), 2))::int)
    FROM generate_series(1, %(buyers)s))
  AND last_on < %(on)s
"""
_THRESHOLDS: Final = "SELECT {column} AS v, count(*) AS n FROM totals GROUP BY v ORDER BY v"
_NIGHTLY: Final = (
    "customerscore",
    "segmenttransition",
    "segmentcount",
    "customeroutlook",
    "outlookrun",
    "retentionmodel",
)


def run(*, quick: bool) -> Part:
    """Measure; the crowd is laid out when it is not there yet."""
    size = (100_000, 1_000_000) if quick else (1_000_000, 10_000_000)
    people = crowd.lay_out(customers=size[0], purchases=size[1], now=datetime.now(UTC))
    file = payments_file(people)
    times = 2 if quick else 3
    forget_scores(people)
    ours = _OurTimes(people)
    first, nothing = ours.run(), ours.run()
    looks = [ours.look() for _ in range(times)]
    days = [ours.day() for _ in range(times)]
    polars = [timed(lambda: polars_marks(file)) for _ in range(times)]
    duck = [timed(lambda: _duckdb(file)) for _ in range(times)]
    file.unlink()
    return _part(people, Runs(first, nothing, looks, days, polars, duck))


Timed = tuple[float, Any]


def timed(work: Callable[[], Any]) -> Timed:
    """Return how long it took, and what it answered."""
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


class _OurTimes:
    """Scoring under the worker's role and row-level security; committed."""

    def __init__(self, people: crowd.Crowd) -> None:
        self.people = people
        self.now = datetime.now(UTC)

    def run(self) -> Timed:
        from core.tenancy import acting_for  # noqa: PLC0415 - after Django's set-up
        from segmentation.operations import score_business  # noqa: PLC0415

        as_worker()

        def work() -> int:
            with acting_for(self.people.business_id):
                return score_business(now=self.now).moved

        return timed(work)

    def look(self) -> Timed:
        """Cut points and everybody's marks, without writing."""
        from core.tenancy import acting_for  # noqa: PLC0415

        def work() -> Any:
            with acting_for(self.people.business_id):
                return _marks(self.people)

        return timed(work)

    def day(self) -> Timed:
        """Let a day go by, then score."""
        self.now += timedelta(days=1)
        pass_a_day(self.people, self.now)
        return self.run()


def pass_a_day(people: crowd.Crowd, now: datetime) -> None:
    """Let the buyers of the day that ends now come."""
    with stage.loader() as cursor:
        cursor.execute(
            _A_DAY,
            {
                "business": str(people.business_id),
                "on": now.date(),
                "at": now,
                "customers": people.customers,
                "buyers": people.purchases // 1095,
            },
        )
        cursor.execute("VACUUM (ANALYZE) customers_customertotals")


def forget_scores(people: crowd.Crowd) -> None:
    """Bring the crowd back to where nobody was ever scored or foreseen."""
    with stage.loader() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in _NIGHTLY:
            cursor.execute(
                f"DELETE FROM segmentation_{table} WHERE business_id = %s",
                [str(people.business_id)],
            )
            cursor.execute(f"VACUUM segmentation_{table}")


def tell_the_planner() -> None:
    """Vacuum and analyze what nights write, as autovacuum does within minutes."""
    with stage.loader() as cursor:
        for table in _NIGHTLY:
            cursor.execute(f"VACUUM (ANALYZE) segmentation_{table}")


def as_worker() -> None:
    """Put this thread's connection under the worker's role, without its time limit."""
    as_role("vafa_worker")


def as_role(name: str) -> None:
    """Put this thread's connection under a role, without its time limit."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{name}"')
        cursor.execute("SET statement_timeout = '900s'")


_MARKS: Final = """
SELECT count(*), sum((1 + width_bucket(last_on, %(r)s::date[]))
           + 10 * (1 + width_bucket(purchase_days, %(f)s::bigint[]))
           + 100 * (1 + width_bucket(gross_rial - returned_rial, %(m)s::bigint[])))
FROM customers_customertotals WHERE business_id = %(business)s AND purchase_days > 0
"""


def _marks(people: crowd.Crowd) -> Any:
    from django.db import connection  # noqa: PLC0415

    from segmentation.queries import cuts_of_all  # noqa: PLC0415

    found = cuts_of_all()
    cuts: dict[str, Any] = {
        "r": list(found.recency.thresholds),
        "f": list(found.frequency.thresholds),
        "m": list(found.money.thresholds),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, {"business": people.business_id, **cuts})
        return cursor.fetchone()


def payments_file(people: crowd.Crowd) -> Path:
    """Write the same payments as a Parquet file with small integer customer numbers."""
    import duckdb  # noqa: PLC0415 - only this part needs it

    raw, file = stage.VAR / "payments.csv", stage.VAR / "payments.parquet"
    with stage.loader() as cursor, raw.open("wb") as out:
        cursor.copy_expert(_PAYMENTS.format(business=people.business_id), out)
    duckdb.sql(
        "COPY (SELECT * FROM read_csv($raw, header = false,"
        " columns = {'customer': 'INTEGER', 'day': 'DATE', 'amount': 'BIGINT'}))"
        f" TO '{file}' (FORMAT parquet)",
        params={"raw": str(raw)},
    )
    raw.unlink()
    return file


def _thresholds(values: list[Any], counts: list[int]) -> tuple[Any, ...]:
    """Our own tie-safe choice over distinct values, the same for every engine."""
    from segmentation.queries.cuts import Place, thresholds  # noqa: PLC0415

    rows, distinct, ideal, places, so_far = sum(counts), len(values), 1, [], 0
    near: set[int] = set()
    cumulative = []
    for j, count in enumerate(counts, 1):
        so_far += count
        cumulative.append(so_far)
        while ideal < 5 and 5 * so_far >= ideal * rows:  # noqa: PLR2004 - quintiles
            near |= set(range(j - 5, j + 7))
            ideal += 1
    places = [Place(j, cumulative[j - 1], values[j - 1]) for j in sorted(near) if 0 < j <= distinct]
    return thresholds(places, rows, distinct)


def polars_marks(file: Path) -> Any:
    """Return how many customers there are and the sum of their marks, from the file's payments."""
    import polars as pl  # noqa: PLC0415

    totals = (
        pl.scan_parquet(file)
        .group_by("customer")
        .agg(
            pl.col("day").max().alias("r"),
            pl.col("day").n_unique().alias("f"),
            pl.col("amount").sum().alias("m"),
        )
        .collect(engine="streaming")
    )
    marks = []
    for name, weight in (("r", 1), ("f", 10), ("m", 100)):
        found = totals.group_by(name).len().sort(name)
        cuts = _thresholds(found[name].to_list(), found["len"].to_list())
        mark = pl.lit(1, pl.Int64)
        for cut in cuts:
            mark += (pl.col(name) >= cut).cast(pl.Int64)
        marks.append(mark * weight)
    scored = totals.select("customer", (marks[0] + marks[1] + marks[2]).alias("marks"))
    return scored.height, int(scored["marks"].sum())


def _duckdb(file: Path) -> Any:
    import duckdb  # noqa: PLC0415

    base = duckdb.connect()
    base.execute(
        "CREATE TABLE totals AS SELECT customer, max(day) AS r,"
        " count(DISTINCT day) AS f, sum(amount)::BIGINT AS m"
        f" FROM '{file}' GROUP BY customer"
    )
    marks = []
    for name, weight in (("r", 1), ("f", 10), ("m", 100)):
        found = base.execute(_THRESHOLDS.format(column=name)).fetchall()
        cuts = _thresholds([v for v, _ in found], [n for _, n in found])
        steps = " + ".join(f"({name} >= {_literal(cut)})::INT" for cut in cuts)
        marks.append(f"{weight} * (1 + {steps})")
    base.execute(
        f"CREATE TABLE scored AS SELECT customer, {' + '.join(marks)} AS marks FROM totals"
    )
    row = base.execute("SELECT count(*), sum(marks)::BIGINT FROM scored").fetchone()
    base.close()
    return row


def _literal(value: date | int) -> str:
    return f"DATE '{value}'" if isinstance(value, date) else str(value)


@dataclass(frozen=True)
class Runs:
    """Every timed run of part d, in the order of the table."""

    first: Timed
    nothing: Timed
    looks: list[Timed]
    days: list[Timed]
    polars: list[Timed]
    duck: list[Timed]


def _part(people: crowd.Crowd, runs: Runs) -> Part:
    _demand_equal_marks(runs)
    look, day = median(t for t, _ in runs.looks), median(t for t, _ in runs.days)
    return Part(
        letter="d",
        title=f"RFM of {people.customers:,} customers",
        goal="from running totals, side by side with polars and DuckDB from "
        f"{people.purchases:,} payments",
        rows=_rows(runs, look, day),
        notes=[
            """All three give the same marks: the sum over every customer is compared before times
            are printed. Polars and DuckDB use 32-bit customer numbers and our own choice of cut
            points over the distinct values; the product works on UUIDs, in PostgreSQL, under its
            worker role with row-level security, and keeps moves, scores and sums.""",
            """They read all payments each time because they keep nothing; the product keeps totals
            in each purchase's transaction. That is the point of running totals, and its price is
            paid in (a).""",
        ],
    )


def _demand_equal_marks(runs: Runs) -> None:
    ours, polars, duck = runs.looks[0][1], runs.polars[0][1], runs.duck[0][1]
    assert ours is not None
    assert tuple(polars) == tuple(duck) == tuple(map(int, ours)), (polars, duck, ours)


def _rows(runs: Runs, look: float, day: float) -> list[Row]:
    by_polars, by_duck = median(t for t, _ in runs.polars), median(t for t, _ in runs.duck)
    best, moved = min(by_polars, by_duck), round(median(moved for _, moved in runs.days))
    return [
        Row("polars from Parquet, marks in memory", f"{by_polars:.2f} s", "streaming engine"),
        Row("DuckDB from Parquet, marks in memory", f"{by_duck:.2f} s", ""),
        Row(
            "ours, marks only (cut points and everybody's marks, nothing written)",
            f"{look:.2f} s",
            f"**{best / look:.1f} × the faster of the two**",
        ),
        Row(
            "ours, the nightly run after a day's purchases, written and committed",
            f"{day:.2f} s",
            f"{moved:,} moves between segments; {best / day:.2f} ×",
        ),
        Row("ours, a run that changes nothing", f"{runs.nothing[0]:.2f} s", ""),
        Row(
            "ours, the very first run, everything written",
            f"{runs.first[0]:.1f} s",
            f"{runs.first[1]:,} moves",
        ),
    ]
