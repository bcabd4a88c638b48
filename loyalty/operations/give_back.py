"""Spent or held points on their way back into the lots they came from."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F

from core.calendar import business_day, day_start
from loyalty.enums import EntryKind, LotOrigin
from loyalty.models import LedgerEntry, Lot, Redemption, Wallet
from loyalty.operations.movements import Cause, credit, grant
from loyalty.queries.programme import Terms


def give_back(
    wallet: Wallet, redemption: Redemption, points: int, current: Terms, now: datetime
) -> None:
    """Return points of a redemption to their lots, last-expiring first (rule R15).

    Where a lot's date has passed they come as a grace lot. Wallet and redemption are locked.
    """
    if points <= 0:
        return
    for lot, part in _parts(redemption, points):
        cause = Cause(EntryKind.RELEASE, redemption.purchase_id, redemption.id)
        if lot.expires_at is None or lot.expires_at > now:
            credit(wallet, lot, part, cause, now)
        else:
            until = day_start(
                business_day(now, current.zone) + timedelta(days=current.grace_days + 1),
                current.zone,
            )
            grant(wallet, part, cause, now, origin=LotOrigin.GRACE, expires_at=until)
    redemption.returned_points += points
    redemption.save(update_fields=["returned_points"])


def _parts(redemption: Redemption, points: int) -> Iterator[tuple[Lot, int]]:
    """Yield (lot, points) for the next points to return, after those returned before."""
    skip = redemption.returned_points
    for entry in _spent(redemption):
        here = -entry.points
        part = min(max(0, here - skip), points)
        skip = max(0, skip - here)
        points -= part
        if part and entry.lot_id:
            yield Lot.objects.select_for_update().get(id=entry.lot_id), part


def _spent(redemption: Redemption) -> list[LedgerEntry]:
    spent = LedgerEntry.objects.filter(
        kind=EntryKind.REDEEM, redemption=redemption.id, at__gte=redemption.reserved_at
    )
    return list(
        spent.order_by(F("lot__expires_at").desc(nulls_first=True), "-lot__earned_at", "-lot_id")
    )
