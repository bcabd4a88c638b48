"""After the storm: what is due by now is waited for, then time is let pass until nothing is due.

The clock is moved for the bank and for us alike, in one process: `manage.py tick` runs as the
worker at every moment something is due, until days have passed and nothing will be.
"""

import io
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final
from unittest.mock import patch
from uuid import UUID

import httpx
from django.core.management import call_command
from django.db import connection

from benchmarks import stage

# Past every retry of a debit, the provider's last word and the looks after it.
HORIZON: Final = timedelta(days=16)
_STEP_S: Final = 20
_CATCH_UP_S: Final = 180.0
_DUE: Final = (
    ("payments_paymentattempt", "next_check_at"),
    ("payments_paymentattempt", "next_recheck_at"),
    ("payments_reversal", "next_try_at"),
    ("payments_transfer", "next_try_at"),
    ("payments_debit", "next_try_at"),
)
_OPEN: Final = (
    ("payments_payment", "expires_at", "state = 'created'"),
    ("outbox_delivery", "due_at", "state = 'pending'"),
)


class Clock:
    """Real time, and how much of it we pretend has passed."""

    def __init__(self, bank: httpx.Client) -> None:
        self.ahead = timedelta()
        self._bank = bank

    def now(self) -> datetime:
        """Return the moment it is for us."""
        return datetime.now(UTC) + self.ahead

    def advance(self, seconds: int) -> None:
        """Let time pass for the bank and for us."""
        answer = self._bank.post("/control/clock", json={"advance": seconds})
        answer.raise_for_status()
        self.ahead += timedelta(seconds=seconds)


@contextmanager
def clock_of(bank: httpx.Client) -> Iterator[Clock]:
    """Put our process under a clock that can be moved."""
    clock = Clock(bank)
    with patch("django.utils.timezone.now", clock.now):
        yield clock


def wait_for_workers(business_ids: list[UUID]) -> float:
    """Wait until the workers did all that is due by now; return how many seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < _CATCH_UP_S:
        due = _next_due(business_ids)
        if due is None or due > datetime.now(UTC):
            break
        time.sleep(0.5)
    return time.monotonic() - began


def until_idle(clock: Clock, business_ids: list[UUID]) -> int:
    """Let time pass and do what becomes due; return how often the clock was moved."""
    until, moves = clock.now() + HORIZON, 0
    with connection.cursor() as cursor:
        cursor.execute('SET ROLE "vafa_worker"')
    while True:
        call_command("tick", until_idle=True, stdout=io.StringIO())
        due = _next_due(business_ids)
        if due is None or due > until:
            break
        clock.advance(max(_STEP_S, math.ceil((due - clock.now()).total_seconds())))
        moves += 1
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    return moves


def _next_due(business_ids: list[UUID]) -> datetime | None:
    """Return when the next thing is due that can end by itself."""
    parts = [
        f"SELECT min({column}) FROM {table}"
        f" WHERE {condition} AND business_id = ANY(%(ids)s::uuid[])"
        for table, column, condition in (*((*one, "true") for one in _DUE), *_OPEN)
    ]
    with stage.loader() as cursor:
        cursor.execute(
            f"SELECT min(at) FROM ({' UNION ALL '.join(parts)}) all_of_them (at)",
            {"ids": [str(one) for one in business_ids]},
        )
        (found,) = cursor.fetchone()
        return found if isinstance(found, datetime) else None
