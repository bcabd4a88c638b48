"""By which methods people pay, how many finish what they began, month by month (C034)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from core.calendar import add_months, day_start, month_start
from core.tenancy import active_business_id
from payments.enums import PaymentMethod
from payments.enums.debits import DebitState
from payments.models import Debit, Payment
from payments.providers import PRODUCTS
from payments.queries.routing import Success

# One row per payment and method. What was begun or paid was offered, whoever recorded it not.
_FUNNEL: Final = """
WITH p AS (
  SELECT id, method, offered, amount_rial, settled_at IS NOT NULL AS paid,
         settled_at IS NOT NULL OR state NOT IN ('created', 'processing') AS over
  FROM payments_payment
  WHERE business_id = %(business)s AND created_at >= %(since)s AND created_at < %(until)s
    AND method <> 'direct_debit'
), begun AS (
  SELECT DISTINCT a.payment_id AS id,
         CASE WHEN c.provider = ANY(%(later)s) THEN 'bnpl' ELSE 'gateway' END AS method
  FROM payments_paymentattempt a
  JOIN p ON p.id = a.payment_id
  JOIN payments_provideraccount c ON c.business_id = a.business_id AND c.id = a.account_id
  WHERE a.business_id = %(business)s AND a.redirected_at IS NOT NULL
  UNION
  SELECT s.payment_id, 'card_to_card' FROM payments_amountsignature s JOIN p ON p.id = s.payment_id
  WHERE s.business_id = %(business)s
  UNION
  SELECT i.payment_id, 'identified_deposit'
  FROM payments_depositidentifier i JOIN p ON p.id = i.payment_id
  WHERE i.business_id = %(business)s AND NOT EXISTS (
    SELECT FROM payments_amountsignature s
    WHERE s.business_id = i.business_id AND s.payment_id = i.payment_id)
  UNION
  SELECT id, method FROM p WHERE paid
), ways AS (
  SELECT id, jsonb_array_elements_text(offered) AS method FROM p
  UNION SELECT id, method FROM begun
)
SELECT w.method, count(*), count(b.id), count(b.id) FILTER (WHERE p.over),
       count(*) FILTER (WHERE p.paid AND p.method = w.method),
       coalesce(sum(p.amount_rial) FILTER (WHERE p.paid AND p.method = w.method), 0)::bigint
FROM ways w JOIN p ON p.id = w.id LEFT JOIN begun b ON b.id = w.id AND b.method = w.method
GROUP BY w.method
"""
_MONTHS: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodFigures:
    """Payments of one method. `completion` is over those begun by it and over, however they ended.

    A payment begun by one method and paid by another counts as not completed for the first.
    """

    method: PaymentMethod
    offered: int
    started: int
    completion: Success
    paid: int
    paid_rial: int
    share: float | None

    @property
    def take_up(self) -> Success:
        """Return how many of those it was offered to began."""
        return Success(self.offered, self.started)


@dataclass(frozen=True, slots=True)
class MonthOfMethod:
    """What arrived by one method in a Jalali month that begins on a day."""

    month: date
    method: PaymentMethod
    count: int
    paid_rial: int


def method_figures(*, since: date, until: date, zone: ZoneInfo) -> list[MethodFigures]:
    """Return methods of payments asked for from `since` to before `until`, most money first.

    A direct debit has no page: it counts from when it fell due. Two queries.
    """
    span = day_start(since, zone), day_start(until, zone)
    values: dict[str, Any] = {
        "business": active_business_id(),
        "since": span[0],
        "until": span[1],
        "later": [name for name, product in PRODUCTS.items() if product.bnpl is not None],
    }
    with connection.cursor() as cursor:
        cursor.execute(_FUNNEL, values)
        rows: list[tuple[str, int, int, int, int, int]] = cursor.fetchall()
    if debited := _debits(*span):
        rows.append(debited)
    total = sum(row[-1] for row in rows)
    found = [
        MethodFigures(
            method=PaymentMethod(method),
            offered=offered,
            started=started,
            completion=Success(over, paid),
            paid=paid,
            paid_rial=rial,
            share=rial / total if total else None,
        )
        for method, offered, started, over, paid, rial in rows
    ]
    return sorted(found, key=lambda one: (-one.paid_rial, -one.offered, one.method))


def months_of_methods(*, today: date, zone: ZoneInfo) -> list[MonthOfMethod]:
    """Return what arrived by each method in the last six Jalali months. One query."""
    first = add_months(month_start(today), 1 - _MONTHS, anchor_day=1)
    rows = (
        Payment.objects.filter(settled_at__gte=day_start(first, zone))
        .annotate(day=TruncDate("settled_at", tzinfo=zone))
        .values("day", "method")
        .annotate(n=Count("id"), rial=Sum("amount_rial"))
        .order_by("day", "method")
    )
    sums: dict[tuple[date, str], tuple[int, int]] = {}
    for row in rows:
        place = month_start(row["day"]), row["method"]
        count, rial = sums.get(place, (0, 0))
        sums[place] = count + row["n"], rial + int(row["rial"])
    return [
        MonthOfMethod(month, PaymentMethod(method), count, rial)
        for (month, method), (count, rial) in sorted(sums.items())
    ]


def months_shown(today: date) -> Sequence[date]:
    """Return the first days of the Jalali months of `months_of_methods`, oldest first."""
    return [add_months(month_start(today), n + 1 - _MONTHS, anchor_day=1) for n in range(_MONTHS)]


_COLLECTED: Final = (DebitState.COLLECTED, DebitState.REFUNDED, DebitState.REVERSED_LATE)
_LOST: Final = (DebitState.FAILED,)


def _debits(since: datetime, until: datetime) -> tuple[str, int, int, int, int, int] | None:
    rows = Debit.objects.filter(due_at__gte=since, due_at__lt=until)
    rows = rows.exclude(state=DebitState.CANCELLED)
    sums = {
        row["state"]: (row["n"], int(row["rial"]))
        for row in rows.values("state").annotate(n=Count("id"), rial=Sum("amount_rial")).order_by()
    }
    due = sum(count for count, _rial in sums.values())
    if not due:
        return None
    paid = sum(sums.get(state, (0, 0))[0] for state in _COLLECTED)
    rial = sum(sums.get(state, (0, 0))[1] for state in _COLLECTED)
    over = paid + sum(sums.get(state, (0, 0))[0] for state in _LOST)
    begun = due - sums.get(DebitState.SCHEDULED, (0, 0))[0]
    return PaymentMethod.DIRECT_DEBIT.value, due, begun, over, paid, rial
