"""The best customers: by what the coming year is expected to bring, beside the past one (C062)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import BigIntegerField, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from customers.queries.margins import earned_of
from segmentation.enums import NamedSegment
from segmentation.models import CustomerOutlook, NamedStay
from segmentation.queries.actions.listing import category_costs, margin_percent
from segmentation.queries.prices import real_worths_of

BY: Final = "worth_rial"
BY_EARNED: Final = "profit_rial"
_YEAR: Final = timedelta(days=365)
_ALL: Final = 100


@dataclass(frozen=True, slots=True)
class Worth:
    """What a year ahead is expected to bring, and what the past one earned, None if not known.

    `real_rial` is the first in today's prices, None where no index of prices is kept (N25).
    """

    clv_rial: int
    real_rial: int | None
    earned_rial: int | None


def worth_rows(people: Any) -> QuerySet[CustomerOutlook]:
    """Return the outlooks of these ids (or a query of them), with customers, to page by `BY`."""
    return CustomerOutlook.objects.filter(id__in=people).select_related("customer")


def earner_rows(people: Any) -> QuerySet[NamedStay]:
    """Return who of these earned most in the past year, to page by `BY_EARNED` (C062).

    As the last night found it: the fifth with the highest profit, which is all who are listed; by
    sales where the business has told neither margin nor cost.
    """
    rows = NamedStay.objects.filter(
        segment=NamedSegment.HIGH_PROFIT, left_at=None, customer_id__in=people
    )
    profit = Cast(KeyTextTransform("profit_rial", "evidence"), BigIntegerField())
    return rows.annotate(**{BY_EARNED: profit}).select_related("customer")


def worth_of(rows: Sequence[CustomerOutlook]) -> dict[UUID, Worth]:
    """Return the sums of each. Four queries; three where the business told no cost."""
    earned = _earned([row.id for row in rows], max((row.as_of for row in rows), default=date.max))
    real = real_worths_of(rows)
    return {
        row.id: Worth(
            row.worth_rial, real.get(row.id), None if earned is None else earned.get(row.id, 0)
        )
        for row in rows
    }


def worth_of_earners(rows: Sequence[NamedStay]) -> dict[UUID, Worth]:
    """Return the sums of each row of `earner_rows`, earned as it stands in their order."""
    ids = [row.customer_id for row in rows]
    told = worth_of(list(CustomerOutlook.objects.filter(id__in=ids)))
    earned = {row.customer_id: int(row.evidence["profit_rial"]) for row in rows}
    return {
        who: replace(one, earned_rial=earned[who]) if one.earned_rial is not None else one
        for who, one in told.items()
    }


def _earned(customer_ids: Sequence[UUID], today: date) -> dict[UUID, int] | None:
    margin, costs = margin_percent(), category_costs()
    if not customer_ids or (margin is None and not costs):
        return None
    usual = _ALL if margin is None else margin
    found = earned_of(customer_ids, today - _YEAR, margin=usual, costs=costs)
    return {who: one.earned_rial for who, one in found.items()}
