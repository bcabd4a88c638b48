"""The muscle: a tick that says "look"."""

from celery import shared_task
from django.utils import timezone

from campaigns.operations import sweep as sweep_once


@shared_task(name="campaigns.sweep")
def sweep() -> int:
    """Queue what is being sent until all of it is queued."""
    total = 0
    while done := sweep_once(now=timezone.now()):
        total += done
    return total
