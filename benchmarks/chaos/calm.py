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
from benchmarks.chaos.progress import Progress
from benchmarks.chaos.weather import Weather

# Past every retry of a debit, the provider's last word and the looks after it.
HORIZON: Final = timedelta(days=16)
# Rows that become due close to one another are done in one go: the later it is, the coarser.
_LEAST_STEP: Final = timedelta(seconds=20)
_OF_WHAT_PASSED: Final = 50
_CATCH_UP_S: Final = 300.0
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_FIRST_DAYS: Final = timedelta(hours=30)
_LEASED: Final = (
    ("payments_paymentattempt", "next_check_at"),
    ("payments_paymentattempt", "next_recheck_at"),
    ("payments_reversal", "next_try_at"),
    ("payments_transfer", "next_try_at"),
    ("payments_debit", "next_try_at"),
    ("payments_depositidentifier", "next_try_at"),
    ("payments_deposit", "next_try_at"),
    ("payments_statementfile", "next_run_at"),
)
_DUE: Final = (
    *((table, f"GREATEST({at}, leased_until)", f"{at} IS NOT NULL") for table, at in _LEASED),
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


def wait_for_workers(business_ids: list[UUID], weather: Weather, progress: Progress) -> float:
    """Wait until the workers did all that is due by now; return how many seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < _CATCH_UP_S:
        due = _next_due(business_ids)
        if due is None or due > datetime.now(UTC):
            break
        weather.keep_bad()
        progress.tell("the workers catch up")
        time.sleep(0.5)
    return time.monotonic() - began


def until_idle(clock: Clock, business_ids: list[UUID], progress: Progress) -> int:
    """Let time pass and do what becomes due; return how often the clock was moved."""
    began, moves = clock.now(), 0
    with connection.cursor() as cursor:
        cursor.execute('SET ROLE "vafa_worker"')
    while True:
        call_command("tick", until_idle=True, stdout=io.StringIO())
        passed = clock.now() - began
        if passed > HORIZON:
            break
        due = _next_due(business_ids) or began + HORIZON
        clock.advance(step_s(due - clock.now(), passed))
        moves += 1
        progress.tell(f"calm: day {passed / _DAY:.2f} of {HORIZON.days}, {moves} moves")
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    return moves


def step_s(wait: timedelta, passed: timedelta) -> int:
    """Return how far the clock goes: to what is due next and a little further.

    The feed of deposits is always due, so no step is so long that it would skip one's whole day.
    """
    most = _HOUR if passed < _FIRST_DAYS else _DAY / 2
    return math.ceil(min(max(_LEAST_STEP, wait + passed / _OF_WHAT_PASSED), most).total_seconds())


def _next_due(business_ids: list[UUID]) -> datetime | None:
    """Return when the next thing is due that can end by itself.

    What a process held when it was killed is nobody's until its lease is over.
    """
    parts = [
        f"SELECT min({when}) FROM {table} WHERE {condition} AND business_id = ANY(%(ids)s::uuid[])"
        for table, when, condition in _DUE
    ]
    with stage.loader() as cursor:
        cursor.execute(
            f"SELECT min(at) FROM ({' UNION ALL '.join(parts)}) all_of_them (at)",
            {"ids": [str(one) for one in business_ids]},
        )
        (found,) = cursor.fetchone()
        return found if isinstance(found, datetime) else None
