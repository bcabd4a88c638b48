"""The muscle: Celery tasks that carry no facts, only say "look"."""

from typing import Final

from celery import shared_task
from django.utils import timezone

from businesses.queries import active_business_ids
from core.tenancy import acting_for
from outbox.operations.fence import Fence
from webhooks.operations import forget_messages, send_due

# Well inside the task's time limit, with the last call's patience on top.
_BUDGET_S: Final = 10.0


@shared_task(name="webhooks.send_due")
def send() -> int:
    """Send what is due until nothing is, or the budget of time is spent."""
    return send_due(clock=timezone.now, seconds=_BUDGET_S)


@shared_task(name="webhooks.forget", soft_time_limit=3600, time_limit=3700)
def forget() -> int:
    """Give up what could not be delivered for days, and delete what ended long ago."""
    done = 0
    for business_id in active_business_ids():
        with Fence(f"webhooks.forget {business_id}"), acting_for(business_id):
            done += forget_messages(now=timezone.now())
    return done
