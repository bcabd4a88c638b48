"""The nightly run."""

from celery import shared_task
from django.utils import timezone

from businesses.queries import active_business_ids
from core.tenancy import acting_for
from outbox.operations.fence import Fence
from segmentation.operations import score_business


@shared_task(name="segmentation.score_all", soft_time_limit=3600, time_limit=3700)
def score_all() -> int:
    """Score every active business, each in its own transaction; return how many."""
    business_ids = active_business_ids()
    for business_id in business_ids:
        with Fence(f"segmentation.score_all {business_id}"), acting_for(business_id):
            score_business(now=timezone.now())
    return len(business_ids)
