"""(j) Tills of 64 clients accrue and redeem at once; (k) they all want one and the same balance."""

import json
import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count, islice
from statistics import median
from typing import Final
from uuid import UUID

from benchmarks import points, sale, shop, stage, twin, watch, web
from benchmarks.report import Part, Row

CLIENTS: Final = 64
_SPENT: Final = 5
_FASTEST: Final = 1_600  # sales a second, more than were ever seen
_EACH_HAS: Final = 1_000_000
_ID: Final = re.compile(rb'"id": ?"([0-9a-f-]{36})"')
_numbers: Final = count(1)

Round = tuple[web.Load, web.Load]


@dataclass(frozen=True, slots=True)
class _Side:
    """One thing tills do: what the clients ask, and pgbench's scripts that write the same rows."""

    name: str
    queues: Callable[[int, float], Sequence[web.Queue]]
    scripts: list[twin.Script]
    requests: int


def run(*, quick: bool) -> Part:
    """Measure (j), the two sides taking turns."""
    opened, schema = shop.open_shop(), watch.read_schema()
    points.give_one_each(opened.business_id, _EACH_HAS, datetime.now(UTC))
    with web.serving() as port:
        sides = [_accruing(port, opened, schema), _redeeming(port, opened, schema)]
        found = [(side, list(_rounds(port, side, quick=quick))) for side in sides]
    return _part(found)


def _accruing(port: int, opened: shop.Shop, schema: watch.Schema) -> _Side:
    for who in (shop.mobile(5), shop.newcomer(), shop.mobile(6), shop.mobile(7)):
        sale.record(port, opened, who)
    known = sale.recorded(port, opened, shop.mobile(7), schema)
    new = sale.recorded(port, opened, shop.newcomer(), schema)
    scripts = sale.scripts(known, new, schema, "many")
    sale.check_twins(scripts, [known, new], schema)
    return _Side("accrue", partial(_sales, opened.key), scripts, 1)


def _sales(key: str, turn: int, seconds: float) -> list[web.Queue]:
    """Return one supply for all clients: the server answers some of them more often than others."""
    documents = islice(shop.sales(seed=1000 * turn), int(seconds * _FASTEST))
    asked = [
        web.post("purchases", key, document["external_id"], shop.as_bytes(document))
        for document in documents
    ]
    return [iter(asked)] * CLIENTS


def _redeeming(port: int, opened: shop.Shop, schema: watch.Schema) -> _Side:
    customer = shop.customer_id(7)
    for _ in range(3):
        _redeem(port, opened, customer)
    held: list[bytes] = []
    hold = watch.changes(lambda: held.append(_hold(port, opened, customer)), schema)
    commit = watch.changes(lambda: _commit(port, opened, held[0]), schema)
    whole = watch.changes(lambda: _redeem(port, opened, customer), schema)
    lot = str(customer).replace("-8000-", "-9000-")
    script = twin.script(
        "redeem",
        hold,
        schema,
        weight=1,
        customers=shop.CUSTOMERS,
        known={str(customer): twin.CUSTOMER, lot: twin.LOT},
        then=commit,
    )
    sale.check_twins([script], [whole], schema)
    return _Side("redeem", partial(_redemptions, opened.key), [script], 2)


def _hold(port: int, opened: shop.Shop, customer: UUID) -> bytes:
    return _send(port, _holding(opened.key, customer, _SPENT), 201)


def _commit(port: int, opened: shop.Shop, body: bytes) -> None:
    _send(port, _committing(opened.key, body), 200)


def _redeem(port: int, opened: shop.Shop, customer: UUID) -> None:
    _commit(port, opened, _hold(port, opened, customer))


def _send(port: int, request: bytes, expected: int) -> bytes:
    status, body = web.send(port, request)
    assert status == expected, body
    return body


def _holding(key: str, customer: UUID, asked: int) -> bytes:
    body = shop.as_bytes({"customer_id": str(customer), "points": asked})
    return web.post("redemptions", key, f"hold-{shop.stamp()}-{next(_numbers)}", body)


def _committing(key: str, body: bytes) -> bytes:
    found = _ID.search(body)
    assert found, body
    held = found[1].decode()
    return web.post(f"redemptions/{held}/commit", key, f"commit-{held}", b"{}")


def _redemptions(key: str, turn: int, seconds: float) -> list[web.Queue]:
    del seconds
    return [_dialogue(key, turn * CLIENTS + n) for n in range(CLIENTS)]


def _dialogue(key: str, seed: int) -> Generator[bytes, bytes]:
    """Hold points of one customer after another and spend what was held."""
    for step in count():
        customer = shop.customer_id(1 + (seed * 7919 + step * 104_729) % shop.CUSTOMERS)
        body = yield _holding(key, customer, _SPENT)
        yield _committing(key, body)


def _rounds(port: int, side: _Side, *, quick: bool) -> Generator[Round]:
    seconds, times = (5.0, 2) if quick else (15.0, 5)
    web.load(port, side.queues(99, 3.0), 3.0)
    for turn in range(times):
        queues = side.queues(turn, seconds)
        sale.tidy()
        ours = web.load(port, queues, seconds)
        assert not ours.refused, ours.refused[0]
        sale.tidy()
        theirs = twin.measured(side.scripts, seconds, CLIENTS)
        rate = ours.per_second / side.requests
        print(f"  {side.name}: {rate:.0f}/s over HTTP, pgbench {theirs.per_second:.0f}", flush=True)
        yield ours, theirs


def _part(found: list[tuple[_Side, list[Round]]]) -> Part:
    return Part(
        letter="j",
        title=f"{CLIENTS} clients accrue and redeem, against pgbench writing the same rows",
        goal=f"ratio ≥ 0.3 at {CLIENTS} clients",
        rows=[row for side, rounds in found for row in _rows(side, rounds)],
        notes=[
            f"""Each client waits for its answer before it asks again; {web.WORKERS} web processes
            of four threads. Accrue is (a)'s sale. Redeem is two requests, to hold {_SPENT} points
            and to spend them, by customers with {shop.CUSTOMERS:,} wallets between them;
            latencies are of one request.""",
            """Pgbench writes the rows those requests wrote, one statement a row, under the same
            role and row-level security, a redemption as two transactions; both sides are checked to
            write the same rows. Medians of rounds, the sides taking turns, each on a tidy database.
            """,
            """Latency with more clients than cores is waiting in line: clients ÷ throughput. What
            travels is the ratio.""",
        ],
    )


def _rows(side: _Side, rounds: list[Round]) -> list[Row]:
    ratio = median(ours.per_second / side.requests / theirs.per_second for ours, theirs in rounds)
    rate = median(ours.per_second for ours, _ in rounds) / side.requests
    return [
        Row(f"{side.name}, {CLIENTS} clients over HTTP", f"{rate:,.0f}/s", _latency(rounds, 0)),
        Row(
            f"pgbench -c {CLIENTS} -j 2",
            f"{median(theirs.per_second for _, theirs in rounds):,.0f}/s",
            f"{_latency(rounds, 1)}; **ratio {ratio:.2f}**",
        ),
    ]


def _latency(rounds: list[Round], column: int) -> str:
    half, most = (median(one[column].percentile_ms(part) for one in rounds) for part in (0.5, 0.95))
    return f"p50 {half:.0f} ms, p95 {most:.0f} ms"


def run_rush(*, quick: bool) -> Part:
    """Measure (k): thousands of attempts at one balance, of which it pays for a third."""
    attempts, asked = (2_000, 3) if quick else (10_000, 3)
    has = attempts  # three times what is there is asked for
    opened = shop.open_shop(100)
    customer, before = shop.customer_id(1), _state(opened.business_id, shop.customer_id(1))
    points.give_one_each(opened.business_id, has - before.balance, datetime.now(UTC))
    queues: list[list[bytes]] = [[] for _ in range(CLIENTS)]
    for n in range(attempts):
        queues[n % CLIENTS].append(_holding(opened.key, customer, asked))
    with web.serving() as port:
        done = web.drain(port, queues)
    after = _state(opened.business_id, customer)
    lost = [json.loads(body) for body in done.refused]
    assert len(done.latencies_s) == attempts
    assert {(one["status"], one["code"]) for one in lost} == {(409, "insufficient_points")}
    assert len(lost) == attempts - has // asked
    assert (after.holds, after.held, after.balance) == (
        has // asked,
        has - has % asked,
        has % asked,
    )
    assert after.broken == []
    return _rush_part(done, has, after, len(lost))


@dataclass(frozen=True, slots=True)
class _State:
    """What the database says of one wallet, and which of the ledger's invariants do not hold."""

    balance: int
    holds: int
    held: int
    broken: list[str]


def _state(business_id: UUID, customer: UUID) -> _State:
    from core.tenancy import acting_for  # noqa: PLC0415 - after Django's set-up
    from loyalty.queries import wallet_view  # noqa: PLC0415
    from loyalty.queries.invariants import broken  # noqa: PLC0415

    now = datetime.now(UTC)
    with acting_for(business_id):
        balance, wrong = wallet_view(customer, now).balance_points, broken(now)
    with stage.loader() as cursor:
        cursor.execute(
            "SELECT count(*), COALESCE(sum(points), 0) FROM loyalty_redemption"
            " WHERE business_id = %s AND customer_id = %s",
            [business_id, customer],
        )
        holds, held = cursor.fetchone()
    return _State(balance, int(holds), int(held), wrong)


def _rush_part(done: web.Load, has: int, after: _State, lost: int) -> Part:
    attempts = len(done.latencies_s)
    return Part(
        letter="k",
        title=f"{attempts:,} attempts at once to spend one balance",
        goal="exactly the balance is spent; whoever comes too late is told so (409)",
        rows=[
            Row("the balance, in points", f"{has:,}", ""),
            Row("attempts that got three points", f"{after.holds:,}", f"{after.held:,} points"),
            Row("attempts refused: 409 insufficient_points", f"{lost:,}", ""),
            Row("any other answer", "0", ""),
            Row("left, less than an attempt asks for", f"{after.balance}", ""),
            Row(
                f"{CLIENTS} clients, one wallet's lock",
                f"{done.per_second:,.0f} attempts/s",
                f"p50 {done.percentile_ms(0.5):.0f} ms, p95 {done.percentile_ms(0.95):.0f} ms",
            ),
        ],
        notes=[
            f"""Over HTTP, by {CLIENTS} clients at a time to {web.WORKERS} web processes. Afterwards
            the database is asked for the wallet, its holds, and every invariant of the ledger: all
            hold.""",
        ],
    )
