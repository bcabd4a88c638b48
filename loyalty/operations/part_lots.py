"""Points of one purchase that wait for different days to return get lots of their own (R16)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from core.ids import new_id
from core.tenancy import part_of_operation
from customers.queries.baskets_sold import goods_sold
from loyalty.enums import EntryKind, LotOrigin, LotState
from loyalty.models import LedgerEntry, Lot, Wallet
from loyalty.operations.movements import settle
from loyalty.queries.programme import Terms, last_terms
from loyalty.queries.return_waits import Share, shares_of, waits_of


@part_of_operation
def part_purchases(*, purchase_ids: Sequence[UUID], now: datetime) -> None:
    """Part the lots of purchases just posted, where the programme waits for returns; once each."""
    current = last_terms()
    if current is None or not current.waits_for_returns:
        return
    owners = Lot.objects.filter(id__in=purchase_ids, state=LotState.PENDING)
    wallets = Wallet.objects.select_for_update().filter(id__in=owners.values("customer"))
    ids = [wallet.id for wallet in wallets.order_by("id")]
    pending = Lot.objects.select_for_update().filter(
        id__in=purchase_ids, customer__in=ids, state=LotState.PENDING
    )
    part_lots(list(pending.order_by("id")), current, now)
    settle(ids, now)


def part_lots(lots: Iterable[Lot], current: Terms, now: datetime) -> None:
    """Part pending lots of locked wallets by how long their lines can be returned.

    What was parted before stays so. A lot of which something was taken back already waits whole.
    """
    whole = {
        lot.id: lot
        for lot in lots
        if lot.purchase_id and lot.state == LotState.PENDING and not lot.reversed_points
    }
    if not whole or not current.waits_for_returns:
        return
    done = set(Lot.objects.filter(part_of__in=whole).values_list("part_of", flat=True))
    bought = {one: lot.earned_at for one, lot in whole.items() if one not in done}
    buyers = {one: whole[one].customer_id for one in bought}
    waits, goods = waits_of(bought, current.pending_days, buyers), goods_sold(bought)
    for one in bought:
        lot = whole[one]
        shares = shares_of(lot.earned_points, lot.base_rial, waits[one], goods.get(one, []))
        if shares:
            _part(lot, shares, now)


def _part(lot: Lot, shares: Sequence[Share], now: datetime) -> None:
    """Leave a lot what waits longest of it, and make a lot of each other share."""
    longest, *others = shares
    lot.activates_at = longest.wait.until
    for share in others:
        part = _made(lot, share, now)
        lot.remaining_points -= share.points
        _record(lot, lot, -share.points, now)
        _record(lot, part, share.points, now)
    lot.save(update_fields=["activates_at", "remaining_points"])


def _made(lot: Lot, share: Share, now: datetime) -> Lot:
    return Lot.objects.create(
        id=new_id(),
        customer_id=lot.customer_id,
        part_of_id=lot.id,
        part_lines=list(share.wait.lines),
        rule_id=lot.rule_id,
        origin=LotOrigin.PART,
        state=LotState.PENDING,
        base_rial=share.rial,
        earned_points=share.points,
        remaining_points=share.points,
        earned_at=lot.earned_at,
        activates_at=share.wait.until,
        expires_at=lot.expires_at,
        idle_months=lot.idle_months,
        idle_ends=lot.idle_ends,
        state_at=now,
    )


def _record(whole: Lot, lot: Lot, points: int, now: datetime) -> None:
    """Write one of a pair of entries: nothing is granted by it and nothing ends."""
    LedgerEntry.objects.create(
        kind=EntryKind.PART,
        customer_id=whole.customer_id,
        lot_id=lot.id,
        purchase_id=whole.purchase_id,
        pending_points=points,
        at=now,
    )
