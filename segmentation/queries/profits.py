"""Customer lifetime value as profit, by the margin of what each customer buys (C064)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from customers.queries.margins import earned_of
from segmentation.models import CustomerOutlook
from segmentation.queries.actions.listing import category_costs, margin_percent

_YEAR: Final = timedelta(days=365)
_ALL: Final = 100


def profits_of(rows: Sequence[CustomerOutlook]) -> dict[UUID, int]:
    """Return what is earned of a year's worth, should they go on buying what they buy.

    Nothing before the business has said a margin or a cost; the margin alone of who bought nothing
    in a year. Three queries.
    """
    margin, costs = margin_percent(), category_costs()
    if not rows or (margin is None and not costs):
        return {}
    usual = _ALL if margin is None else margin
    since = max(row.as_of for row in rows) - _YEAR
    earned = earned_of([row.customer_id for row in rows], since, margin=usual, costs=costs)
    return {
        row.customer_id: earned[row.customer_id].of(row.worth_rial)
        if row.customer_id in earned and earned[row.customer_id].net_rial > 0
        else row.worth_rial * usual // _ALL
        for row in rows
    }
