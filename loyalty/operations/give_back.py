"""Spent or held points on their way back into the lots they came from."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F

from core.calendar import business_day, day_start
from loyalty.enums import EntryKind, LotOrigin
from loyalty.models import LedgerEntry, Lot, Redemption, Wallet
from loyalty.operations.movements import Cause, credit, grant
from loyalty.queries.lives import Life, life_in
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
        put_into(wallet, lot, part, cause, current, now)
    redemption.returned_points += points
    redemption.save(update_fields=["returned_points"])


def put_into(  # noqa: PLR0917 - a movement and its circumstances
    wallet: Wallet, lot: Lot, points: int, cause: Cause, current: Terms, now: datetime
) -> None:
    """Put points back into a lot of theirs; into a lot of grace when its date has passed.

    A lot that went to another profile since gives them a lot of their own, with its date; so does
    one that a merge undone has filled again at the spender's expense.
    """
    has_room = points <= lot.earned_points - lot.remaining_points
    life = life_in(lot, wallet, current.zone)
    if life.until is not None and life.until <= now:
        grace = Life(grace_end(current, now))
        grant(wallet, points, cause, now, origin=LotOrigin.GRACE, life=grace)
    elif lot.customer_id == wallet.id and has_room:
        lot.expires_at = life.until
        credit(wallet, lot, points, cause, now)
    else:
        grant(wallet, points, cause, now, origin=LotOrigin.APART, life=life)


def grace_end(current: Terms, now: datetime) -> datetime:
    """Return when points are gone that come back after their date."""
    last = business_day(now, current.zone) + timedelta(days=current.grace_days)
    return day_start(last + timedelta(days=1), current.zone)


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
