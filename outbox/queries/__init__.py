"""Reading the outbox."""

from datetime import datetime, timedelta

from core.tenancy import across_businesses
from outbox.enums import DeliveryState
from outbox.models import Delivery


def oldest_due_age(now: datetime) -> timedelta | None:
    """Return how long the longest-waiting due delivery has waited (all businesses), or None."""
    with across_businesses(why="watchdog figure of the whole installation"):
        due = (
            Delivery.objects.filter(state=DeliveryState.PENDING, due_at__lte=now)
            .order_by("due_at")
            .values_list("due_at", flat=True)
            .first()
        )
    return None if due is None else now - due


def dead_letter_count() -> int:
    """Return the number of dead letters of all businesses."""
    with across_businesses(why="watchdog figure of the whole installation"):
        return Delivery.objects.filter(state=DeliveryState.DEAD).count()
