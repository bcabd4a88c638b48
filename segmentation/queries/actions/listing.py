"""The actions of a day."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from segmentation.models import ActionItem, CategoryCost, ScoringTerms

# A plan of the night before yesterday is no plan for today.
_STALE: Final = timedelta(days=1)


def actions_on(today: date) -> list[ActionItem]:
    """Return today's actions in their order, or yesterday's before the night has reckoned."""
    newest = (
        ActionItem.objects.filter(on__gte=today - _STALE, on__lte=today)
        .order_by("-on")
        .values_list("on", flat=True)
        .first()
    )
    if newest is None:
        return []
    rows = ActionItem.objects.filter(on=newest).select_related("customer", "owner")
    return list(rows.order_by("place", "id"))


def action_by_id(action_item_id: UUID) -> ActionItem | None:
    """Return one action of the active business, or None."""
    return ActionItem.objects.filter(id=action_item_id).first()


def category_costs() -> dict[str, int]:
    """Return what goods cost by category, in percent of their sales, where it was said."""
    return dict(CategoryCost.objects.order_by("category").values_list("category", "cost_percent"))


def margin_percent() -> int | None:
    """Return what the business earns of a sale, or None when nobody has said."""
    return ScoringTerms.objects.values_list("margin_percent", flat=True).first()
