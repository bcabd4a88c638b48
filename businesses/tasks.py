"""Housekeeping per business."""

from datetime import timedelta
from typing import Final

from celery import shared_task
from django.utils import timezone

from businesses.queries import active_business_ids
from core.api.idempotency import purge
from core.tenancy import acting_for
from outbox.operations.fence import Fence

KEPT: Final = timedelta(days=7)


@shared_task(name="businesses.purge", soft_time_limit=3600, time_limit=3700)
def purge_requests() -> int:
    """Forget API requests (and the answers kept for replay) after a week; return how many."""
    forgotten = 0
    for business_id in active_business_ids():
        with Fence(f"businesses.purge {business_id}"), acting_for(business_id):
            forgotten += purge(before=timezone.now() - KEPT)
    return forgotten
