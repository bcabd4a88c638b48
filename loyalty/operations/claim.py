"""Points that waited for their owner."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from core.tenancy import operation
from loyalty.enums import EntryKind, LotState
from loyalty.models import LedgerEntry, Lot, Wallet
from loyalty.operations.activity import keep_of_claimed
from loyalty.operations.movements import lock_wallet, settle
from loyalty.operations.part_lots import part_lots
from loyalty.operations.standing import promote
from loyalty.queries.programme import Terms, terms


@operation
def claim_lots(*, customer_id: UUID, purchase_ids: Sequence[UUID] = (), now: datetime) -> int:
    """Give a customer who became known the points waiting for them; return how many lots.

    These are the customer's own lots from before and those of the purchases named, as far as
    nobody owns them or the purchase is the customer's by now.
    """
    current = terms()
    whose = Q(customer=customer_id)
    if purchase_ids:
        free = Q(customer__isnull=True) | Q(purchase__customer=customer_id)
        whose |= Q(free, id__in=purchase_ids)
    waiting = Lot.objects.filter(whose, state=LotState.CONTINGENT)
    if current is None or not waiting.exists():
        return 0
    wallet = lock_wallet(customer_id, current, now)
    if wallet.left_at is not None:
        return 0
    lots = list(waiting.select_for_update(of=("self",)).order_by("id"))
    for lot in lots:
        _take_over(wallet, lot, current, now)
    wallet.save()
    keep_of_claimed(wallet, lots, current, now)
    if current.waits_for_returns:
        part_lots(Lot.objects.filter(id__in=[lot.id for lot in lots]), current, now)
        wallet.refresh_from_db()
    settle([wallet.id], now)
    promote(wallet, current, now)
    return len(lots)


def _take_over(wallet: Wallet, lot: Lot, current: Terms, now: datetime) -> None:
    """Make a waiting lot the customer's; what is due of it becomes spendable right after."""
    points = lot.remaining_points
    lot.customer_id = wallet.id
    lot.state = LotState.PENDING if points else LotState.CONSUMED
    lot.state_at = now
    lot.save(update_fields=["customer", "state", "state_at"])
    LedgerEntry.objects.create(
        kind=EntryKind.CLAIM,
        customer_id=wallet.id,
        lot_id=lot.id,
        purchase_id=lot.purchase_id,
        pending_points=points,
        contingent_points=-points,
        at=now,
    )
    wallet.pending_points += points
    if lot.earned_at >= current.window.counts_from(now):
        wallet.qualifying_rial += max(0, lot.base_rial - lot.returned_rial)
