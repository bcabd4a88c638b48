"""The muscle: Celery tasks that carry no facts, only say "look"."""

from celery import shared_task
from django.utils import timezone

from outbox.operations import deliver_due

_ROUNDS = 20


@shared_task(name="outbox.deliver")
def deliver() -> int:
    """Deliver what is due until nothing is, or the round budget is spent."""
    total = 0
    for _ in range(_ROUNDS):
        done = deliver_due(now=timezone.now())
        total += done
        if done == 0:
            break
    return total
