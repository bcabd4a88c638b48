"""The muscle: ticks that say "look"."""

from typing import Final

from celery import shared_task
from django.utils import timezone

from messaging.operations import check_due
from messaging.operations import send_due as send_some

_ROUNDS: Final = 40


@shared_task(name="messaging.send_due")
def send_due() -> int:
    """Send and follow what is due until nothing is, or the round budget is spent."""
    total = 0
    for _round in range(_ROUNDS):
        done = send_some(now=timezone.now())
        total += done
        if done == 0:
            break
    return total + check_due(now=timezone.now())
