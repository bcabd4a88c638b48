"""Scheduled debits collected against a provider that answers at once, and a bare loop of calls.

The sides take turns, in one process and with the same number of calls at once.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.backends.signals import connection_created
from django.utils import timezone

from benchmarks import stage
from benchmarks.bare import AMOUNT, MERCHANT, Bare, OneEach, shared
from benchmarks.report import Part, Row
from benchmarks.responder import answering
from config.celery import keep_what_is_loaded
from core.tenancy import acting_for
from payments.operations.accounts import set_provider_account
from payments.operations.debits import NewDebit, collect_due, schedule_debits
from payments.operations.debits.line import AT_ONCE
from payments.operations.mandates import NewMandate, check_mandate, request_mandate
from payments.queries.mandates import debit_rows

MANDATES: Final = 500
# A turn collects so many, or the whole backlog: enough that a worker's beginning and end, when one
# of its hands has nothing to do yet or any more, weigh what they weigh in its 45 seconds.
MEASURED: Final = 3_000
TURNS: Final = 5
# The bare loops: which of a turn's paces, and what it is.
BARE: Final = {
    "shared": "bare loop, a plain client of httpx",
    "own": "bare loop, a plain client of httpx for each thread",
    "adapter": "bare loop, the adapter's own two calls",
}


@dataclass(frozen=True, slots=True)
class Pace:
    """Debits a second, and what one took of this process's CPU and of its database's (ms)."""

    rate: float
    cpu: float
    database: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of each side."""

    product: Pace
    adapter: Pace
    shared: Pace
    own: Pace


def run(*, quick: bool) -> Part:
    """Measure (f)."""
    backlogs = (1_000, 10_000) if quick else (1_000, 10_000, 100_000)
    with answering() as port, shared() as client:
        base = f"http://127.0.0.1:{port}"
        stage.leave_out_what_is_left()
        bare = Bare(base, client, OneEach())
        laid = _Laid(stage.found_business("برداشت‌ها", timezone.now()), base)
        _turn(laid, bare, backlogs[0])
        keep_what_is_loaded()
        found = {backlog: _turns(laid, bare, backlog) for backlog in backlogs}
    return _part(found)


def _turns(laid: "_Laid", bare: Bare, backlog: int) -> list[Turn]:
    turns = [_turn(laid, bare, backlog) for _ in range(TURNS)]
    rate = median(turn.product.rate for turn in turns)
    print(f"  {backlog:,} due: {rate:.0f} debits/s", flush=True)
    return turns


def _turn(laid: "_Laid", bare: Bare, backlog: int) -> Turn:
    debits = min(backlog, MEASURED)
    return Turn(
        product=laid.collect_with(backlog, debits),
        adapter=_paced(bare.by_the_adapter, debits),
        shared=_paced(bare.by_a_shared_client, debits),
        own=_paced(bare.by_a_client_each, debits),
    )


def _paced(work: Callable[[int], Any], debits: int) -> Pace:
    """Time the work on so many debits."""
    began, cpu = time.perf_counter(), _cpu()
    work(debits)
    took, spent = time.perf_counter() - began, _cpu() - cpu
    return Pace(debits / took, spent / debits * 1000)


class _Laid:
    """A business with mandates in force and debits that are due."""

    def __init__(self, business_id: UUID, base: str) -> None:
        self.business_id = business_id
        self.now = timezone.now()
        with acting_for(business_id):
            merchant = {"merchant_id": MERCHANT}
            set_provider_account(credentials=merchant, base_url=base, now=self.now)
        self.mandates = [self._mandate(n) for n in range(MANDATES)]
        self.due = self.collected = 0

    def collect_with(self, backlog: int, debits: int) -> Pace:
        """Fill up to a backlog and collect the first of it."""
        self._fill(backlog)
        with stage.loader() as cursor:
            # As autovacuum leaves it by the time a day's debits are due.
            cursor.execute("VACUUM (ANALYZE) payments_debit")
        with _as_worker():
            before = _database_cpu()
            pace = _paced(self._collect, debits)
            database = (_database_cpu() - before) / debits * 1000
        self._check()
        return Pace(pace.rate, pace.cpu, database)

    def _collect(self, debits: int) -> None:
        collected = collect_due(now=self.now, limit=debits)
        assert collected == debits, collected
        self.due -= debits
        self.collected += debits

    def _check(self) -> None:
        """Whoever measures must see that the money was really booked."""
        with acting_for(self.business_id):
            booked = debit_rows(state="collected").filter(payment__state="settled").count()
        assert booked == self.collected, (booked, self.collected)

    def _fill(self, backlog: int) -> None:
        new = [
            NewDebit(mandate_id=self.mandates[n % MANDATES], amount_rial=AMOUNT, due_at=self.now)
            for n in range(backlog - self.due)
        ]
        for start in range(0, len(new), 1000):
            with acting_for(self.business_id):
                schedule_debits(debits=new[start : start + 1000], now=self.now)
        self.due = backlog

    def _mandate(self, number: int) -> UUID:
        """Ask for a mandate and let it be confirmed, as a customer's signature would."""
        asked = NewMandate(
            mobile=f"0912{number:07}",
            bank="056",
            max_debit_rial=10**9,
            max_day_count=10**6,
            max_month_count=10**6,
            expires_at=self.now + timedelta(days=365),
        )
        signing = request_mandate(business_id=self.business_id, asked=asked, now=self.now)
        check_mandate(business_id=self.business_id, mandate_id=signing.mandate_id, now=self.now)
        return signing.mandate_id


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system


@contextmanager
def _as_worker() -> Iterator[None]:
    """Let our connection, and those the product opens meanwhile, work under the workers' role."""

    def take_role(**said: Any) -> None:
        with said["connection"].cursor() as cursor:
            cursor.execute('SET ROLE "vafa_worker"')

    connection_created.connect(take_role)
    take_role(connection=connection)
    try:
        yield
    finally:
        connection_created.disconnect(take_role)
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def _database_cpu() -> float:
    """Return the seconds of CPU the server's processes have used, those that ended included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ((ours,),) = cursor.fetchall()
    server = _stat(ours).parent
    found = (_stat(int(name.name)) for name in Path("/proc").iterdir() if name.name.isdigit())
    living = sum(one.cpu for one in found if one.parent == server)
    return (living + _stat(server).ended) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class _Process:
    """Whose child a process is, and the ticks of CPU it and its ended children have used."""

    parent: int
    cpu: int
    ended: int


def _stat(process: int) -> _Process:
    try:
        told = Path(f"/proc/{process}/stat").read_text("ascii")
    except OSError:
        return _Process(0, 0, 0)
    fields = told.rpartition(")")[2].split()
    user, system, child_user, child_system = map(int, fields[11:15])
    return _Process(int(fields[1]), user + system, child_user + child_system)


def _part(found: dict[int, list[Turn]]) -> Part:
    least, most = min(found), max(found)
    every = [turn for turns in found.values() for turn in turns]
    raw = median(map(_cost, found[most])) / median(map(_cost, found[least]))
    flat = median(map(_beside, found[most])) / median(map(_beside, found[least]))
    rows = [_product_row(backlog, turns) for backlog, turns in found.items()]
    rows += [
        _bare_row(what, [getattr(turn, side) for turn in every], _ratio(every, side))
        for side, what in BARE.items()
    ]
    rows += [
        Row(
            f"CPU a debit, {most:,} due rows against {least:,}",
            f"{flat:.2f}",
            f"1 is flat; in units of the adapter's CPU in the same turn ({raw:.2f} in ms)",
        ),
    ]
    return Part(
        letter="f",
        title="Scheduled debits against a provider that answers at once",
        goal="0.7 of a bare loop making the same HTTP calls at the same concurrency; flat cost",
        rows=rows,
        notes=[
            f"""A debit is two calls: the session, then the checkout. One process set up as the
            worker's are, {AT_ONCE} calls at once over connections kept open; so are the bare loops,
            run by the same code that runs the product's calls. The product has two connections to
            PostgreSQL, one of each hand (ADR 15); PostgreSQL's CPU is that of all its processes.
            Each collected debit is a settled payment, a recorded purchase with its points, a
            posting, two kept messages and three events with their deliveries.""",
            f"""{TURNS} turns a backlog, {MEASURED:,} debits a side and turn (the smallest backlog:
            all of it), the sides taking turns; medians. A ratio is of two rates in the same turn:
            beside a backlog in the order of the loops below, there over all turns. Every turn
            checks that its debits were booked.""",
            """The bare loop the goal is about is that of a plain client for each thread: what
            somebody would write who wants nothing but the calls. One that threads share makes them
            wait for its list of connections, which is easy to beat. The adapter's calls are the
            hardest: they go without the client's layers and each as one packet; whatever makes
            them cheaper still makes everything else a debit does a larger share.""",
        ],
    )


def _ratio(turns: list[Turn], side: str) -> float:
    """Return the product's rate as a share of a bare loop's in the same turn."""
    beside: list[Pace] = [getattr(turn, side) for turn in turns]
    return median(turn.product.rate / bare.rate for turn, bare in zip(turns, beside, strict=True))


def _cost(turn: Turn) -> float:
    return turn.product.cpu + turn.product.database


def _beside(turn: Turn) -> float:
    """Return the cost as others' work on the machine slows it: beside calls of the same moment."""
    return _cost(turn) / turn.adapter.cpu


def _product_row(backlog: int, turns: list[Turn]) -> Row:
    rate = median(turn.product.rate for turn in turns)
    cpu = median(turn.product.cpu for turn in turns)
    database = median(turn.product.database for turn in turns)
    ratios = ", ".join(f"{_ratio(turns, side):.2f}" for side in BARE)
    return Row(
        f"{backlog:,} due rows",
        f"{rate:.0f} debits/s",
        f"{cpu:.2f} ms CPU each and {database:.2f} of PostgreSQL's; {ratios}",
    )


def _bare_row(what: str, paces: list[Pace], ratio: float) -> Row:
    rate, cpu = median(pace.rate for pace in paces), median(pace.cpu for pace in paces)
    return Row(what, f"{rate:.0f} /s, {cpu:.2f} ms CPU each", f"ratio **{ratio:.2f}**")
