"""What this app hears."""

from collections.abc import Sequence
from datetime import datetime

from businesses.events import BusinessCreated
from outbox.events import Recorded
from outbox.subscriptions import subscribe
from payments.operations import open_default_account


@subscribe(BusinessCreated, name="payments.open_account", in_transaction=True)
def open_account(events: Sequence[Recorded[BusinessCreated]], *, now: datetime) -> None:
    """A new business can take test payments from its first minute."""
    for event in events:
        open_default_account(is_test=event.body.is_test, now=now)
