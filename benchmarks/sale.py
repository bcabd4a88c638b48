"""One sale over HTTP with everything on, against pgbench writing the same rows; batches."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from statistics import median
from typing import Any

from benchmarks import shop, stage, twin, watch, web
from benchmarks.report import Part, Row

BATCH_ROWS = 500


def _queues(key: str, seed: int, amount: int) -> list[list[bytes]]:
    """Ready-made requests, so that the client's work is not measured."""
    return [
        [
            web.post("purchases", key, document["external_id"], shop.as_bytes(document))
            for document in islice(shop.sales(seed=seed * web.CONNECTIONS + n), amount)
        ]
        for n in range(web.CONNECTIONS)
    ]


def record(port: int, opened: shop.Shop, who: str) -> None:
    """Sell once over HTTP."""
    document = shop.sale(who)
    request = web.post("purchases", opened.key, document["external_id"], shop.as_bytes(document))
    status, body = web.send(port, request)
    assert status == 201, body  # noqa: PLR2004


def recorded(port: int, opened: shop.Shop, who: str, schema: watch.Schema) -> list[watch.Change]:
    """Return the rows one sale writes; the first one warms up caches and the key's own row."""
    return watch.changes(lambda: record(port, opened, who), schema)


def tally(changes: list[watch.Change]) -> Counter[str]:
    """Return how many rows were written, by table."""
    return Counter(f"{'insert' if c.before is None else 'update'} {c.table}" for c in changes)


def scripts(
    known: list[watch.Change], new: list[watch.Change], schema: watch.Schema, tag: str
) -> list[twin.Script]:
    """Return pgbench's scripts of a sale to a known customer and to a new one."""
    common: dict[str, Any] = {
        "customers": shop.CUSTOMERS,
        "together": tag == "tables",
        "prepared": tag == "prepared",
    }
    return [
        twin.script(
            f"known-{tag}",
            known,
            schema,
            weight=100 - shop.NEW_OF_HUNDRED,
            known={str(shop.customer_id(7)): twin.CUSTOMER},
            **common,
        ),
        twin.script(f"new-{tag}", new, schema, weight=shop.NEW_OF_HUNDRED, **common),
    ]


def check_twins(
    scripts: list[twin.Script], originals: list[list[watch.Change]], schema: watch.Schema
) -> None:
    """Both sides must write the same number of rows into the same tables."""
    for script, original in zip(scripts, originals, strict=True):
        copied = watch.changes(partial(twin.once, script), schema)
        assert tally(copied) == tally(original), (script.path, tally(copied), tally(original))


def run_single(*, quick: bool) -> Part:
    """Measure (a), alternating the two sides."""
    opened, schema = shop.open_shop(), watch.read_schema()
    with web.serving() as port:
        for who in (shop.mobile(5), shop.newcomer(), shop.mobile(6), shop.mobile(7)):
            record(port, opened, who)
        known = recorded(port, opened, shop.mobile(7), schema)
        new = recorded(port, opened, shop.newcomer(), schema)
        sides = [scripts(known, new, schema, tag) for tag in ("rows", "tables", "prepared")]
        for side in sides[:2]:
            check_twins(side, [known, new], schema)
        rounds = list(_rounds(port, opened, sides, quick=quick))
    return _part_a(rounds, known, new, sides[0])


Round = tuple[web.Load, float, float, float]
# By row, by table, by row prepared.
_HOW: tuple[tuple[str, ...], ...] = ((), (), ("-M", "prepared"))


def tidy() -> None:
    """Each side begins on a tidy database, so that none pays for the rows the other left.

    The first to touch a page after a checkpoint writes the whole of it to the log; and what
    one side wrote would be vacuumed and analysed in the middle of the other's stretch.
    """
    with stage.loader() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


def _rounds(
    port: int, opened: shop.Shop, sides: list[list[twin.Script]], *, quick: bool
) -> Iterator[Round]:
    """Yield (HTTP, pgbench by row, by table, by row prepared) measured one after another."""
    seconds, times = (3.0, 2) if quick else (10.0, 5)
    web.load(port, _queues(opened.key, 0, 4000), 2.0)
    for turn in range(1, times + 1):
        queues = _queues(opened.key, turn, int(seconds * 1000))
        tidy()
        done = web.load(port, queues, seconds)
        assert not done.refused, done.refused[0]
        theirs = []
        for side, more in zip(sides, _HOW, strict=True):
            tidy()
            theirs.append(twin.pgbench(side, seconds, *more))
        result = (done, theirs[0], theirs[1], theirs[2])
        print(
            f"  round {turn}: {done.per_second:.0f} sales/s over HTTP, pgbench "
            f"{result[1]:.0f} (row by row) {result[2]:.0f} (table by table) "
            f"{result[3]:.0f} (row by row, prepared)",
            flush=True,
        )
        yield result


def _ratio(rounds: list[Round], column: int) -> float:
    return median(one[0].per_second / one[column] for one in rounds)  # type: ignore[operator]


def _part_a(
    rounds: list[Round],
    known: list[watch.Change],
    new: list[watch.Change],
    by_row: list[twin.Script],
) -> Part:
    return Part(
        letter="a",
        title="One sale over HTTP, against pgbench writing the same rows",
        goal="ratio ≥ 0.3 (row by row)",
        rows=_rows_a(rounds),
        notes=[
            f"""Three lines, one tender, customer by mobile, {shop.NEW_OF_HUNDRED} % of them new;
            authentication, rate limit, Idempotency-Key, tenancy, points, survey, outbox all on.""",
            f"""Rows written: {_said(known)} for a known customer; {_said(new)} for a new one. They
            were looked up in the tables after a real request, and pgbench's script was made from
            them ({by_row[0].statements} and {by_row[1].statements} statements, same role, same
            row-level security); both sides are checked to write the same.""",
            f"""Median of {len(rounds)} rounds, the sides taking turns, each after a CHECKPOINT; the
            two processes have the same number of connections.""",
        ],
    )


def _rows_a(rounds: list[Round]) -> list[Row]:
    half = median(one[0].percentile_ms(0.5) for one in rounds)
    most = median(one[0].percentile_ms(0.95) for one in rounds)
    return [
        Row(
            "POST /api/v1/purchases, 4 connections, 2 processes",
            f"{median(one[0].per_second for one in rounds):,.0f} sales/s",
            f"p50 {half:.1f} ms, p95 {most:.1f} ms",
        ),
        Row(
            "pgbench -c 4 -j 2, one statement a row",
            f"{median(one[1] for one in rounds):,.0f} sales/s",
            f"**ratio {_ratio(rounds, 1):.2f}**",
        ),
        Row(
            "pgbench, one statement a table",
            f"{median(one[2] for one in rounds):,.0f} sales/s",
            f"ratio {_ratio(rounds, 2):.2f}",
        ),
        Row(
            "pgbench, one statement a row, prepared (-M prepared)",
            f"{median(one[3] for one in rounds):,.0f} sales/s",
            f"ratio {_ratio(rounds, 3):.2f}",
        ),
    ]


def _said(changes: list[watch.Change]) -> str:
    inserts = sum(one.before is None for one in changes)
    return f"{inserts} inserted and {len(changes) - inserts} updated"


def run_batch(*, quick: bool) -> Part:
    """Measure (b)."""
    opened = shop.open_shop(2000)
    seconds, times = (3.0, 2) if quick else (8.0, 3)
    rounds: list[tuple[web.Load, web.Load]] = []
    with web.serving() as port:
        web.load(port, _queues(opened.key, 90, 4000), 2.0)
        for turn in range(times):
            single = web.load(port, _queues(opened.key, 91 + turn, int(seconds * 1000)), seconds)
            batch = web.load(port, _batches(opened.key, 95 + turn, int(seconds * 4)), seconds)
            assert not single.refused + batch.refused, (single.refused + batch.refused)[0]
            rounds.append((single, batch))
            print(
                f"  round {turn + 1}: {single.per_second:.0f} single, "
                f"{BATCH_ROWS * batch.per_second:.0f} in batches",
                flush=True,
            )
    ones = median(single.per_second for single, _ in rounds)
    many = median(BATCH_ROWS * batch.per_second for _, batch in rounds)
    ratio = median(BATCH_ROWS * b.per_second / s.per_second for s, b in rounds)
    return Part(
        letter="b",
        title="The batch endpoint against the single one",
        goal="≥ 5 × single",
        rows=[
            Row("POST /api/v1/purchases", f"{ones:,.0f} sales/s", ""),
            Row(
                f"POST /api/v1/purchases/batch, {BATCH_ROWS} sales each",
                f"{many:,.0f} sales/s",
                f"**{ratio:.1f} ×**",
            ),
        ],
        notes=[
            (
                "The same sales as in (a), 4 connections, 2 processes, every answer enriched with "
                "points, tier, rewards and survey as the single one is."
            )
        ],
    )


def _batches(key: str, seed: int, amount: int) -> list[list[bytes]]:
    queues = []
    for n in range(web.CONNECTIONS):
        drawn = shop.sales(2000, seed=seed * web.CONNECTIONS + n)
        queues.append(
            [
                web.post(
                    "purchases/batch",
                    key,
                    f"batch-{shop.stamp()}-{seed}-{n}-{i}",
                    shop.as_bytes({"purchases": list(islice(drawn, BATCH_ROWS))}),
                )
                for i in range(amount)
            ]
        )
    return queues
