"""What this app does when others announce something: it tells those who asked."""

from datetime import datetime
from typing import Any

from outbox.events import Recorded
from outbox.subscriptions import subscribe
from webhooks.operations import SUBSCRIBER, write_messages
from webhooks.queries.kinds import KINDS


def tell(event: Recorded[Any], *, now: datetime) -> None:
    """Put what happened on its way to the receivers that want to hear it."""
    write_messages(event=event, now=now)


for _event in {one.event.name: one.event for one in KINDS}.values():
    subscribe(_event, name=SUBSCRIBER, on_request=True)(tell)
