"""What a purchase earned, for whoever tells others."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from loyalty.models import Lot


@dataclass(frozen=True)
class EarnedPoints:
    """The points of one purchase and whose they are; `status` is their lot's."""

    customer_id: UUID
    purchase_id: UUID
    points: int
    status: str
    expires_at: datetime | None


def points_of_purchase(purchase_id: UUID) -> EarnedPoints | None:
    """Return what a purchase earned somebody known; None when nothing. One query."""
    lot = Lot.objects.filter(id=purchase_id, earned_points__gt=0).exclude(customer=None).first()
    if lot is None or lot.customer_id is None:
        return None
    return EarnedPoints(lot.customer_id, purchase_id, lot.earned_points, lot.state, lot.expires_at)
