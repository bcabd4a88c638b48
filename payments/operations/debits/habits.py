"""What history says of a payer's good days and a bank's good hours."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractHour

from core.calendar import TEHRAN, jalali
from payments.enums.debits import TryState
from payments.models import DebitAttempt, Mandate
from payments.operations.debits.timing import Habits

_LOOKS_BACK: Final = timedelta(days=180)
_OVER: Final = (TryState.COLLECTED, TryState.FAILED)


@dataclass(frozen=True, slots=True)
class Known:
    """Habits of several mandates: by bank, and by customer."""

    hours: dict[str, tuple[dict[int, int], dict[int, int]]] = field(default_factory=dict)
    days: dict[UUID, dict[int, int]] = field(default_factory=dict)

    def habits(self, mandate: Mandate) -> Habits:
        """Return what is known that bears on one mandate."""
        tries, successes = self.hours.get(mandate.bank, ({}, {}))
        return Habits(
            tries=tries, successes=successes, pay_days=self.days.get(mandate.customer_id, {})
        )


def known_of(mandates: Collection[Mandate], now: datetime) -> Known:
    """Return the habits that bear on several mandates, of the last half year: two queries."""
    recent = DebitAttempt.objects.filter(started_at__gt=now - _LOOKS_BACK, state__in=_OVER)
    return Known(
        hours=_hours({mandate.bank for mandate in mandates}, recent),
        days=_days({mandate.customer_id for mandate in mandates}, recent),
    )


def _hours(
    banks: set[str], recent: QuerySet[DebitAttempt]
) -> dict[str, tuple[dict[int, int], dict[int, int]]]:
    rows = (
        recent.filter(mandate__bank__in=banks)
        .annotate(hour=ExtractHour("started_at", tzinfo=TEHRAN))
        .values("mandate__bank", "hour")
        .annotate(n=Count("id"), good=Count("id", filter=Q(state=TryState.COLLECTED)))
    )
    found: dict[str, tuple[dict[int, int], dict[int, int]]] = {}
    for row in rows:
        tries, successes = found.setdefault(row["mandate__bank"], ({}, {}))
        tries[row["hour"]], successes[row["hour"]] = row["n"], row["good"]
    return found


def _days(customers: set[UUID], recent: QuerySet[DebitAttempt]) -> dict[UUID, dict[int, int]]:
    rows = recent.filter(mandate__customer__in=customers, state=TryState.COLLECTED)
    found: dict[UUID, Counter[int]] = {}
    for customer_id, day in rows.values_list("mandate__customer_id", "collected_on"):
        if day is not None:
            found.setdefault(customer_id, Counter())[jalali(day).day] += 1
    return {customer_id: dict(days) for customer_id, days in found.items()}
