"""Tiers reached a short while ago, and what is left of them once what reached them returns (R30).

A return leaves a tier alone until its window ends. Where the programme says so, one reached less
than some days ago is taken back if what counts is no longer enough and nothing was had of it yet:
so nobody buys and returns their way up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F

from loyalty.enums import EntryKind
from loyalty.models import BenefitGiven, CustomerTier, LedgerEntry, Lot, Tier, Wallet
from loyalty.queries.programme import Terms
from loyalty.queries.returned import Returned, cumulative
from loyalty.queries.standing import held_tier, tier_for
from loyalty.queries.windows import began_of

Rises = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Fall:
    """The tier that is left, since when it is held, and the rises before it."""

    tier: Tier
    since: datetime
    before: Rises


def risen_from(held: CustomerTier | None, current: Terms, now: datetime) -> Rises:
    """Return what to keep of a tier that a higher one takes the place of.

    Nothing where rises are never taken back, nor over a tier given by hand, which has an end.
    """
    if not current.tier_revoke_days:
        return []
    if held is None:
        return [{"tier": None}]
    if held.granted_until is not None and held.granted_until > now:
        return []
    return [*held.before, {"tier": str(held.tier_id), "since": held.since.isoformat()}]


def fall_after(
    wallet: Wallet, counts_rial: int, back: Returned, current: Terms, now: datetime
) -> Fall | None:
    """Return what is left of a customer's tier once so much counts, None where it stays."""
    held = held_tier(wallet.id) if current.tier_revoke_days else None
    if held is None:
        return None
    earned = tier_for(counts_rial)
    fresh_from = max(
        began_of(wallet, current.window, now), now - timedelta(days=current.tier_revoke_days)
    )
    stands, fell = Fall(held.tier, held.since, held.before), None
    while earned is not None and _may_fall(stands, earned, fresh_from, wallet.id, back):
        stands = fell = _one_down(stands, earned)
    return fell


def _may_fall(
    stands: Fall, earned: Tier, fresh_from: datetime, customer_id: UUID, back: Returned
) -> bool:
    is_fresh = bool(stands.before) and stands.since >= fresh_from
    lacks = earned.position < stands.tier.position
    return is_fresh and lacks and not _is_used(customer_id, stands.since, back)


def _is_used(customer_id: UUID, since: datetime, back: Returned) -> bool:
    """Tell whether something was bought at a tier that still stands, or a service of it given."""
    earned = LedgerEntry.objects.filter(
        kind=EntryKind.EARN,
        customer=customer_id,
        at__gt=since,
        lot__earned_points__gt=F("lot__reversed_points"),
    )
    if back.returned_rial >= back.total_rial:
        earned = earned.exclude(lot=back.purchase_id)
    services = BenefitGiven.objects.filter(
        customer=customer_id, at__gt=since, taken_back_at=None, benefit__tier__isnull=False
    )
    return earned.exists() or services.exists()


def _one_down(stands: Fall, earned: Tier) -> Fall:
    """Return what was held before the last rise, or what is earned where that is higher."""
    was = stands.before[-1]
    kept = Tier.objects.filter(id=was["tier"]).first() if was["tier"] else None
    if kept is None or earned.position > kept.position:
        lowest = kept is None and not Tier.objects.filter(position__lt=earned.position).exists()
        return replace(stands, tier=earned, before=[] if lowest else stands.before)
    return Fall(kept, datetime.fromisoformat(was["since"]), stands.before[:-1])


def counts_after(wallet: Wallet, lot: Lot, back: Returned, current: Terms, now: datetime) -> int:
    """Return what counts towards a tier once so much of a purchase is back (R28, R30)."""
    if lot.earned_at < began_of(wallet, current.window, now):
        return wallet.qualifying_rial
    before = cumulative(lot.base_rial, lot.returned_rial, back.total_rial)
    after = cumulative(lot.base_rial, back.returned_rial, back.total_rial)
    return max(0, wallet.qualifying_rial - (after - before))
