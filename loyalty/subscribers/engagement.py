"""What customers tell of themselves may complete their profile."""

from collections.abc import Sequence
from datetime import datetime

from customers.events import ProfileTold
from loyalty.operations.engagement import note_profile
from outbox.events import Recorded
from outbox.subscriptions import subscribe


@subscribe(ProfileTold, name="loyalty.note_profile", in_transaction=True)
def complete(events: Sequence[Recorded[ProfileTold]], *, now: datetime) -> None:
    """Note the profiles that are complete now."""
    for event in events:
        note_profile(customer_id=event.body.customer_id, now=now)
