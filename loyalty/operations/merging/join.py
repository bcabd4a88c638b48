"""Joining the points of two profiles: lots and what is owed move, balances follow (rule R62)."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from core.tenancy import operation
from customers.enums import CustomerStatus, MergeState
from customers.operations import held_merge, take_along
from customers.operations.people.together import remember
from customers.queries import customer_view
from customers.queries.merging import Pair, codes_of
from loyalty.enums import LIVE_MEMBERSHIP, EntryKind
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
from loyalty.operations.activity import keep_active
from loyalty.operations.benefits.merging import join_benefits
from loyalty.operations.claim import claim_lots
from loyalty.operations.engagement.merging import join_engagements
from loyalty.operations.leaving.rejoin import let_back_in
from loyalty.operations.merging.move import Exchange, move_debt, move_lots, repay
from loyalty.operations.merging.standing import higher_tier, progress, tier_facts
from loyalty.operations.merging.told import told_points
from loyalty.operations.milestones.merging import join_milestones
from loyalty.operations.movements import lock_wallet, settle
from loyalty.operations.occasions.merging import join_occasions
from loyalty.operations.referrals.merging import join_referrals
from loyalty.operations.shared_days.merging import join_shared_days
from loyalty.operations.standing import promote
from loyalty.queries.programme import Terms, terms


@operation
def join_wallets(*, merge_id: UUID, now: datetime) -> None:
    """Move everything the merged profile has in points to the survivor; again it changes nothing.

    Lots move with what is left of them, then debt; debt is settled from lots at once. Holds,
    corrections and paid memberships follow. Tier progress is what the moved purchases count in
    the survivor's own window, and the higher tier stays.
    """
    merge, current = held_merge(merge_id, MergeState.STANDING), terms()
    if merge is None or current is None or WalletMerge.objects.filter(id=merge_id).exists():
        return
    join_referrals(merge, current, now)
    survivor, merged = _wallets(merge, current, now)
    lots = list(Lot.objects.filter(customer=merge.merged_id).values_list("id", flat=True))
    remember(merge=merge, model=Lot, ids=lots)
    _follow(merge)
    facts = WalletMerge(
        id=merge.id,
        merge_id=merge.id,
        brought_points=merged.balance_points if merged else 0,
        told_points=told_points(merge, lots),
        tiers={
            "survivor": tier_facts(merge.survivor_id),
            "merged": tier_facts(merge.merged_id),
        },
        joined_at=now,
    )
    facts.save(force_insert=True)
    if survivor is None or merged is None:
        Lot.objects.filter(id__in=lots).update(customer_id=merge.survivor_id)
    else:
        _join(merge, survivor, merged, lots, current, now)
    person = customer_view(merge.survivor_id)
    if person is not None and person.status == CustomerStatus.ACTIVE:
        claim_lots(customer_id=merge.survivor_id, now=now)


def _wallets(merge: Pair, current: Terms, now: datetime) -> tuple[Wallet | None, Wallet | None]:
    """Lock both wallets in order of id, brought up to now; none when nothing is in the second."""
    both = sorted((merge.survivor_id, merge.merged_id))
    there = Wallet.objects.select_for_update().filter(id__in=both).order_by("id")
    ids = [wallet.id for wallet in there]
    if merge.merged_id not in ids:
        return None, None
    settle(ids, now)
    merged = Wallet.objects.get(id=merge.merged_id)
    survivor = lock_wallet(merge.survivor_id, current, now)
    if merge.survivor_id not in ids:
        survivor.window_ends_at = merged.window_ends_at
        survivor.save(update_fields=["window_ends_at"])
    return survivor, merged


def _join(  # noqa: PLR0917 - two wallets and what moves between them
    merge: Pair,
    survivor: Wallet,
    merged: Wallet,
    lots: list[UUID],
    current: Terms,
    now: datetime,
) -> None:
    codes = codes_of([survivor.id, merged.id])
    exchange = Exchange(EntryKind.MERGE, merge.id, codes, now)
    if survivor.left_at is not None and merged.left_at is None:
        # One person, and one of the two never left: they are in.
        let_back_in(survivor, now)
    owed = max(0, -survivor.balance_points) + max(0, -merged.balance_points)
    move_lots(exchange, merged, survivor, lots)
    move_debt(exchange, merged, survivor)
    repay(survivor, owed, now)
    survivor.qualifying_rial += progress(lots, survivor, current, now)
    survivor.save(update_fields=["qualifying_rial"])
    keep_active({survivor.id: merged.active_on}, current, now)
    keep_active({survivor.id: survivor.active_on}, current, now)
    merged.qualifying_rial, merged.joined_to = 0, survivor.id
    merged.save(update_fields=["qualifying_rial", "joined_to"])
    higher_tier(survivor.id, merged.id, now)
    promote(survivor, current, now)


def _follow(merge: Pair) -> None:
    """Move holds, corrections and memberships; of two memberships in force each stays."""
    take_along(merge=merge, model=Redemption)
    take_along(merge=merge, model=Correction)
    take_along(merge=merge, model=Goodwill)
    join_occasions(merge)
    join_shared_days(merge)
    join_milestones(merge)
    join_benefits(merge)
    join_engagements(merge)
    take_along(merge=merge, model=CouponUse)
    take_along(merge=merge, model=StoreCredit)
    take_along(merge=merge, model=StampReward)
    take_along(merge=merge, model=RulePresent)
    take_along(merge=merge, model=GiftCard)

    take_along(merge=merge, model=Happening)
    live = PaidMembership.objects.filter(customer_id=merge.survivor_id, state__in=LIVE_MEMBERSHIP)
    but = Q(state__in=LIVE_MEMBERSHIP) if live.exists() else None
    take_along(merge=merge, model=PaidMembership, but=but)
