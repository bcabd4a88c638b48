"""Sums and rates over business days."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from core.calendar import day_start
from payments.enums import AttemptState, PaymentState
from payments.models import Payment, PaymentAttempt

_SUCCEEDED: Final = Q(state__in=[AttemptState.CONFIRMED, AttemptState.REVERSED])
_SENT: Final = Q(redirected_at__isnull=False)
_OVER: Final = Q(ended_at__isnull=False)


@dataclass(frozen=True, slots=True)
class DayFigure:
    """Tries of one business day that were sent to the bank and are over."""

    day: date
    tries: int
    succeeded: int


@dataclass(frozen=True, slots=True)
class PaymentTotals:
    """Payments created in a span of business days, in rial, and what waits for a person."""

    count: int
    settled: int
    settled_rial: int
    reversed_rial: int
    open: int
    needs_review: int


def success_by_day(*, since: date, until: date, zone: ZoneInfo) -> list[DayFigure]:
    """Return the days from `since` to before `until` on which tries ended, oldest first."""
    rows = (
        PaymentAttempt.objects.filter(_span("started_at", since, until, zone), _SENT, _OVER)
        .annotate(day=TruncDate("started_at", tzinfo=zone))
        .values("day")
        .annotate(tries=Count("id"), succeeded=Count("id", filter=_SUCCEEDED))
        .order_by("day")
    )
    return [DayFigure(row["day"], row["tries"], row["succeeded"]) for row in rows]


def payment_totals(*, since: date, until: date, zone: ZoneInfo) -> PaymentTotals:
    """Return the sums of payments created from `since` to before `until`."""
    settled, back = Q(state=PaymentState.SETTLED), Q(state=PaymentState.REVERSED)
    going = Q(state__in=[PaymentState.CREATED, PaymentState.PROCESSING])
    row = Payment.objects.filter(_span("created_at", since, until, zone)).aggregate(
        count=Count("id"),
        settled=Count("id", filter=settled),
        settled_rial=Sum("amount_rial", filter=settled, default=0),
        reversed_rial=Sum("amount_rial", filter=back, default=0),
        open=Count("id", filter=going),
        needs_review=Count("id", filter=Q(state=PaymentState.NEEDS_REVIEW)),
    )
    return PaymentTotals(**{name: int(value) for name, value in row.items()})


def _span(field: str, since: date, until: date, zone: ZoneInfo) -> Q:
    return Q(**{f"{field}__gte": day_start(since, zone), f"{field}__lt": day_start(until, zone)})
