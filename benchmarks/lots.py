"""(l) What a balance costs to read when it lies in ten lots, and in ten thousand."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final
from uuid import UUID

from benchmarks import points, stage
from benchmarks.report import Part, Row

_SIZES: Final = (10, 100, 1_000, 10_000)


@dataclass(frozen=True, slots=True)
class _Cost:
    """What one question costs: milliseconds, pages of the database touched, rows looked at."""

    lots: int
    balance_ms: float
    pages: int
    spend_ms: float


def run(*, quick: bool) -> Part:
    """Measure; the customers have nothing but their lots."""
    now = datetime.now(UTC)
    business_id = stage.found_business("کیف‌ها", now)
    found = []
    for number, lots in enumerate(_SIZES, 1):
        ends = now + timedelta(days=30)
        people = points.People(
            business_id=business_id, first=number, last=number, lots=lots, ends=ends
        )
        customer = points.lay_out(people, now)
        found.append(_cost(business_id, customer, lots, 100 if quick else 1000))
        print(f"  {lots:,} lots: {found[-1].balance_ms:.2f} ms", flush=True)
    return _part(found)


def _cost(business_id: UUID, customer: UUID, lots: int, times: int) -> _Cost:
    from core.tenancy import acting_for  # noqa: PLC0415 - after Django's set-up
    from loyalty.operations import reserve_redemption  # noqa: PLC0415
    from loyalty.queries import wallet_view  # noqa: PLC0415

    def balance() -> None:
        assert wallet_view(customer, datetime.now(UTC)).balance_points == 7 * lots

    def spend() -> None:
        reserve_redemption(customer_id=customer, points=1, now=datetime.now(UTC))

    _as_web()
    with acting_for(business_id):
        shown = _median_ms(balance, times)
        pages = _pages(balance)
    with acting_for(business_id):
        spent = _median_ms(spend, times // 20)  # the smallest has seventy points
    return _Cost(lots, shown, pages, spent)


def _as_web() -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SET ROLE vafa_web")


def _median_ms(work: Callable[[], None], times: int) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return 1000 * median(took)


def _pages(work: Callable[[], None]) -> int:
    """Return how many pages the statements of a piece of work touch, by PostgreSQL's own count."""
    from django.db import connection  # noqa: PLC0415

    asked: list[tuple[str, Any]] = []

    def listen(execute: Callable[..., Any], sql: str, params: Any, *more: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, *more)

    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(listen))
        work()
    with connection.cursor() as cursor:
        return sum(_touched(cursor, sql, params) for sql, params in asked)


def _touched(cursor: Any, sql: str, params: Any) -> int:
    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
    [[plan]] = cursor.fetchall()
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return int(top["Shared Hit Blocks"]) + int(top["Shared Read Blocks"])


def _part(found: list[_Cost]) -> Part:
    first, last = found[0], found[-1]
    return Part(
        letter="l",
        title="A balance in ten lots and in ten thousand",
        goal="flat",
        rows=[
            *[
                Row(
                    f"{one.lots:,} lots with points in them",
                    f"{one.balance_ms:.2f} ms",
                    f"{one.pages} pages; spending a point {one.spend_ms:.1f} ms",
                )
                for one in found
            ],
            Row(
                "10,000 lots against 10",
                f"**{last.balance_ms / first.balance_ms:.2f}** × the time",
                f"{last.pages / first.pages:.2f} × the pages;"
                f" spending {last.spend_ms / first.spend_ms:.1f} ×",
            ),
        ],
        notes=[
            """The customer's wallet as the till and the API show it: balance, pending, what ends
            next and when, under row-level security; medians. Every lot is live and has a date of
            its own; where many end at the same moment, those are added up for the sentence that
            says so. Spending looks through the live lots for the order they are taken in.""",
        ],
    )
