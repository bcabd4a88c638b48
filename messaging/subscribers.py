"""What this app does when others announce something."""

from collections.abc import Sequence
from datetime import datetime

from businesses.events import BusinessCreated
from messaging.operations import open_default_account
from outbox.events import Recorded
from outbox.subscriptions import subscribe


@subscribe(BusinessCreated, name="messaging.account", in_transaction=True)
def open_account(events: Sequence[Recorded[BusinessCreated]], *, now: datetime) -> None:
    """Give every new business a simulated SMS account."""
    for _event in events:
        open_default_account(now=now)
