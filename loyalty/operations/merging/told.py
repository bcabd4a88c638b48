"""What happened to a merged profile's points while they were in the survivor's wallet."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from customers.queries.merging import PURCHASES, Pair, moved_rows
from loyalty.enums import LotOrigin
from loyalty.models import LedgerEntry, Lot, Redemption, Referral

# Whose an entry is follows from its cause: a lot's own life is the lot's owner's; a return is the
# buyer's, whatever lots it took from; points spent are whose hold it was. All other spending is the
# survivor's. Points that only settled a debt moved nothing between the two.
_TOLD: Final = """
SELECT COALESCE(SUM(points), 0) FROM loyalty_ledgerentry
WHERE business_id = %(business)s AND customer_id = %(survivor)s AND (
    (kind IN ('earn', 'claim', 'activate', 'expire', 'gift', 'goodwill', 'left', 'rejoin')
        AND lot_id = ANY(%(lots)s::uuid[]))
    OR (kind = 'clawback' AND (purchase_id = ANY(%(purchases)s::uuid[])
        OR (data ->> 'lot')::uuid = ANY(%(lots)s::uuid[])))
    OR (kind IN ('redeem', 'release') AND redemption_id = ANY(%(redemptions)s::uuid[])))
"""
# What others than their owner took of lots while they lay in one wallet.
_USED: Final = """
SELECT lot_id, -SUM(points) FROM loyalty_ledgerentry
WHERE business_id = %(business)s AND customer_id = %(wallet)s AND lot_id = ANY(%(lots)s::uuid[])
    AND kind IN ('redeem', 'release', 'clawback', 'adjust', 'repay')
GROUP BY lot_id HAVING SUM(points) < 0
"""


def lots_of(merge: Pair) -> list[UUID]:
    """Return the merged profile's lots: those that moved, and those that came of its own since.

    Its purchases may have earned late, its holds may have given back what had expired, and its
    recommendations may have been rewarded.
    """
    mine = Lot.objects.filter(customer=merge.survivor_id)
    moved = mine.filter(id__in=moved_rows(merge.id, Lot._meta.label_lower))
    late = mine.filter(purchase__in=moved_rows(merge.id, PURCHASES))
    given_back = LedgerEntry.objects.filter(
        customer=merge.survivor_id, kind="release", redemption__in=redemptions_of(merge)
    )
    fresh = mine.filter(
        id__in=given_back.values("lot"), origin__in=[LotOrigin.GRACE, LotOrigin.APART]
    )
    gifts = mine.filter(id__in=_gifts_of(merge))
    ids = {*moved.values_list("id", flat=True), *late.values_list("id", flat=True)}
    ids |= set(gifts.values_list("id", flat=True))
    ids |= set(mine.filter(part_of__in=ids).values_list("id", flat=True))
    return sorted(ids | set(fresh.values_list("id", flat=True)))


def _gifts_of(merge: Pair) -> set[UUID]:
    """Return the lots of recommendations that came along, whoever of the two sides they are."""
    came = Referral.objects.filter(id__in=moved_rows(merge.id, Referral._meta.label_lower))
    sides = ("referrer_lot", "friend_lot")
    found = (came.exclude(**{side: None}).values_list(side, flat=True) for side in sides)
    return {lot_id for rows in found for lot_id in rows}


def redemptions_of(merge: Pair) -> list[UUID]:
    """Return the merged profile's holds, and those that paid for its own purchases since."""
    moved = moved_rows(merge.id, Redemption._meta.label_lower)
    paid = Redemption.objects.filter(
        customer=merge.survivor_id, purchase__in=moved_rows(merge.id, PURCHASES)
    )
    return sorted({*moved, *paid.values_list("id", flat=True)})


def told_points(merge: Pair, lots: Sequence[UUID]) -> int:
    """Return what the survivor's entries say of the merged profile's spendable points."""
    values = {
        "business": active_business_id(),
        "survivor": merge.survivor_id,
        "lots": list(lots),
        "purchases": moved_rows(merge.id, PURCHASES),
        "redemptions": redemptions_of(merge),
    }
    return int(_rows(_TOLD, values)[0][0])


def used_of(wallet_id: UUID, lots: Sequence[UUID]) -> dict[UUID, int]:
    """Return {lot: points} that were taken of these lots in a wallet and not given back."""
    values = {"business": active_business_id(), "wallet": wallet_id, "lots": list(lots)}
    return {lot: int(points) for lot, points in _rows(_USED, values)}


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
