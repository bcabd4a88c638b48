"""Measures: which hold, their files, and whether things got better since (C058)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.calendar import business_day
from core.errors import Sentence
from core.tenancy import active_business_id
from customers.enums import MeasureState, MeasureStep
from customers.models import Measure, Purchase

_ORDER: Final = list(MeasureStep)
# The same said to whom it is about.
FOR_CUSTOMERS: Final[Mapping[MeasureStep, Sentence]] = {
    MeasureStep.NO_OFFERS: _("we send you no offers"),
    MeasureStep.NO_CREDIT: _("we send you no offers, and you buy without credit"),
    MeasureStep.CAREFUL_RETURNS: _(
        "we send you no offers, you buy without credit, and money back is decided by two of us"
    ),
    MeasureStep.SHORT_RETURNS: _(
        "we send you no offers, you buy without credit, money back is decided by two of us, and "
        "what you buy from now on comes back within fourteen days at most"
    ),
    MeasureStep.OUT_OF_CLUB: _(
        "we send you no offers, you buy without credit and within fourteen days to return, and "
        "your purchases earn no points; the points you have stay yours to spend"
    ),
    MeasureStep.ENDED: _(
        "we have ended our relationship with you; your points, your gift cards and your right to "
        "return what you bought stay yours"
    ),
}
# What is hard on somebody is proposed only after something milder held for so long.
TRIED_DAYS: Final = 30
HARD: Final = frozenset({MeasureStep.OUT_OF_CLUB, MeasureStep.ENDED})
# Goods bought under such a measure come back within so many days, if not within fewer anyway.
SHORT_DAYS: Final = 14
SPAN_DAYS: Final = 90
_EFFECT: Final = """
SELECT m.id, count(p.id) FILTER (WHERE p.local_date < m.day),
       count(p.id) FILTER (WHERE p.local_date < m.day AND p.returned_rial > 0),
       coalesce(sum(p.total_rial - p.returned_rial) FILTER (WHERE p.local_date < m.day), 0),
       count(p.id) FILTER (WHERE p.local_date >= m.day),
       count(p.id) FILTER (WHERE p.local_date >= m.day AND p.returned_rial > 0),
       coalesce(sum(p.total_rial - p.returned_rial) FILTER (WHERE p.local_date >= m.day), 0)
FROM unnest(%(measures)s::uuid[], %(customers)s::uuid[], %(days)s::date[])
     AS m (id, customer_id, day)
LEFT JOIN customers_purchase p ON p.business_id = %(business)s AND p.customer_id = m.customer_id
 AND p.local_date >= m.day - %(span)s::int AND p.local_date < m.day + %(span)s::int
GROUP BY m.id
"""


@dataclass(frozen=True, slots=True)
class Side:
    """Purchases of a span, how many of them came back, and their rial net of that."""

    bought: int
    returned: int
    net_rial: int


@dataclass(frozen=True, slots=True)
class SinceThen:
    """The ninety days before a measure, and those since (fewer where they are not over)."""

    before: Side
    since: Side


def in_force_on(customer_ids: Collection[UUID] | None, day: date) -> dict[UUID, MeasureStep]:
    """Return the strongest measure that holds for customers, or anybody, on a day. One query."""
    rows = Measure.objects.filter(
        Q(lapses_on=None) | Q(lapses_on__gte=day), state=MeasureState.IN_FORCE, ends_on__gte=day
    )
    if customer_ids is not None:
        rows = rows.filter(customer_id__in=list(customer_ids))
    found: dict[UUID, MeasureStep] = {}
    for who, step in rows.values_list("customer_id", "step"):
        one = MeasureStep(step)
        if who not in found or _ORDER.index(one) > _ORDER.index(found[who]):
            found[who] = one
    return found


def proposed_among(customer_ids: Collection[UUID]) -> set[UUID]:
    """Return about which of these a measure waits to be decided. One query."""
    rows = Measure.objects.filter(state=MeasureState.PROPOSED, customer_id__in=list(customer_ids))
    return set(rows.values_list("customer_id", flat=True))


def held_at(
    asked: Collection[tuple[UUID, datetime]], step: MeasureStep
) -> set[tuple[UUID, datetime]]:
    """Return at which of these moments a step held for whom. One query, none for nobody.

    A measure that was lifted since held for nobody: what it changed is as it would have been.
    """
    if not asked:
        return set()
    zone = business_by_id(active_business_id()).timezone
    rows = Measure.objects.filter(
        state=MeasureState.IN_FORCE,
        step__in=_ORDER[_ORDER.index(step) :],
        customer_id__in={who for who, _at in asked},
    )
    return {
        (who, at)
        for row in rows
        for who, at in asked
        if who == row.customer_id and _held_at(row, at, business_day(at, zone))
    }


def _held_at(row: Measure, at: datetime, day: date) -> bool:
    return row.decided_at is not None and row.decided_at <= at and not is_over(row, day)


def bought_under(purchase_id: UUID, at: datetime, step: MeasureStep) -> bool:
    """Tell whether a step held for the buyer when they bought. Two queries."""
    who = Purchase.objects.values_list("customer_id", flat=True).filter(id=purchase_id).first()
    return who is not None and bool(held_at([(who, at)], step))


def ended_until(customer_id: UUID, day: date) -> date | None:
    """Return until when the relationship with a customer is ended, None where it is not."""
    return end_of(told_to(customer_id, day))


def end_of(held: Sequence[Measure]) -> date | None:
    """Return until when, of the measures that hold for somebody, the relationship is ended."""
    ends = [row.ends_on for row in held if row.step == MeasureStep.ENDED and row.ends_on]
    return max(ends, default=None)


def was_tried(customer_id: UUID, step: MeasureStep, now: datetime) -> bool:
    """Tell whether something milder was decided long enough ago, and not lifted. One query."""
    return Measure.objects.filter(
        customer_id=customer_id,
        state=MeasureState.IN_FORCE,
        step__in=_ORDER[: _ORDER.index(step)],
        decided_at__lte=now - timedelta(days=TRIED_DAYS),
    ).exists()


def told_to(customer_id: UUID, day: date) -> list[Measure]:
    """Return the measures that hold for a customer on a day, as their own page shows them."""
    rows = measure_rows(customer_id).filter(state=MeasureState.IN_FORCE).order_by("-decided_at")
    return [row for row in rows if not is_over(row, day)]


def holds(strongest: MeasureStep | None, step: MeasureStep) -> bool:
    """Tell whether a measure holds a step: each holds the milder ones."""
    return strongest is not None and _ORDER.index(strongest) >= _ORDER.index(step)


def is_measured(customer_id: UUID | None, step: MeasureStep, day: date) -> bool:
    """Tell whether a step holds for one customer on a day. One query."""
    if customer_id is None:
        return False
    return holds(in_force_on([customer_id], day).get(customer_id), step)


def measure_rows(customer_id: UUID | None = None) -> QuerySet[Measure]:
    """Return measures with their customers, of one or of all; the caller pages."""
    rows = Measure.objects.select_related("customer")
    return rows if customer_id is None else rows.filter(customer_id=customer_id)


def measure_by_id(measure_id: UUID) -> Measure | None:
    """Return one file, or None."""
    return measure_rows().filter(id=measure_id).first()


def is_over(row: Measure, day: date) -> bool:
    """Tell whether a decided measure holds no more on a day: by its end or an appeal unanswered."""
    ended = row.ends_on is not None and row.ends_on < day
    return ended or (row.lapses_on is not None and row.lapses_on < day)


def since_then(rows: Sequence[Measure]) -> dict[UUID, SinceThen]:
    """Return what became of decided measures' customers. One query, none for none.

    Whoever is bad today is likely to be less so tomorrow anyway: it proves nothing alone.
    """
    decided = [row for row in rows if row.decided_at is not None]
    if not decided:
        return {}
    values: dict[str, Any] = {
        "business": active_business_id(),
        "measures": [row.id for row in decided],
        "customers": [row.customer_id for row in decided],
        "days": [row.decided_at.date() for row in decided if row.decided_at],
        "span": SPAN_DAYS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_EFFECT, values)
        return {
            row[0]: SinceThen(Side(*map(int, row[1:4])), Side(*map(int, row[4:7])))
            for row in cursor.fetchall()
        }


def longest_end(day: date) -> date:
    """Return the last day a measure decided on a day may hold."""
    return day + timedelta(days=365)
