"""Closing business days and recounting those that changed afterwards."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from businesses.queries import business_by_id
from core.calendar import business_day
from core.ids import new_id
from core.tenancy import active_business_id, operation
from customers.models import Purchase, SalesDay
from customers.queries.days import DaySums, count_days, last_closed_day

# Today and yesterday stay open: tills send late, and a day is closed once it has settled down.
_OPEN_DAYS = 2
_AT_ONCE_DAYS = 400


@operation
def close_days(*, now: datetime) -> int:
    """Close every day before yesterday that is still open; return how many were written.

    Days are counted in spans, so a first close of ten years is a handful of statements.
    """
    today = business_day(now, business_by_id(active_business_id()).timezone)
    end = today - timedelta(days=_OPEN_DAYS)
    start = _first_open_day()
    written = 0
    while start is not None and start <= end:
        until = min(start + timedelta(days=_AT_ONCE_DAYS), end)
        written += _write(start, until, now)
        start = until + timedelta(days=1)
    return written


@operation
def mark_stale(*, since: date, now: datetime) -> int:
    """Ask for a recount of every closed day from `since` on; return how many were marked.

    A purchase that arrives late changes its own day and may turn a later day's new customer into
    a returning one. Days before the first closed one are opened, so history may grow backwards.
    """
    closed = last_closed_day()
    if closed is None or since > closed:
        return 0
    _open_missing(since, closed, now)
    rows = SalesDay.objects.filter(on__range=(since, closed), stale=False)
    return rows.update(stale=True)


@operation
def mark_days_of(*, customer_ids: Sequence[UUID], now: datetime) -> int:
    """Ask for a recount of the closed days on which these customers bought.

    Who is new or returning changes there when profiles are joined or taken apart.
    """
    del now
    bought = Purchase.objects.filter(customer_id__in=customer_ids).values("local_date")
    return SalesDay.objects.filter(on__in=bought, stale=False).update(stale=True)


@operation
def recount_day(*, on: date, now: datetime) -> bool:
    """Count one stale day again; False when somebody else already did."""
    rows = SalesDay.objects.select_for_update(skip_locked=True)
    row = rows.filter(on=on, stale=True).first()
    if row is None:
        return False
    sums = next(iter(count_days(on, on)), DaySums(on))
    SalesDay.objects.filter(id=row.id).update(**_columns(sums), counted_at=now, stale=False)
    return True


def _first_open_day() -> date | None:
    closed = last_closed_day()
    if closed is not None:
        return closed + timedelta(days=1)
    earliest = Purchase.objects.order_by("occurred_at", "id").values_list("local_date", flat=True)
    return earliest.first()


def _open_missing(start: date, end: date, now: datetime) -> None:
    known = set(SalesDay.objects.filter(on__range=(start, end)).values_list("on", flat=True))
    span = (end - start).days + 1
    SalesDay.objects.bulk_create(
        [
            SalesDay(id=new_id(), on=on, counted_at=now, stale=True, **_columns(DaySums(on)))
            for on in (start + timedelta(days=n) for n in range(span))
            if on not in known
        ],
        ignore_conflicts=True,
    )


def _write(start: date, end: date, now: datetime) -> int:
    counted = {sums.on: sums for sums in count_days(start, end)}
    span = (end - start).days + 1
    days = [start + timedelta(days=n) for n in range(span)]
    SalesDay.objects.bulk_create(
        [
            SalesDay(id=new_id(), on=on, counted_at=now, **_columns(counted.get(on, DaySums(on))))
            for on in days
        ],
        ignore_conflicts=True,
    )
    return span


def _columns(sums: DaySums) -> dict[str, int]:
    return {
        "purchases": sums.purchases,
        "known_purchases": sums.known_purchases,
        "returning_purchases": sums.returning_purchases,
        "new_customers": sums.new_customers,
        "gross_rial": sums.gross_rial,
        "returned_rial": sums.returned_rial,
        "returning_rial": sums.returning_rial,
    }
