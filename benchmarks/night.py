"""(o) The whole night: scores, estimate, outlooks; and what a day's purchases cost at once."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import UUID

from benchmarks import crowd, scoring, stage
from benchmarks.report import Part, Row

# Times of polars, and seconds: the larger of the two is what a night may take.
_OF_POLARS: Final = 1.5
_LIMIT_S: Final = 8.0
_NIGHTS: Final = 3
_A_WEEK: Final = 7
_AT_ONCE: Final = 10_000
_SHOP: Final = (1_000, 10_000)
# So many purchases, by whom the crowd's other purchases are made: who bought often, mostly.
_PURCHASES: Final = """
SELECT bench_customer(1 + floor(%(customers)s * power(random(), 2))::int)
FROM generate_series(1, %(purchases)s)
"""
# As many different customers, each as likely as any other.
_ANYBODY: Final = """
SELECT id FROM customers_customertotals WHERE business_id = %(business)s AND purchase_days > 0
ORDER BY uuid_hash_extended(id, %(seed)s) LIMIT %(purchases)s
"""
_THEY_BUY: Final = """
WITH bought AS (SELECT id, count(*) AS n FROM ({bought}) AS b (id) GROUP BY id)
UPDATE customers_customertotals t
SET purchases = purchases + n, purchase_days = purchase_days + (last_on < %(on)s)::int,
    gross_rial = gross_rial + n * 2500000, last_on = %(on)s, last_at = %(at)s
FROM bought WHERE t.business_id = %(business)s AND t.id = bought.id AND t.purchase_days > 0
RETURNING t.id
"""


@dataclass(slots=True)
class Times:
    """What one crowd's nights took, in seconds, step by step."""

    people: crowd.Crowd
    scores: list[float] = field(default_factory=list)
    estimates: list[float] = field(default_factory=list)
    outlooks: list[float] = field(default_factory=list)
    both: list[float] = field(default_factory=list)
    seventh: float = 0.0
    at_once: list[float] = field(default_factory=list)
    of_anybody: list[float] = field(default_factory=list)
    memory_mb: tuple[int, int] = (0, 0)
    besides: dict[str, float] = field(default_factory=dict)

    @property
    def whole(self) -> float:
        """Return an ordinary night one step after the other."""
        steps = (self.scores, self.estimates, self.outlooks)
        return sum(median(step) for step in steps)


def run(*, quick: bool) -> Part:
    """Measure; crowds are laid out when they are not there yet."""
    sizes = [10_000, 100_000] if quick else [10_000, 100_000, 1_000_000]
    ours = [_nights(size) for size in sizes]
    ours[-1].besides = _besides(ours[-1].people)
    largest = ours[-1].people
    file = scoring.payments_file(largest)
    polars = [scoring.timed(lambda: scoring.polars_marks(file))[0] for _ in range(_NIGHTS)]
    file.unlink()
    shops = 100 if quick else 1_000
    return _part(ours, median(polars), _many(shops), shops)


def _nights(customers: int) -> Times:
    people = crowd.lay_out(customers=customers, purchases=10 * customers, now=datetime.now(UTC))
    scoring.forget_scores(people)
    now = datetime.now(UTC)
    night = _Night(people)
    night.whole(now)  # the first of all writes everything anew; not counted
    scoring.tell_the_planner()
    found = Times(people)
    for number in range(1, _NIGHTS + 1):
        then = now + timedelta(days=number)
        scoring.pass_a_day(people, then)
        _forget_peaks()
        found.scores.append(night.score(then))
        found.estimates.append(night.estimate(then))
        found.outlooks.append(night.foresee(then))
        found.memory_mb = max(found.memory_mb, _peaks())
        _hours_later()
        found.at_once.append(night.at_once(then + timedelta(hours=9), _PURCHASES, number))
        _hours_later()
        found.of_anybody.append(night.at_once(then + timedelta(hours=10), _ANYBODY, number))
    for number in range(_NIGHTS + 1, 2 * _NIGHTS + 1):
        then = now + timedelta(days=number)
        scoring.pass_a_day(people, then)
        found.both.append(night.side_by_side(then))
    found.seventh = night.estimate(now + timedelta(days=_A_WEEK))
    return found


class _Night:
    """The night's operations as its worker runs them; each committed."""

    def __init__(self, people: crowd.Crowd) -> None:
        self.people = people
        scoring.as_worker()

    def whole(self, now: datetime) -> float:
        return self.score(now) + self.estimate(now) + self.foresee(now)

    def score(self, now: datetime) -> float:
        from segmentation.operations import score_business  # noqa: PLC0415 - after the set-up

        return self.timed(lambda: score_business(now=now))

    def estimate(self, now: datetime) -> float:
        from segmentation.operations import retention  # noqa: PLC0415

        common = retention.common_priors([])
        return self.timed(lambda: retention.estimate_retention(common=common, now=now))

    def foresee(self, now: datetime) -> float:
        from segmentation.operations import retention  # noqa: PLC0415

        return self.timed(lambda: retention.foresee(now=now))

    def side_by_side(self, now: datetime) -> float:
        """Score in one worker, estimate and foresee in another."""

        def other() -> None:
            scoring.as_worker()
            self.estimate(now)
            self.foresee(now)

        began = time.perf_counter()
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(_closing, other)
            self.score(now)
            done.result()
        return time.perf_counter() - began

    def at_once(self, now: datetime, bought: str, seed: int) -> float:
        """Score and foresee who bought since, in one go."""
        from segmentation.operations import rescore, retention  # noqa: PLC0415

        ids = _buyers(self.people, bought, _at_once(self.people), now, seed)

        def both() -> None:
            rescore(customer_ids=ids, now=now)
            retention.foresee_again(customer_ids=ids, now=now)

        return self.timed(both)

    def timed(self, work: Callable[[], Any]) -> float:
        from core.tenancy import acting_for  # noqa: PLC0415

        began = time.perf_counter()
        with acting_for(self.people.business_id):
            work()
        return time.perf_counter() - began


def _besides(people: crowd.Crowd) -> dict[str, float]:
    """Return what the night's other steps take in their second night."""
    from segmentation import operations  # noqa: PLC0415
    from segmentation.operations import retention  # noqa: PLC0415

    steps: dict[str, Callable[..., Any]] = {
        "whose score fell": retention.note_drops,
        "the ready-made segments": operations.refresh_named_segments,
        "today's actions": operations.plan_actions,
        "products that run away": operations.foresee_volumes,
        "good customers who are awaited": operations.call_awaited,
    }
    night, took = _Night(people), {}
    for number in range(2):
        now = datetime.now(UTC) + timedelta(days=_A_WEEK + number)
        for name, step in steps.items():
            took[name] = night.timed(partial(step, now=now))
    return took


def _closing(work: Callable[[], None]) -> None:
    from django.db import connection  # noqa: PLC0415

    try:
        work()
    finally:
        connection.close()


def _at_once(people: crowd.Crowd) -> int:
    return min(_AT_ONCE, people.customers // 100)


def _hours_later() -> None:
    """Do what the server does by itself in the minutes after a night: vacuum and a checkpoint."""
    scoring.tell_the_planner()
    with stage.loader() as cursor:
        cursor.execute("CHECKPOINT")


def _buyers(
    people: crowd.Crowd, bought: str, purchases: int, now: datetime, seed: int
) -> list[UUID]:
    """Let so many purchases be made; return the customers who made them."""
    values = {
        "business": str(people.business_id),
        "customers": people.customers,
        "purchases": purchases,
        "seed": seed,
        "on": now.date(),
        "at": now,
    }
    with stage.loader() as cursor:
        cursor.execute("SELECT setseed(%s)", [seed / 100])
        cursor.execute(_THEY_BUY.format(bought=bought), values)
        return [UUID(str(row[0])) for row in cursor.fetchall()]


def _many(shops: int) -> list[float]:
    """Return what a usual night of each small business takes."""
    people = crowd.lay_out_many(
        businesses=shops, customers=_SHOP[0], purchases=_SHOP[1], now=datetime.now(UTC)
    )
    now = datetime.now(UTC)
    nights = [_Night(one) for one in people]
    for one in nights:
        one.whole(now)
    scoring.tell_the_planner()
    later = now + timedelta(days=1)
    for one in nights:
        _buyers(one.people, _ANYBODY, _SHOP[1] // 1095 + 1, later, seed=1)
    return [one.whole(later) for one in nights]


def _processes() -> list[Path]:
    """Return this process and the server's that works for it."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return [Path("/proc/self"), Path(f"/proc/{cursor.fetchone()[0]}")]


def _forget_peaks() -> None:
    for process in _processes():
        (process / "clear_refs").write_text("5")


def _peaks() -> tuple[int, int]:
    """Return the most memory each had, in MB; the server's with what it touched of the buffers."""
    ours, theirs = (
        int(line.split()[1]) // 1024
        for process in _processes()
        for line in (process / "status").read_text().splitlines()
        if line.startswith("VmHWM")
    )
    return ours, theirs


def _part(ours: list[Times], polars: float, shops_s: list[float], shops: int) -> Part:
    big = ours[-1]
    return Part(
        letter="o",
        title=f"The night of {big.people.customers:,} customers with {big.people.purchases:,}"
        " purchases",
        goal=f"at most {_OF_POLARS} × polars merely computing RFM, or {_LIMIT_S:.0f} s where that"
        " is more; under 1.5 GB; a day's purchases under a tenth; small businesses within 3 × a"
        " customer",
        rows=_rows(ours, polars, shops_s),
        notes=[
            """Under the worker's role and row-level security, each step committed; the middle of
            three nights, each after a day's purchases. Every night estimates anew; once a week the
            estimate is also tested on the past, for which all purchases are read. The first night
            of all, which writes everything, is in part d; after it the tables are vacuumed and
            analyzed, as autovacuum does within minutes.""",
            """At once: purchases are drawn as all the crowd's are, so a few customers buy twice; or
            each customer is as likely as any other. Their totals have moved; they are scored and
            foreseen in one call each, hours after the night: the tables are vacuumed, and a
            checkpoint was just made, so the log holds every page they touch. The product's
            consumers do it purchase by purchase as events come.""",
            """Besides: what the same workers do afterwards, each step by itself; the crowd's
            purchases have no lines, so products cost nothing here. A history brought in is worked
            out month by month once, before the first night; that is not in any figure.""",
            f"""Small businesses: each has ten purchases a customer; the sum of {shops:,} nights
            one after the other, by one worker.""",
        ],
        picture=_plot(ours),
    )  # fmt: skip


def _rows(ours: list[Times], polars: float, shops_s: list[float]) -> list[Row]:
    big, shops = ours[-1], len(shops_s)
    limit = max(_OF_POLARS * polars, _LIMIT_S)
    return [
        Row("polars from Parquet, RFM in memory", f"{polars:.2f} s", f"limit {limit:.1f} s"),
        Row("ours: cut points, scores, moves, written", f"{median(big.scores):.2f} s"),
        Row("ours: estimate", f"{median(big.estimates):.2f} s",
            f"{big.seventh:.2f} s in the night it is tested on the past"),
        Row("ours: outlooks of everybody, written", f"{median(big.outlooks):.2f} s"),
        Row("the whole night, one after the other", f"{big.whole:.2f} s",
            f"**{big.whole / limit:.2f} of the limit**"),
        Row("the same by two workers", f"{median(big.both):.2f} s",
            f"**{median(big.both) / limit:.2f} of the limit**"),
        Row("most memory", f"{sum(big.memory_mb):,} MB",
            f"{big.memory_mb[0]:,} ours, {big.memory_mb[1]:,} the server's process"),
        Row(f"the buyers of {_at_once(big.people):,} purchases, scored and foreseen at once",
            f"{median(big.at_once):.2f} s",
            f"**{median(big.at_once) / big.whole:.3f} of the night**"),
        Row(f"the same of {_at_once(big.people):,} different customers, whoever they are",
            f"{median(big.of_anybody):.2f} s",
            f"{median(big.of_anybody) / big.whole:.3f} of the night"),
        *(Row(f"besides, in another night: {name}", f"{took:.2f} s")
          for name, took in big.besides.items()),
        Row(f"{shops:,} businesses of {_SHOP[0]:,} customers, a night", f"{sum(shops_s):.1f} s",
            f"**{_times_dearer(shops_s, big):.1f}"
                " × a customer of the large one**"),
        *(
            Row(f"growth: {one.people.customers:,} customers", f"{one.whole:.2f} s",
                f"{1e6 * _each(one.whole, one.people.customers):.1f} µs a customer")
            for one in ours
        ),
    ]  # fmt: skip


def _each(seconds: float, customers: int) -> float:
    return seconds / customers


def _times_dearer(shops_s: list[float], big: Times) -> float:
    """Return what a small business's customer costs of one of the large."""
    return _each(sum(shops_s), len(shops_s) * _SHOP[0]) / _each(big.whole, big.people.customers)


def _plot(ours: list[Times]) -> str:
    sizes = ", ".join(f'"{one.people.customers:,}"' for one in ours)
    times = ", ".join(f"{one.whole:.2f}" for one in ours)
    return f"""```mermaid
xychart-beta
    title "Seconds of a whole night"
    x-axis "customers" [{sizes}]
    y-axis "seconds"
    bar [{times}]
```"""
