"""How well gateways work: fate of their tries, by hour, how fast they answer, the method mix."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Q, Sum
from django.db.models.functions import ExtractHour

from core.calendar import day_start
from core.tenancy import active_business_id
from payments.enums import AttemptState, PaymentMethod, PaymentState
from payments.models import Payment, PaymentAttempt, ProviderAccount
from payments.queries.routing import Success

HOURS: Final = 24
_S = AttemptState
# Every state is in exactly one fate, so the fates of an account add up to its tries.
FATES: Final[Mapping[str, tuple[AttemptState, ...]]] = {
    "confirmed": (_S.CONFIRMED, _S.REVERSED),
    "declined": (_S.DECLINED,),
    "unpaid": (_S.EXPIRED, _S.ABANDONED, _S.AUTO_RETURNED),
    "not_attempted": (_S.NOT_ATTEMPTED,),
    "unknown": (_S.UNKNOWN, _S.PAID_UNCONFIRMED, _S.SETTLING, _S.MISMATCH, _S.NEEDS_REVIEW),
    "under_way": (_S.CREATED, _S.REDIRECTED, _S.RETURNED),
}
_OVER: Final = Q(redirected_at__isnull=False, ended_at__isnull=False)
_WON: Final = _OVER & Q(state__in=FATES["confirmed"])
_OPEN: Final = Q(state__in=[PaymentState.CREATED, PaymentState.PROCESSING])
_PAID: Final = Q(settled_at__isnull=False)
# A return of the buyer is kept as a call too, but nobody was asked and nothing took time.
_LATENCY: Final = """
SELECT account_id, operation, count(*),
       percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY took_ms::float8)
FROM payments_providercall
WHERE business_id = %(business)s AND account_id = ANY(%(accounts)s)
  AND at >= %(since)s AND at < %(until)s AND took_ms > 0
GROUP BY account_id, operation
ORDER BY account_id, operation
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Latency:
    """How long one kind of call took, in milliseconds."""

    operation: str
    calls: int
    p50_ms: int
    p95_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GatewayHealth:
    """One account's tries in a span of days.

    `fates` counts tries by what became of them. `success` is over tries that were sent to the
    bank and are over; `hours` is the same for each hour of the business's day.
    """

    account: ProviderAccount
    fates: Mapping[str, int]
    hours: Sequence[Success]
    latencies: Sequence[Latency]

    @property
    def tries(self) -> int:
        """Return how many tries began."""
        return sum(self.fates.values())

    @property
    def success(self) -> Success:
        """Return how many tries that are over brought money."""
        return Success(sum(one.tries for one in self.hours), sum(one.won for one in self.hours))

    def is_paused(self, now: datetime) -> bool:
        """Tell whether failures in a row keep new tries away."""
        return self.account.paused_until is not None and self.account.paused_until > now


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodShare:
    """Payments that came, or were to come, on one rail; amounts in rial."""

    method: PaymentMethod
    count: int
    still_open: int
    paid: int
    paid_rial: int
    share: float | None

    @property
    def completion(self) -> float | None:
        """Return the share paid of those no longer open, or None."""
        over = self.count - self.still_open
        return self.paid / over if over else None


@dataclass
class _Tally:
    fates: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FATES, 0))
    hours: list[Success] = field(default_factory=lambda: [Success(0, 0)] * HOURS)


def gateway_health(*, since: date, until: date, zone: ZoneInfo) -> list[GatewayHealth]:
    """Return accounts that take payments online, from `since` to before `until`. Three queries."""
    rows = ProviderAccount.objects.filter(families__contains=["gateway"])
    accounts = list(rows.order_by("-is_active", "priority", "created_at", "id"))
    span = day_start(since, zone), day_start(until, zone)
    tallies = _tallies([one.id for one in accounts], span, zone)
    latencies = _latencies([one.id for one in accounts], span)
    return [
        GatewayHealth(
            account=one,
            fates=tallies.get(one.id, _Tally()).fates,
            hours=tallies.get(one.id, _Tally()).hours,
            latencies=latencies.get(one.id, []),
        )
        for one in accounts
    ]


def method_mix(*, since: date, until: date, zone: ZoneInfo) -> list[MethodShare]:
    """Return payments created from `since` to before `until` by method, most money first."""
    span = Q(created_at__gte=day_start(since, zone), created_at__lt=day_start(until, zone))
    rows = (
        Payment.objects.filter(span)
        .values("method")
        .annotate(
            count=Count("id"),
            still_open=Count("id", filter=_OPEN & ~_PAID),
            paid=Count("id", filter=_PAID),
            paid_rial=Sum("amount_rial", filter=_PAID, default=0),
        )
        .order_by("-paid_rial", "method")
    )
    found = list(rows)
    total = sum(int(row["paid_rial"]) for row in found)
    return [
        MethodShare(
            method=PaymentMethod(row["method"]),
            count=row["count"],
            still_open=row["still_open"],
            paid=row["paid"],
            paid_rial=int(row["paid_rial"]),
            share=int(row["paid_rial"]) / total if total else None,
        )
        for row in found
    ]


def _tallies(
    accounts: Sequence[UUID], span: tuple[datetime, datetime], zone: ZoneInfo
) -> dict[UUID, _Tally]:
    counts: dict[str, Any] = {
        name: Count("id", filter=Q(state__in=states)) for name, states in FATES.items()
    }
    rows: Iterable[Mapping[str, Any]] = (
        PaymentAttempt.objects.filter(
            account_id__in=accounts, started_at__gte=span[0], started_at__lt=span[1]
        )
        .annotate(hour=ExtractHour("started_at", tzinfo=zone))
        .values("account_id", "hour")
        .annotate(over=Count("id", filter=_OVER), won=Count("id", filter=_WON), **counts)
        .order_by()
    )
    tallies: dict[UUID, _Tally] = {}
    for row in rows:
        tally = tallies.setdefault(row["account_id"], _Tally())
        tally.hours[row["hour"]] = Success(row["over"], row["won"])
        for name in FATES:
            tally.fates[name] += row[name]
    return tallies


def _latencies(
    accounts: Sequence[UUID], span: tuple[datetime, datetime]
) -> dict[UUID, list[Latency]]:
    values: dict[str, Any] = {
        "business": active_business_id(),
        "accounts": list(accounts),
        "since": span[0],
        "until": span[1],
    }
    with connection.cursor() as cursor:
        cursor.execute(_LATENCY, values)
        rows = cursor.fetchall()
    found: dict[UUID, list[Latency]] = {}
    for account_id, operation, calls, (half, most) in rows:
        one = Latency(operation=operation, calls=calls, p50_ms=round(half), p95_ms=round(most))
        found.setdefault(account_id, []).append(one)
    return found
