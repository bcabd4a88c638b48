"""Taking the points of two profiles apart again (rule R62).

The lots that came go back with what is left of them. What happened since is told by its cause:
points the survivor spent are the survivor's, wherever they were taken from; returns, expiry and
holds of the merged profile's own purchases and lots are its own. Where that differs from what is
left in the lots, one owes the other, to the point, and pays at once: from lots, then below zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.tenancy import operation
from customers.enums import MergeState
from customers.operations import held_merge, send_back
from customers.queries.merging import Pair, codes_of
from loyalty.enums import EntryKind, LotOrigin, LotState
from loyalty.models import (
    Correction,
    CouponUse,
    GiftCard,
    Goodwill,
    Happening,
    Lot,
    PaidMembership,
    Redemption,
    RulePresent,
    StampReward,
    StoreCredit,
    Wallet,
    WalletMerge,
)
from loyalty.operations.benefits.merging import part_benefits
from loyalty.operations.engagement.merging import part_engagements
from loyalty.operations.give_back import grace_end
from loyalty.operations.merging.move import Exchange, allow, move_lots
from loyalty.operations.merging.standing import earlier_tier, progress
from loyalty.operations.merging.told import lots_of, redemptions_of, told_points, used_of
from loyalty.operations.milestones.merging import part_milestones
from loyalty.operations.movements import (
    consume,
    credit,
    end_left,
    grant,
    lock_wallet,
    move_balance,
    record,
    settle,
)
from loyalty.operations.occasions.merging import part_occasions
from loyalty.operations.referrals.merging import part_referrals
from loyalty.operations.shared_days.merging import part_shared_days
from loyalty.queries.lives import Life, life_in
from loyalty.queries.programme import Terms, terms


@dataclass(frozen=True, slots=True)
class _Parting:
    """Both locked wallets, the lots that go back, and why points move between them."""

    exchange: Exchange
    survivor: Wallet
    merged: Wallet
    lots: list[UUID]
    current: Terms


@operation
def part_wallets(*, merge_id: UUID, now: datetime) -> None:
    """Give the merged profile its points back and settle what happened since; once."""
    merge, current = held_merge(merge_id, MergeState.UNDONE), terms()
    facts = WalletMerge.objects.filter(id=merge_id, parted_at=None).first()
    if merge is None or current is None or facts is None:
        return
    lots = lots_of(merge)
    part_referrals(merge, current, now)
    if not Wallet.objects.filter(id=merge.survivor_id).exists():
        Lot.objects.filter(id__in=lots).update(customer_id=merge.merged_id)
        return
    survivor, merged = _wallets(merge, current, now)
    # What was done while they were one has kept the points of both.
    merged.active_on = max(filter(None, (merged.active_on, survivor.active_on)), default=None)
    merged.save(update_fields=["active_on"])
    parting = _Parting(_exchange(merge, now), survivor, merged, lots, current)
    due = facts.brought_points + told_points(merge, lots) - facts.told_points
    _follow(merge)
    left = move_lots(parting.exchange, survivor, merged, lots)
    _settle(parting, due - left)
    _stand_alone(parting, facts)
    for wallet in (survivor, merged):
        if wallet.left_at is not None:
            end_left(wallet, now)
    facts.parted_at, facts.settled_points = now, due - left
    facts.save(update_fields=["parted_at", "settled_points"])


def _exchange(merge: Pair, now: datetime) -> Exchange:
    codes = codes_of([merge.survivor_id, merge.merged_id])
    return Exchange(EntryKind.UNMERGE, merge.id, codes, now)


def _wallets(merge: Pair, current: Terms, now: datetime) -> tuple[Wallet, Wallet]:
    """Lock both wallets in order of id and let the second stand alone again."""
    both = sorted((merge.survivor_id, merge.merged_id))
    list(Wallet.objects.select_for_update().filter(id__in=both).order_by("id"))
    Wallet.objects.filter(id=merge.merged_id).update(joined_to=None)
    settle([merge.survivor_id], now)
    survivor = lock_wallet(merge.survivor_id, current, now)
    return survivor, lock_wallet(merge.merged_id, current, now)


def _follow(merge: Pair) -> None:
    whose = Redemption.objects.filter(id__in=redemptions_of(merge), customer=merge.survivor_id)
    whose.update(customer_id=merge.merged_id)
    send_back(merge=merge, model=Correction)
    send_back(merge=merge, model=Goodwill)
    part_occasions(merge)
    part_shared_days(merge)
    part_milestones(merge)
    part_benefits(merge)
    part_engagements(merge)
    send_back(merge=merge, model=CouponUse)
    send_back(merge=merge, model=StoreCredit)
    send_back(merge=merge, model=StampReward)
    send_back(merge=merge, model=RulePresent)
    send_back(merge=merge, model=GiftCard)

    send_back(merge=merge, model=Happening)
    send_back(merge=merge, model=PaidMembership)


def _settle(parting: _Parting, due: int) -> None:
    """Let the survivor pay what it used of the other's points, or the other way round."""
    survivor, merged = parting.survivor, parting.merged
    if due > 0:
        _pay(parting, survivor, merged, due)
        _receive(parting, merged, survivor, due, parting.lots)
    elif due < 0:
        own = Lot.objects.filter(customer=survivor.id).values_list("id", flat=True)
        _pay(parting, merged, survivor, -due)
        _receive(parting, survivor, merged, -due, list(own))


def _pay(parting: _Parting, giver: Wallet, taker: Wallet, points: int) -> None:
    exchange = parting.exchange
    cause = exchange.cause(taker.id, "out", settled="used")
    taken = consume(giver.id, points, cause, exchange.now)
    giver.refresh_from_db()
    owed = points - taken
    if owed:
        allow(giver, owed - giver.balance_points)
        record(cause, exchange.now, giver.id, None, -owed)
        move_balance(giver, -owed)


def _receive(
    parting: _Parting, taker: Wallet, giver: Wallet, points: int, lots: Sequence[UUID]
) -> None:
    """Put points back into the lots they were taken from, last-expiring first; the rest is new."""
    exchange = parting.exchange
    cause = exchange.cause(giver.id, "in", settled="used")
    for lot, room in _drained(parting, taker, lots):
        part = min(room, points)
        if part:
            credit(taker, lot, part, cause, exchange.now)
        points -= part
    if points:
        life = Life(grace_end(parting.current, exchange.now))
        grant(taker, points, cause, exchange.now, origin=LotOrigin.APART, life=life)


def _drained(parting: _Parting, taker: Wallet, lots: Sequence[UUID]) -> list[tuple[Lot, int]]:
    used = used_of(parting.survivor.id, lots)
    found = Lot.objects.select_for_update().filter(
        id__in=used, state__in=[LotState.ACTIVE, LotState.CONSUMED]
    )
    rows = list(found)
    for lot in rows:
        lot.expires_at = life_in(lot, taker, parting.current.zone).until
    live = [one for one in rows if one.expires_at is None or one.expires_at > parting.exchange.now]
    live.sort(key=lambda lot: (lot.expires_at is None, lot.expires_at, lot.id), reverse=True)
    return [(lot, min(used[lot.id], lot.earned_points - lot.remaining_points)) for lot in live]


def _stand_alone(parting: _Parting, facts: WalletMerge) -> None:
    """Give each its own tier progress and tier."""
    survivor, merged, current = parting.survivor, parting.merged, parting.current
    survivor.qualifying_rial -= progress(parting.lots, survivor, current, parting.exchange.now)
    survivor.qualifying_rial = max(0, survivor.qualifying_rial)
    merged.qualifying_rial = progress(parting.lots, merged, current, parting.exchange.now)
    for wallet in (survivor, merged):
        wallet.save(update_fields=["qualifying_rial"])
    earlier_tier(survivor, merged.id, facts.tiers["survivor"], parting.exchange.now)
