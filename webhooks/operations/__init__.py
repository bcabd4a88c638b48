"""Opening receivers, telling them what happened, sending."""

from webhooks.operations.endpoints import (
    SUBSCRIBER,
    OpenedEndpoint,
    change_endpoint,
    open_endpoint,
    remove_endpoint,
    rotate_secret,
)
from webhooks.operations.messages import (
    forget_messages,
    replay_dead,
    replay_message,
    send_test,
    write_messages,
)
from webhooks.operations.send import send_due

__all__ = [
    "SUBSCRIBER",
    "OpenedEndpoint",
    "change_endpoint",
    "forget_messages",
    "open_endpoint",
    "remove_endpoint",
    "replay_dead",
    "replay_message",
    "rotate_secret",
    "send_due",
    "send_test",
    "write_messages",
]
