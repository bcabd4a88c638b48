"""The friend's first purchase comes back: both give back what they got, in the same transaction."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.tenancy import operation
from customers.queries.merging import codes_of
from customers.queries.sales import purchase_by_id
from loyalty.enums import ReferralRefusal, ReferralState
from loyalty.enums.engagement import EngagementKind
from loyalty.models import Lot, Referral, Wallet
from loyalty.operations.claw_back import take_lot_back
from loyalty.operations.engagement import take_noted_back
from loyalty.operations.referrals.budget import bringing, end, give_back
from loyalty.queries.programme import Terms, terms
from loyalty.queries.referrals import left_of
from loyalty.queries.returned import Returned


def lock_referred(purchase_ids: Collection[UUID]) -> bool:
    """Lock the wallets a return of these may touch, in order of id, before it touches any.

    Returns whether somebody was rewarded for them; else nothing is locked and nothing left to do,
    for nobody is rewarded for a sale while its return holds it.
    """
    rows = Referral.objects.filter(purchase__in=purchase_ids, state=ReferralState.REWARDED)
    both = [one for pair in rows.values_list("referrer_id", "friend_id") for one in pair]
    if both:
        lots = Lot.objects.filter(id__in=purchase_ids).exclude(customer=None)
        ids = {*both, *lots.values_list("customer_id", flat=True)}
        list(Wallet.objects.select_for_update().filter(id__in=ids).order_by("id"))
    return bool(both)


@operation
def take_referrals_back(*, returns: Sequence[Returned], now: datetime) -> int:
    """Take the points of recommendations back whose purchase is not enough any more; once."""
    current = terms()
    by_purchase = {back.purchase_id: back for back in returns}
    rows = Referral.objects.select_for_update().filter(
        purchase__in=by_purchase, state=ReferralState.REWARDED
    )
    found = [
        row
        for row in rows.order_by("id")
        if row.purchase_id and _too_little(row, by_purchase[row.purchase_id])
    ]
    if current is None or not found:
        return 0
    undo(found, ReferralRefusal.RETURNED, current, now)
    return len(found)


def undo(rows: Iterable[Referral], why: ReferralRefusal, current: Terms, now: datetime) -> None:
    """Take back what locked recommendations gave, or let them give nothing, and save them."""
    told = list(rows)
    for row in told:
        rewarded = row.state == ReferralState.REWARDED
        if rewarded:
            _take_both(row, current, now)
        end(row, ReferralState.TAKEN_BACK if rewarded else ReferralState.REFUSED, why)
        row.settled_at = now
    give_back(told)
    for row in told:
        row.save()


def _take_both(row: Referral, current: Terms, now: datetime) -> None:
    names = codes_of([row.referrer_id, row.friend_id])
    sides = [
        (row.referrer_lot_id, "referrer", names[row.friend_id]),
        (row.friend_lot_id, "friend", names[row.referrer_id]),
    ]
    for lot_id, side, other in sides:
        if lot_id is not None:
            facts: dict[str, Any] = {"referral": str(row.id), "side": side, "other": other}
            take_lot_back(lot_id=lot_id, facts=facts, current=current, now=now)
    take_noted_back(EngagementKind.REFERRAL, bringing(row), now)


def _too_little(row: Referral, back: Returned) -> bool:
    bought = None if row.purchase_id is None else purchase_by_id(row.purchase_id)
    if bought is None:
        return False
    left = left_of(bought.eligible_rial, back.returned_rial, back.total_rial)
    return left < row.least_rial
