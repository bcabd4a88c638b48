"""The muscle: a Celery task that carries no facts, only says "look"."""

from celery import shared_task
from django.utils import timezone

from payments.operations import poll_due


@shared_task(name="payments.poll_due")
def poll() -> int:
    """Ask about, send back, sweep and expire what is due."""
    return poll_due(now=timezone.now())
