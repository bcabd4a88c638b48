"""What always holds in the outbox of a business."""

from datetime import datetime, timedelta
from typing import Final

from outbox.enums import DeliveryState
from outbox.models import Delivery

# A due delivery that nobody took for this long means that nobody delivers.
STUCK: Final = timedelta(minutes=15)


def broken(now: datetime) -> list[str]:
    """Return what does not hold: stuck deliveries, dead letters, untold endings."""
    deliveries = Delivery.objects.all()
    counts = {
        "due deliveries have waited too long": deliveries.filter(
            state=DeliveryState.PENDING, due_at__lt=now - STUCK
        ).count(),
        "deliveries are dead letters": deliveries.filter(state=DeliveryState.DEAD).count(),
        "finished deliveries have no time of ending": deliveries.filter(
            state=DeliveryState.DONE, done_at=None
        ).count(),
    }
    return [f"{count} {what}" for what, count in counts.items() if count]
