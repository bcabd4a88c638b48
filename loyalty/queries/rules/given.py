"""What rules gave on purchases, and what is left of their limits."""

from uuid import UUID

from loyalty.models import RulePoints
from loyalty.queries.rules.known import bonus_of
from loyalty.queries.rules.undo import Gave


def gave_on(purchase_id: UUID | None) -> list[Gave]:
    """Return what each rule gave on a purchase, before any return. One query."""
    rows = RulePoints.objects.select_related("rule").filter(purchase=purchase_id, points__gt=0)
    return [Gave(bonus_of(row.rule), row.points) for row in rows.order_by("rule__position")]
