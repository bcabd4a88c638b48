"""The muscle: Celery tasks that carry no facts, only say "look"."""

import time
from typing import Final

from celery import shared_task
from django.utils import timezone

from outbox.operations import Turn, deliver_due

# Well inside the task's time limit; what is left over waits for the next tick.
_BUDGET_S: Final = 30.0
# Of this process: the next task goes on where the last one stopped.
_TURN: Final = Turn()


@shared_task(name="outbox.deliver")
def deliver() -> int:
    """Deliver what is due until nothing is, or the budget of time is spent."""
    total, until = 0, time.monotonic() + _BUDGET_S
    # One at a time: each lease begins at the moment of its claim.
    while time.monotonic() < until and deliver_due(now=timezone.now(), limit=1, turn=_TURN):
        total += 1
    return total
