"""Publishing events and delivering them."""

from outbox.operations.deliver import Turn, deliver_due, replay
from outbox.operations.interests import hear_only, lock_interests
from outbox.operations.publish import publish

__all__ = ["Turn", "deliver_due", "hear_only", "lock_interests", "publish", "replay"]
