"""The muscle of customers: closing and recounting days of sales, carrying imports on."""

from typing import Final

from celery import shared_task
from django.utils import timezone

from businesses.queries import active_business_ids
from core.tenancy import across_businesses, acting_for
from customers.operations.codes import forget_codes
from customers.operations.days import close_days, recount_day
from customers.operations.imports.run import claim_due_import, run_import
from customers.queries.days import stale_days
from outbox.operations.fence import Fence

# Longer imports are handed back and taken up again by the next tick.
_STRETCH_S: Final = 240.0


@shared_task(name="customers.import_due", soft_time_limit=3600, time_limit=3700)
def import_due() -> int:
    """Carry the oldest due import on for a stretch; return how many rows were read."""
    claimed = claim_due_import(now=timezone.now())
    if claimed is None:
        return 0
    business_id, job_id = claimed
    progress = run_import(
        business_id=business_id, job_id=job_id, clock=timezone.now, budget_s=_STRETCH_S
    )
    return max(1, progress.rows)


@shared_task(name="customers.close_days", soft_time_limit=3600, time_limit=3700)
def close_days_of_all() -> int:
    """Close the open days of every active business; return how many days."""
    written = 0
    for business_id in active_business_ids():
        with Fence(f"customers.close_days {business_id}"), acting_for(business_id):
            written += close_days(now=timezone.now())
    return written


@shared_task(name="customers.forget_codes", soft_time_limit=3600, time_limit=3700)
def forget_codes_of_all() -> int:
    """Forget one-time codes of long ago; return how many."""
    forgotten = 0
    for business_id in active_business_ids():
        with Fence(f"customers.forget_codes {business_id}"), acting_for(business_id):
            forgotten += forget_codes(now=timezone.now())
    return forgotten


@shared_task(name="customers.recount_days")
def recount_stale_days() -> int:
    """Count again the closed days that late purchases or returns touched; return how many."""
    with across_businesses(why="a day to be recounted is found before its business is known"):
        found = stale_days()
    counted = 0
    for business_id, on in found:
        with Fence(f"customers.recount_days {business_id} {on}"), acting_for(business_id):
            counted += recount_day(on=on, now=timezone.now())
    return counted
