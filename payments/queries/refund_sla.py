"""How long customers wait for their money, where the time goes, what is waited for (C120)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, F, Min, Q, Sum

from core.calendar import day_start
from core.tenancy import active_business_id
from payments.enums.refunds import AT_PROVIDER, RefundState, TransferKind
from payments.models import Transfer

# Each step of the clock: its name, from when, until when.
_STEPS: Final = (
    ("approval", "requested_at", "approved_at"),
    ("handover", "approved_at", "submitted_at"),
    ("bank", "submitted_at", "paid_at"),
    ("proof", "paid_at", "confirmed_at"),
    ("whole", "requested_at", "paid_at"),
)
_QUANTILES: Final = "ARRAY[0.5, 0.9, 0.99]"
_TIMES: Final = " UNION ALL ".join(
    f"""
SELECT '{name}', count(*),
    percentile_cont({_QUANTILES}) WITHIN GROUP (
        ORDER BY extract(epoch FROM {until} - {since})::float8)
FROM payments_transfer
WHERE business_id = %(business)s AND kind = 'refund'
    AND requested_at >= %(since)s AND requested_at < %(until)s
    AND {since} IS NOT NULL AND {until} IS NOT NULL
"""  # noqa: S608 - constants only
    for name, since, until in _STEPS
)
OPEN: Final = (RefundState.AWAITING_APPROVAL, RefundState.REQUESTED, *AT_PROVIDER)
_OWED: Final = (RefundState.FAILED, RefundState.RETURNED_AFTER_PAID, RefundState.PARTLY_PAID)


@dataclass(frozen=True, kw_only=True, slots=True)
class StepTime:
    """How long one step took: half were done within `median`, nine of ten within `p90`."""

    step: str
    count: int
    median: timedelta
    p90: timedelta
    p99: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingNow:
    """Refunds that are not paid yet, by what they wait for; the oldest tells the most."""

    waiting: str
    count: int
    amount_rial: int
    oldest_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundSla:
    """The refund clock of a span of days, and how things stand now."""

    requested: int
    requested_rial: int
    paid: int
    paid_rial: int
    within_day: int
    owed: int
    steps: Sequence[StepTime]
    waiting: Sequence[WaitingNow]


def refund_sla(*, since: date, until: date, zone: ZoneInfo) -> RefundSla:
    """Return the clock of refunds requested from `since` to before `until`. Three queries."""
    span = day_start(since, zone), day_start(until, zone)
    paid = Q(paid_rial__gt=0)
    quick = Q(paid_at__lte=F("requested_at") + timedelta(days=1))
    sums = Transfer.objects.filter(
        kind=TransferKind.REFUND, requested_at__gte=span[0], requested_at__lt=span[1]
    ).aggregate(
        requested=Count("id"),
        requested_rial=Sum("amount_rial", default=0),
        paid=Count("id", filter=paid),
        paid_total_rial=Sum("paid_rial", default=0),
        within_day=Count("id", filter=paid & quick),
        owed=Count("id", filter=Q(state__in=_OWED)),
    )
    return RefundSla(
        requested=sums["requested"],
        requested_rial=int(sums["requested_rial"]),
        paid=sums["paid"],
        paid_rial=int(sums["paid_total_rial"]),
        within_day=sums["within_day"],
        owed=sums["owed"],
        steps=_times(*span),
        waiting=waiting_now(),
    )


def waiting_now() -> list[WaitingNow]:
    """Return what open refunds wait for, the most first. One query."""
    rows = (
        Transfer.objects.filter(kind=TransferKind.REFUND, state__in=OPEN)
        .values("waiting")
        .annotate(n=Count("id"), rial=Sum("amount_rial"), oldest=Min("requested_at"))
        .order_by("-n", "waiting")
    )
    return [
        WaitingNow(
            waiting=row["waiting"],
            count=row["n"],
            amount_rial=row["rial"],
            oldest_at=row["oldest"],
        )
        for row in rows
    ]


def _times(since: datetime, until: datetime) -> list[StepTime]:
    values: dict[str, Any] = {"business": active_business_id(), "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_TIMES, values)
        found = cursor.fetchall()
    return [
        StepTime(
            step=step,
            count=count,
            median=timedelta(seconds=seconds[0]),
            p90=timedelta(seconds=seconds[1]),
            p99=timedelta(seconds=seconds[2]),
        )
        for step, count, seconds in found
        if count
    ]
