"""Coming back: within thirty days with the points of then, later from the beginning (C047)."""

from datetime import datetime
from uuid import UUID

from businesses.operations import Actor, record_audit
from core.tenancy import operation
from customers.queries.merging import profiles_of
from loyalty.enums import EntryKind, LotState
from loyalty.events import ClubRejoined
from loyalty.models import ClubExit, CustomerTier, LedgerEntry, Lot, Wallet
from loyalty.operations.activity import keep_active
from loyalty.operations.claim import claim_lots
from loyalty.operations.movements import Cause, credit, demanded_terms, settle, settled_wallet
from loyalty.queries.ended import ended_unused_of
from loyalty.queries.leaving import BACK_WITHIN, restorable
from loyalty.queries.programme import Terms
from outbox.operations import publish


@operation
def rejoin_club(*, customer_id: UUID, actor: Actor | None = None, now: datetime) -> int:
    """Let a customer back in; return how many points came back. Whoever is in stays in.

    Within thirty days each lot comes back with what ended of it, unless its own date has passed or
    its goods came back meanwhile; tier and window are as they were. Later all begins anew.
    """
    current = demanded_terms()
    wallet = settled_wallet(customer_id, current, now)
    if wallet.left_at is None:
        return 0
    row = ClubExit.objects.select_for_update().get(customer=wallet.id, back_at=None)
    in_time = now < row.left_at + BACK_WITHIN
    let_back_in(wallet, now)
    points = _restore(wallet, row, now) if in_time else _begin_anew(wallet, current, now)
    ClubExit.objects.filter(id=row.id).update(restored_points=points)
    keep_active({wallet.id: wallet.active_on}, current, now)
    claim_lots(customer_id=wallet.id, now=now)
    settle([wallet.id], now)
    publish([ClubRejoined(customer_id=wallet.id, points=points)], now=now)
    record_audit(
        action="club.rejoined",
        subject=str(wallet.id),
        data={"points": points},
        actor=actor,
        now=now,
    )
    return points


def let_back_in(wallet: Wallet, now: datetime) -> None:
    """End the leaving of a locked wallet's owner; nothing comes back by this."""
    ClubExit.objects.filter(customer=wallet.id, back_at=None).update(back_at=now)
    wallet.left_at = None
    wallet.save(update_fields=["left_at"])


def _restore(wallet: Wallet, row: ClubExit, now: datetime) -> int:
    lots = restorable(row, now)
    ended = ended_unused_of([lot.id for lot in lots], profiles_of(wallet.id))
    cause = Cause(EntryKind.REJOIN, data={"exit": str(row.id)})
    points = 0
    for lot in lots:
        part = min(ended.get(lot.id, 0), lot.earned_points - lot.remaining_points)
        if part > 0:
            _put_back(wallet, lot, part, cause, now)
            points += part
    return points


def _put_back(wallet: Wallet, lot: Lot, points: int, cause: Cause, now: datetime) -> None:
    if lot.activates_at <= now:
        credit(wallet, lot, points, cause, now)
        return
    lot.remaining_points += points
    lot.state, lot.state_at = LotState.PENDING, now
    lot.save(update_fields=["remaining_points", "state", "state_at"])
    LedgerEntry.objects.create(
        kind=cause.kind,
        customer_id=wallet.id,
        lot_id=lot.id,
        pending_points=points,
        at=now,
        data=cause.data or {},
    )
    wallet.pending_points += points
    wallet.save(update_fields=["pending_points"])


def _begin_anew(wallet: Wallet, current: Terms, now: datetime) -> int:
    CustomerTier.objects.filter(id=wallet.id).delete()
    wallet.qualifying_rial, wallet.window_ends_at = 0, current.window_end(now)
    wallet.grace_until, wallet.grace_rial = None, 0
    wallet.save(update_fields=["qualifying_rial", "window_ends_at", "grace_until", "grace_rial"])
    return 0
