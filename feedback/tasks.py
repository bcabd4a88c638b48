"""The muscle: a tick that says "look"."""

from celery import shared_task
from django.utils import timezone

from feedback.operations import sweep as sweep_once


@shared_task(name="feedback.sweep")
def sweep() -> int:
    """Move due invitations on until none is due."""
    total = 0
    while done := sweep_once(now=timezone.now()):
        total += done
    return total
