"""The best customers: by what the coming year is expected to bring, beside the past one (C062)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from customers.queries.margins import earned_of
from segmentation.models import CustomerOutlook
from segmentation.queries.actions.listing import category_costs, margin_percent

BY: Final = "worth_rial"
_YEAR: Final = timedelta(days=365)
_ALL: Final = 100


@dataclass(frozen=True, slots=True)
class Worth:
    """What a year ahead is expected to bring, and what the past one earned, None if not known."""

    clv_rial: int
    earned_rial: int | None


def worth_rows(people: Any) -> QuerySet[CustomerOutlook]:
    """Return the outlooks of these ids (or a query of them), with customers, to page by `BY`."""
    return CustomerOutlook.objects.filter(id__in=people).select_related("customer")


def worth_of(rows: Sequence[CustomerOutlook]) -> dict[UUID, Worth]:
    """Return both sums of each. Three queries; two where the business told no cost."""
    earned = _earned([row.id for row in rows], max((row.as_of for row in rows), default=date.max))
    return {
        row.id: Worth(row.worth_rial, None if earned is None else earned.get(row.id, 0))
        for row in rows
    }


def _earned(customer_ids: Sequence[UUID], today: date) -> dict[UUID, int] | None:
    margin, costs = margin_percent(), category_costs()
    if not customer_ids or (margin is None and not costs):
        return None
    usual = _ALL if margin is None else margin
    found = earned_of(customer_ids, today - _YEAR, margin=usual, costs=costs)
    return {who: one.earned_rial for who, one in found.items()}
