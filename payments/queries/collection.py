"""How collecting goes: what is due when, what came, and why the rest did not."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from core.calendar import day_start
from payments.enums.debits import DEBIT_OPEN, DebitFailure, DebitState
from payments.models import Debit

_COLLECTED = Q(state=DebitState.COLLECTED)
_FAILED = Q(state=DebitState.FAILED)


@dataclass(frozen=True, slots=True)
class DueDay:
    """The debits due on one day, by how they stand."""

    day: date
    debits: int
    rial: int
    collected: int
    failed: int
    open: int

    @property
    def rate(self) -> float | None:
        """Which part of what is over was collected; None while nothing is."""
        over = self.collected + self.failed
        return self.collected / over if over else None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why debits brought nothing, or not yet."""

    failure: DebitFailure
    debits: int
    rial: int


def due_days(*, since: date, until: date, zone: ZoneInfo) -> list[DueDay]:
    """Return the days from `since` to before `until` with debits due, in order: one query."""
    rows = (
        Debit.objects.filter(due_at__gte=day_start(since, zone), due_at__lt=day_start(until, zone))
        .exclude(state=DebitState.CANCELLED)
        .annotate(day=TruncDate("due_at", tzinfo=zone))
        .values("day")
        .annotate(
            debits=Count("id"),
            rial=Sum("amount_rial"),
            collected=Count("id", filter=_COLLECTED),
            failed=Count("id", filter=_FAILED),
            open=Count("id", filter=Q(state__in=DEBIT_OPEN)),
        )
        .order_by("day")
    )
    return [DueDay(**row) for row in rows]


def reasons(*, since: datetime, until: datetime) -> list[Reason]:
    """Return why debits due in a span are not collected, the most frequent first: one query."""
    rows = (
        Debit.objects.filter(due_at__gte=since, due_at__lt=until)
        .filter(Q(state__in=[DebitState.RETRY_WAIT, DebitState.FAILED]))
        .exclude(failure="")
        .values("failure")
        .annotate(debits=Count("id"), rial=Sum("amount_rial"))
        .order_by("-debits", "failure")
    )
    return [Reason(DebitFailure(row["failure"]), row["debits"], row["rial"]) for row in rows]
