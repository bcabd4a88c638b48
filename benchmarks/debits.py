"""Scheduled debits collected against a provider that answers at once, and a bare loop of calls."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from statistics import median
from typing import Final
from uuid import UUID

import httpx
from django.db import connection
from django.utils import timezone

from benchmarks import stage
from benchmarks.report import Part, Row
from benchmarks.responder import answering
from core.http import call
from core.tenancy import acting_for
from payments.operations.accounts import set_provider_account
from payments.operations.debits import NewDebit, collect_due, schedule_debits
from payments.operations.debits.line import AT_ONCE
from payments.operations.mandates import NewMandate, check_mandate, request_mandate
from payments.queries.mandates import debit_rows

MANDATES: Final = 500
MEASURED: Final = 640
_STEPS: Final = ("payment/request", "payman/checkout")
_MERCHANT: Final = "00000000-0000-4000-8000-000000000000"


def run(*, quick: bool) -> Part:
    """Measure (f)."""
    backlogs = (1_000, 10_000) if quick else (1_000, 10_000, 100_000)
    with answering() as port:
        base = f"http://127.0.0.1:{port}"
        stage.leave_out_what_is_left()
        bare, pooled = _bare(base), _pooled(base)
        laid = _Laid(stage.found_business("برداشت‌ها", timezone.now()), base)
        found = {backlog: laid.collect_with(backlog) for backlog in backlogs}
    return _part(found, bare, pooled)


class _Laid:
    """A business with mandates in force and debits that are due."""

    def __init__(self, business_id: UUID, base: str) -> None:
        self.business_id = business_id
        self.now = timezone.now()
        with acting_for(business_id):
            merchant = {"merchant_id": _MERCHANT}
            set_provider_account(credentials=merchant, base_url=base, now=self.now)
        self.mandates = [self._mandate(n) for n in range(MANDATES)]
        self.due = 0

    def collect_with(self, backlog: int) -> tuple[float, float]:
        """Fill up to a backlog; return debits a second, and CPU milliseconds a debit."""
        self._fill(backlog)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE payments_debit")
            cursor.execute('SET ROLE "vafa_worker"')
        began, cpu, done = time.perf_counter(), _cpu(), 0
        while done < MEASURED:
            done += collect_due(now=self.now)
        took, spent = time.perf_counter() - began, _cpu() - cpu
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        self._check(done)
        self.due -= done
        print(f"  {backlog:,} due: {done / took:.0f} debits/s", flush=True)
        return done / took, spent / done * 1000

    def _check(self, done: int) -> None:
        """Whoever measures must see that the money was really booked."""
        with acting_for(self.business_id):
            collected = debit_rows(state="collected").filter(payment__state="settled").count()
        assert collected >= done, (collected, done)

    def _fill(self, backlog: int) -> None:
        new = [
            NewDebit(mandate_id=self.mandates[n % MANDATES], amount_rial=100_000, due_at=self.now)
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


def _body() -> dict[str, object]:
    return {"merchant_id": _MERCHANT, "amount": 100_000, "description": "x" * 30}


def _bare(base: str) -> float:
    """Make the same two calls a debit, by the very function the adapter uses."""

    def one(_n: int) -> None:
        for step in _STEPS:
            call("POST", f"{base}/pg/v4/{step}.json", json=_body())

    return _rate(one)


def _pooled(base: str) -> float:
    """Make them over connections that are kept open."""
    with httpx.Client(limits=httpx.Limits(max_connections=AT_ONCE)) as client:

        def one(_n: int) -> None:
            for step in _STEPS:
                client.post(f"{base}/pg/v4/{step}.json", json=_body()).json()

        return _rate(one)


def _rate(one: Callable[[int], None]) -> float:
    rates = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _turn in range(3):
            began = time.perf_counter()
            list(pool.map(one, range(MEASURED)))
            rates.append(MEASURED / (time.perf_counter() - began))
    return median(rates)


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system


def _part(found: dict[int, tuple[float, float]], bare: float, pooled: float) -> Part:
    least, most = min(found), max(found)
    rate, flat = found[least][0], found[most][0] / found[least][0]
    rows = [
        Row(f"{backlog:,} due rows", f"{one[0]:.0f} debits/s", f"{one[1]:.2f} ms CPU each")
        for backlog, one in found.items()
    ]
    rows += [
        Row("bare loop, the product's own call", f"{bare:.0f} /s", f"ratio **{rate / bare:.2f}**"),
        Row("bare loop, connections kept open", f"{pooled:.0f} /s", f"ratio {rate / pooled:.2f}"),
        Row("largest backlog against smallest", f"{flat:.2f}", "1 is flat"),
    ]
    return Part(
        letter="f",
        title="Scheduled debits against a provider that answers at once",
        goal="0.7 of a bare loop making the same HTTP calls at the same concurrency; flat cost",
        rows=rows,
        notes=[
            f"""A debit is two calls: the session, then the checkout. One worker process, {AT_ONCE}
            calls at once. Each collected debit is a settled payment, a recorded purchase with its
            points, a posting and two events."""
        ],
        figures={"ratio": rate / bare, "ratio_pooled": rate / pooled, "flat": flat},
    )
