"""Customers moving between tiers: up at once, down only when their window ends (rule R29)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem
from core.tenancy import operation
from core.text import normalise
from loyalty.events import TierChanged
from loyalty.models import CustomerTier, Tier, Wallet
from loyalty.queries.programme import Terms, terms
from loyalty.queries.standing import held_tier, tier_for
from outbox.operations import publish

BATCH: Final = 500


def promote(wallet: Wallet, now: datetime) -> None:
    """Raise the customer of a locked wallet to the tier their window amount reached, if higher."""
    reached, held = tier_for(wallet.qualifying_rial), held_tier(wallet.id)
    if reached and reached.position > (held.tier.position if held else _lowest()):
        _stand(wallet.id, reached, now, is_upgrade=True)


@operation
def grant_tier(
    *,
    customer_id: UUID,
    tier_id: UUID,
    until: datetime,
    reason: str,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Put a customer into a tier by hand until a day; evaluation leaves it alone (rule R32).

    Raises NotFound for another business's tier, Problem `reason_missing` or `invalid_date`.
    """
    tier = Tier.objects.filter(id=tier_id).first()
    if tier is None:
        raise NotFound(_("There is no such tier."))
    why = normalise(reason)
    if not why:
        raise Problem("reason_missing", _("Say why the tier is granted."))
    if until <= now:
        raise Problem("invalid_date", _("Give a day in the future."))
    held = held_tier(customer_id)
    up = tier.position > (held.tier.position if held else _lowest())
    _stand(customer_id, tier, now, is_upgrade=up, granted_until=until, reason=why)
    data = {"tier": tier.name, "reason": why}
    record_audit(action="tier.granted", subject=str(customer_id), data=data, actor=actor, now=now)


@operation
def close_windows(*, now: datetime) -> int:
    """Judge customers whose tier window ended and begin their next one; return how many."""
    current = terms()
    if current is None:
        return 0
    ended = Wallet.objects.select_for_update(skip_locked=True).filter(
        window_ends_at__lte=now, joined_to=None, left_at=None
    )
    wallets = list(ended.order_by("id")[:BATCH])
    for wallet in wallets:
        _close_window(wallet, current, now)
    return len(wallets)


def _close_window(wallet: Wallet, current: Terms, now: datetime) -> None:
    held = held_tier(wallet.id)
    by_hand = held is not None and held.granted_until is not None and held.granted_until > now
    earned = tier_for(wallet.qualifying_rial)
    if held and earned and not by_hand and earned.id != held.tier_id:
        _stand(wallet.id, earned, now, is_upgrade=earned.position > held.tier.position)
    wallet.qualifying_rial = 0
    wallet.window_ends_at = current.window_end(now)
    wallet.save(update_fields=["qualifying_rial", "window_ends_at"])


def _lowest() -> int:
    base = Tier.objects.filter(threshold_rial=0).first()
    return -1 if base is None else base.position


def _stand(
    customer_id: UUID,
    tier: Tier,
    now: datetime,
    *,
    is_upgrade: bool,
    granted_until: datetime | None = None,
    reason: str = "",
) -> None:
    CustomerTier.objects.update_or_create(
        id=customer_id,
        defaults={
            "customer_id": customer_id,
            "tier": tier,
            "since": now,
            "granted_until": granted_until,
            "reason": reason,
        },
    )
    event = TierChanged(
        customer_id=customer_id, tier_id=tier.id, tier_name=tier.name, is_upgrade=is_upgrade
    )
    publish([event], now=now)
