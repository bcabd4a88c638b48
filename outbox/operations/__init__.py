"""Publishing events and delivering them."""

from outbox.operations.deliver import deliver_due, replay
from outbox.operations.publish import publish

__all__ = ["deliver_due", "publish", "replay"]
