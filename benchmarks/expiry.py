"""(m) A night on which a million lots end, against a bare UPDATE and INSERT of the same rows."""

import resource
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from benchmarks import points, stage
from benchmarks.report import Part, Row

_BARE: Final = (
    """
    INSERT INTO loyalty_ledgerentry (id, business_id, customer_id, lot_id, kind, points,
        pending_points, contingent_points, at, data)
    SELECT gen_random_uuid(), business_id, customer_id, id, 'expire', -remaining_points, 0, 0,
        %(now)s, jsonb_build_object('expired_at', expires_at)
    FROM loyalty_lot WHERE business_id = %(business)s AND state = 'active'
    """,
    """
    UPDATE loyalty_wallet w SET balance_points = w.balance_points - l.points FROM (
        SELECT customer_id, SUM(remaining_points) AS points FROM loyalty_lot
        WHERE business_id = %(business)s AND state = 'active' GROUP BY customer_id) l
    WHERE w.business_id = %(business)s AND w.id = l.customer_id
    """,
    """
    UPDATE loyalty_lot SET remaining_points = 0, state = 'expired', state_at = %(now)s
    WHERE business_id = %(business)s AND state = 'active'
    """,
)
_LEFT: Final = """
SELECT (SELECT count(*) FROM loyalty_lot WHERE business_id = %(business)s AND state <> 'expired'),
       (SELECT sum(balance_points) FROM loyalty_wallet WHERE business_id = %(business)s),
       (SELECT sum(points) FROM loyalty_ledgerentry WHERE business_id = %(business)s)
"""
_MIB: Final = 2**20


@dataclass(frozen=True, slots=True)
class _Took:
    """Seconds, and the most memory of its own that PostgreSQL's process held meanwhile."""

    seconds: float
    server_bytes: int


def run(*, quick: bool) -> Part:
    """Measure; both sides have a business of their own with the same rows."""
    people, lots = (100_000, 1) if quick else (1_000_000, 1)
    now = datetime.now(UTC)
    ours, bare = (_business(name, people, lots, now) for name in ("پایان", "شاهد"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cpu = time.process_time()
    night = _measured(_sweep_all)
    cpu = time.process_time() - cpu
    grew = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    straight = _measured(lambda: _bare(bare))
    for business_id in (ours, bare):
        _check(business_id)
    return _part(people * lots, night, straight, cpu, grew)


def _business(name: str, people: int, lots: int, now: datetime) -> UUID:
    """Lay out a business whose lots ended an hour ago; the witness's would end later."""
    business_id = stage.found_business(name, now)
    ends = now - timedelta(hours=1, seconds=lots) if name == "پایان" else now + timedelta(days=9)
    points.lay_out(
        points.People(business_id=business_id, first=1, last=people, lots=lots, ends=ends),
        now - timedelta(days=30),
    )
    return business_id


def _sweep_all() -> None:
    from loyalty.tasks import sweep  # noqa: PLC0415 - after Django's set-up

    while sweep():
        pass


def _bare(business_id: UUID) -> None:
    from django.db import connection  # noqa: PLC0415

    from core.tenancy import acting_for  # noqa: PLC0415

    with acting_for(business_id), connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # no worker may hold a till for so long
        for statement in _BARE:
            cursor.execute(statement, {"business": business_id, "now": datetime.now(UTC)})


def _measured(work: Callable[[], None]) -> _Took:
    from django.db import connection  # noqa: PLC0415

    with stage.loader() as cursor:
        cursor.execute("CHECKPOINT")
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE vafa_worker")
        cursor.execute("SELECT pg_backend_pid()")
        watcher = _Watcher(int(cursor.fetchone()[0]))
    watcher.start()
    began = time.monotonic()
    work()
    seconds = time.monotonic() - began
    watcher.over.set()
    watcher.join()
    return _Took(seconds, watcher.most)


class _Watcher(threading.Thread):
    """Looks at a process's own memory twenty times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.most, self.over = pid, 0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.05):
            with open(f"/proc/{self.pid}/status", encoding="ascii") as status:  # noqa: PTH123
                said = dict(line.split(":", 1) for line in status)
            # A process that has ended tells nothing of its memory.
            self.most = max(self.most, 1024 * int(said.get("RssAnon", "0 kB").split()[0]))


def _check(business_id: UUID) -> None:
    with stage.loader() as cursor:
        cursor.execute(_LEFT, {"business": business_id})
        assert cursor.fetchone() == (0, 0, 0)


def _part(lots: int, night: _Took, straight: _Took, cpu: float, grew_kib: int) -> Part:
    return Part(
        letter="m",
        title=f"{lots:,} lots end in one night, against a bare UPDATE and INSERT of the same rows",
        goal="set-based; memory that does not grow with the night",
        rows=[
            Row(
                "the sweeper, a few thousand lots a transaction",
                f"{lots / night.seconds:,.0f} lots/s",
                f"{night.seconds:.0f} s; PostgreSQL's process {night.server_bytes / _MIB:.0f} MiB,"
                f" ours {grew_kib / 1024:.0f} MiB more than before; {cpu:.1f} s of Python",
            ),
            Row(
                "three bare statements in one transaction",
                f"{lots / straight.seconds:,.0f} lots/s",
                f"{straight.seconds:.0f} s; PostgreSQL's process"
                f" {straight.server_bytes / _MIB:.0f} MiB;"
                f" **ratio {straight.seconds / night.seconds:.2f}**",
            ),
        ],
        notes=[
            """One lot a customer, so each also moves a wallet: three rows written for one that
            ends. Both run as the worker does, under row-level security with the same triggers. The
            bare side knows which rows it means, locks them all at once and keeps every till waiting
            until it is done; the sweeper finds them, passes by wallets that are busy, and lets go
            after each batch. Afterwards nothing is left on either side, and balances and entries
            sum to nothing.""",
        ],
    )
