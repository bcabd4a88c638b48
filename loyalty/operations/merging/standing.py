"""Tier progress and tiers of profiles that are joined or taken apart."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from customers.queries.sales import totals_of
from loyalty.enums import LotOrigin, LotState
from loyalty.events import TierChanged
from loyalty.models import CustomerTier, Lot, Wallet
from loyalty.queries.programme import Terms
from loyalty.queries.returned import cumulative
from loyalty.queries.standing import held_tier, tier_for
from loyalty.queries.windows import began_of
from outbox.operations import publish

_KEPT = ("since", "granted_until")


def progress(lots: Sequence[UUID], wallet: Wallet, current: Terms, now: datetime) -> int:
    """Return what purchases behind lots count in a wallet's tier window, net of returns."""
    began = began_of(wallet, current.window, now)
    rows = Lot.objects.filter(id__in=lots, origin=LotOrigin.PURCHASE, earned_at__gte=began)
    counted = list(rows.exclude(state=LotState.CONTINGENT))
    totals = totals_of([lot.id for lot in counted if lot.returned_rial])
    return sum(
        lot.base_rial - cumulative(lot.base_rial, lot.returned_rial, totals[lot.id])
        if lot.returned_rial
        else lot.base_rial
        for lot in counted
    )


def tier_facts(customer_id: UUID) -> dict[str, Any] | None:
    """Return the tier a customer holds as it can be kept and given back."""
    held = held_tier(customer_id)
    if held is None:
        return None
    moments = {name: getattr(held, name) for name in _KEPT}
    told = {name: None if at is None else at.isoformat() for name, at in moments.items()}
    return {"tier": str(held.tier_id), "reason": held.reason, **told}


def higher_tier(survivor_id: UUID, merged_id: UUID, now: datetime) -> None:
    """Give the survivor the other profile's tier where that is the higher one."""
    held, other = held_tier(survivor_id), held_tier(merged_id)
    if other is not None and (held is None or other.tier.position > held.tier.position):
        _hold(survivor_id, other.tier_id, tier_facts(merged_id) or {})
        _announce(survivor_id, other, now, is_upgrade=True)


def earlier_tier(wallet: Wallet, other_id: UUID, was: dict[str, Any] | None, now: datetime) -> None:
    """Take a tier away that came from the other profile, unless the customer earned it since."""
    held, other = held_tier(wallet.id), CustomerTier.objects.filter(id=other_id).first()
    if held is None or other is None or (held.tier_id, held.since) != (other.tier_id, other.since):
        return
    earned = tier_for(wallet.qualifying_rial)
    if earned is not None and earned.position >= held.tier.position:
        return
    if was is None:
        held.delete()
    else:
        _hold(wallet.id, UUID(was["tier"]), was)
    left = held_tier(wallet.id)
    if left is not None:
        _announce(wallet.id, left, now, is_upgrade=False)


def _hold(customer_id: UUID, tier_id: UUID, facts: dict[str, Any]) -> None:
    moments = {
        name: None if facts[name] is None else datetime.fromisoformat(facts[name]) for name in _KEPT
    }
    CustomerTier.objects.update_or_create(
        id=customer_id,
        defaults={
            "customer_id": customer_id,
            "tier_id": tier_id,
            "reason": facts["reason"],
            "before": [],
            **moments,
        },
    )


def _announce(customer_id: UUID, held: CustomerTier, now: datetime, *, is_upgrade: bool) -> None:
    event = TierChanged(
        customer_id=customer_id,
        tier_id=held.tier_id,
        tier_name=held.tier.name,
        is_upgrade=is_upgrade,
    )
    publish([event], now=now)
