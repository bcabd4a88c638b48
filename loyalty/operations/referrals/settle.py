"""What recommendations wait for: a first purchase, then the end of its days of return.

Locks in the order a sale and a return take them: purchases, wallets by id, recommendations, offer.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.calendar import business_day
from core.tenancy import operation
from customers.operations import lock_purchases
from customers.queries.likeness import all_known, first_purchase_since
from customers.queries.merging import codes_of
from customers.queries.sales import purchase_by_id
from loyalty.enums import EntryKind, LotOrigin, ReferralRefusal, ReferralState
from loyalty.enums.engagement import EngagementKind
from loyalty.events import ReferralRewarded
from loyalty.models import Lot, Referral
from loyalty.operations.engagement import note_seen
from loyalty.operations.movements import Cause, grant, lock_wallet, settled_wallet
from loyalty.operations.referrals.budget import bringing, end, give_back
from loyalty.queries.lives import life_of
from loyalty.queries.programme import Terms, terms
from loyalty.queries.referral_checks import Brought, why_not
from loyalty.queries.referrals import left_of
from outbox.operations import publish

BATCH: Final = 100
_LOOK_AGAIN: Final = timedelta(hours=6)


@operation
def settle_due_referrals(*, now: datetime) -> int:
    """Look at the recommendations whose time has come; return how many moved on."""
    current = terms()
    due = Referral.objects.filter(next_at__lte=now).order_by("next_at")
    seen = list(due.values_list("id", "purchase_id", "referrer_id", "friend_id")[:BATCH])
    if not seen or current is None:
        return 0
    lock_purchases({purchase for _id, purchase, *_both in seen})
    for customer_id in sorted({one for _id, _purchase, *both in seen for one in both}):
        lock_wallet(customer_id, current, now)
    rows = _locked([row[0] for row in seen], now)
    # Two merged meanwhile, or a purchase found meanwhile, is left for the next round.
    known = set(seen)
    rows = [
        row for row in rows if (row.id, row.purchase_id, row.referrer_id, row.friend_id) in known
    ]
    moved = [row for row in rows if _step(row, current, now)]
    give_back(row for row in rows if row.state == ReferralState.REFUSED)
    for row in rows:
        row.save()
    return len(moved)


def _locked(ids: Sequence[UUID], now: datetime) -> list[Referral]:
    rows = Referral.objects.select_for_update(skip_locked=True).filter(id__in=ids)
    return list(rows.filter(next_at__lte=now).order_by("id"))


def _step(row: Referral, current: Terms, now: datetime) -> bool:
    """Move one recommendation on; return whether it did, or only waits longer."""
    if row.state == ReferralState.WAITING:
        return _look_for_purchase(row, now)
    why = _reason(row)
    if why is not None:
        return _refuse(row, why, now)
    if all_known([row.referrer_id, row.friend_id]):
        return _reward(row, current, now)
    return _wait(row, ReferralRefusal.STRANGER, now)


def _look_for_purchase(row: Referral, now: datetime) -> bool:
    found = first_purchase_since(row.friend_id, row.made_at)
    if found is None:
        return _wait(row, ReferralRefusal.NO_PURCHASE, now)
    if found.eligible_rial < row.least_rial:
        return _refuse(row, ReferralRefusal.TOO_SMALL, now)
    row.purchase_id, row.state = found.id, ReferralState.RUNNING
    row.next_at = found.occurred_at + timedelta(days=row.wait_days)
    return True


def _reason(row: Referral) -> ReferralRefusal | None:
    """Return why nobody is rewarded, as things stand once the purchase may not be returned."""
    bought = None if row.purchase_id is None else purchase_by_id(row.purchase_id)
    if bought is None or bought.customer_id != row.friend_id:
        return ReferralRefusal.NO_PURCHASE
    if left_of(bought.eligible_rial, bought.returned_rial, bought.total_rial) < row.least_rial:
        return ReferralRefusal.RETURNED
    return why_not(Brought(row.referrer_id, row.friend_id, bought.occurred_at, bought.id))


def _reward(row: Referral, current: Terms, now: datetime) -> bool:
    names = codes_of([row.referrer_id, row.friend_id])
    row.referrer_lot = _give(row, "referrer", names[row.friend_id], current, now)
    row.friend_lot = _give(row, "friend", names[row.referrer_id], current, now)
    row.state, row.next_at, row.settled_at = ReferralState.REWARDED, None, now
    event = ReferralRewarded(
        referral_id=row.id,
        referrer_id=row.referrer_id,
        friend_id=row.friend_id,
        referrer_points=row.referrer_points,
        friend_points=row.friend_points,
    )
    publish([event], now=now)
    kind = EngagementKind.REFERRAL
    note_seen(customer_id=row.referrer_id, kind=kind, reference=bringing(row), now=now)
    return True


def _give(row: Referral, side: str, other: str, current: Terms, now: datetime) -> Lot | None:
    points: int = getattr(row, f"{side}_points")
    if not points:
        return None
    customer_id: UUID = getattr(row, f"{side}_id")
    facts = {"referral": str(row.id), "side": side, "other": other}
    return grant(
        settled_wallet(customer_id, current, now),
        points,
        Cause(EntryKind.GIFT, data=facts),
        now,
        origin=LotOrigin.GIFT,
        life=life_of(current, business_day(now, current.zone)),
    )


def _wait(row: Referral, why: ReferralRefusal, now: datetime) -> bool:
    if now >= row.ends_at:
        return _refuse(row, why, now)
    row.next_at = min(now + _LOOK_AGAIN, row.ends_at)
    return False


def _refuse(row: Referral, why: ReferralRefusal, now: datetime) -> bool:
    end(row, ReferralState.REFUSED, why)
    row.settled_at = now
    return True
