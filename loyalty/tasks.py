"""The clock's work."""

from datetime import datetime
from time import monotonic
from typing import Final
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from businesses.queries import active_business_ids
from core.tenancy import acting_for
from loyalty.operations import check_ledger, close_days, seal_ledger, sweep_business
from loyalty.operations.books import Batch, post_entries, renew_estimate
from loyalty.operations.memberships import step_due
from loyalty.operations.rules.replays import claim_due_replay, run_replay
from loyalty.operations.suspicions import look_for_misuse
from loyalty.operations.warn import warn_of_expiry
from loyalty.queries import businesses_with_due_work
from outbox.operations.fence import Fence

# The next tick is a minute after this one.
_TURNS_S: Final = 50.0


@shared_task(name="loyalty.close_days", soft_time_limit=3600, time_limit=3700)
def close_days_of_all() -> int:
    """Close the open days of points of every active business; return how many days."""
    written = 0
    for business_id in active_business_ids():
        with Fence(f"loyalty.close_days {business_id}"), acting_for(business_id):
            written += close_days(now=timezone.now())
    return written


@shared_task(name="loyalty.seal", soft_time_limit=3000, time_limit=3100)
def seal() -> int:
    """Chain what was written since the last seals in every active business; return how much."""
    total = 0
    for business_id in active_business_ids():
        with Fence(f"loyalty.seal {business_id}"):
            done = 1
            while done:
                with acting_for(business_id):
                    done = seal_ledger(now=timezone.now())
                total += done
    return total


@shared_task(name="loyalty.post", soft_time_limit=3000, time_limit=3100)
def post() -> int:
    """Take what was written since into the books of points of every active business."""
    total = 0
    for business_id in active_business_ids():
        with Fence(f"loyalty.post {business_id}"):
            total += _post_all(business_id)
    return total


@shared_task(name="loyalty.check", soft_time_limit=3600, time_limit=3700)
def check() -> int:
    """Ask every active business's ledger whether it holds; return how many do not.

    First what the books passed over is posted, for a clock once ahead may have hidden entries, and
    what is never expected to be spent is reckoned anew.
    """
    wrong = 0
    for business_id in active_business_ids():
        with Fence(f"loyalty.check {business_id}"):
            _post_all(business_id, thorough=True)
            with acting_for(business_id):
                renew_estimate(now=timezone.now())
                wrong += bool(check_ledger(now=timezone.now()))
    return wrong


@shared_task(name="loyalty.look", soft_time_limit=3000, time_limit=3100)
def look() -> int:
    """Look for misuse of points in every active business whose night has come; return how many."""
    looked = 0
    for business_id in active_business_ids():
        with Fence(f"loyalty.look {business_id}"), acting_for(business_id):
            looked += look_for_misuse(now=timezone.now()) is not None
    return looked


@shared_task(name="loyalty.warn", soft_time_limit=3000, time_limit=3100)
def warn() -> int:
    """Warn the customers of every active business whose points end soon; return how many."""
    total = 0
    for business_id in active_business_ids():
        with Fence(f"loyalty.warn {business_id}"):
            done = 1
            while done:
                with acting_for(business_id):
                    done = warn_of_expiry(now=timezone.now())
                total += done
    return total


@shared_task(name="loyalty.sweep")
def sweep() -> int:
    """Settle what is due in every business; one business's fault does not stop the others.

    Businesses take turns, a batch each, so that one with a million lots keeps nobody waiting. What
    is left when the next tick comes is that one's.
    """
    now, until, total = timezone.now(), monotonic() + _TURNS_S, 0
    left = businesses_with_due_work(now)
    while left and monotonic() < until:
        done = {business_id: _sweep_one(business_id, now) for business_id in left}
        total += sum(done.values())
        left = [business_id for business_id in left if done[business_id]]
    return total


def _sweep_one(business_id: UUID, now: datetime) -> int:
    """Do one batch of a business; 0 when it failed."""
    with Fence(f"loyalty.sweep {business_id}"), acting_for(business_id):
        return sweep_business(now=now)
    return 0


@shared_task(name="loyalty.replay_due", soft_time_limit=3600, time_limit=3700)
def replay_due() -> int:
    """Carry the oldest due replay of purchases through; return how many were judged."""
    claimed = claim_due_replay(now=timezone.now())
    if claimed is None:
        return 0
    business_id, replay_id = claimed
    judged = run_replay(business_id=business_id, replay_id=replay_id, clock=timezone.now)
    return max(1, judged)


def _post_all(business_id: UUID, *, thorough: bool = False) -> int:
    """Post batch after batch, each committed by itself, until nothing waits."""
    done, total = Batch(1), 0
    while done.count:
        with acting_for(business_id):
            done = post_entries(
                now=timezone.now(), after=done if total else None, thorough=thorough
            )
        total += done.count
    return total


@shared_task(name="loyalty.memberships")
def step_memberships() -> int:
    """Announce, charge and end paid memberships whose moment has come."""
    return step_due(now=timezone.now())
