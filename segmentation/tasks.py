"""The nightly runs: scores, then how likely everybody is to come back. Segments to be counted."""

from celery import shared_task
from django.utils import timezone

from businesses.queries import active_business_ids
from core.tenancy import across_businesses, acting_for
from outbox.operations.fence import Fence
from segmentation.operations import (
    call_awaited,
    count_own_segments,
    foresee_volumes,
    plan_actions,
    refresh_named_segments,
    refresh_own_segments,
    score_business,
    work_out_past,
)
from segmentation.operations.retention import (
    common_priors,
    estimate_retention,
    foresee,
    note_drops,
)
from segmentation.queries.own.reading import businesses_to_count


@shared_task(name="segmentation.score_all", soft_time_limit=3600, time_limit=3700)
def score_all() -> int:
    """Score every active business, each in its own transaction; return how many."""
    business_ids = active_business_ids()
    for business_id in business_ids:
        with Fence(f"segmentation.score_all {business_id}"), acting_for(business_id):
            now = timezone.now()
            work_out_past(now=now)
            score_business(now=now)
    return len(business_ids)


@shared_task(name="segmentation.foresee_all", soft_time_limit=7200, time_limit=7300)
def foresee_all() -> int:
    """Estimate every business anew, then foresee all their customers.

    Each in transactions of its own: whoever fails keeps yesterday's. Returns how many models are
    new. What the businesses teach each other is read once, before.
    """
    business_ids = active_business_ids()
    common = common_priors(business_ids)
    estimated = 0
    for business_id in business_ids:
        with Fence(f"segmentation.estimate {business_id}"), acting_for(business_id):
            estimated += estimate_retention(common=common, now=timezone.now()) is not None
    for business_id in business_ids:
        with Fence(f"segmentation.foresee {business_id}"), acting_for(business_id):
            foresee(now=timezone.now())
            note_drops(now=timezone.now())
            refresh_named_segments(now=timezone.now())
            refresh_own_segments(now=timezone.now())
            plan_actions(now=timezone.now())
            foresee_volumes(now=timezone.now())
            call_awaited(now=timezone.now())
    return estimated


@shared_task(name="segmentation.count_due", soft_time_limit=600, time_limit=700)
def count_due() -> int:
    """Count the own segments that were too large to be counted while somebody waited."""
    with across_businesses(why="a segment to be counted is found before its business is known"):
        business_ids = businesses_to_count()
    counted = 0
    for business_id in business_ids:
        with Fence(f"segmentation.count_due {business_id}"), acting_for(business_id):
            counted += count_own_segments(now=timezone.now())
    return counted
