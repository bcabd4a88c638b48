"""How long points live: to a date, or as long as their owner is active (rules R12, R14)."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from loyalty.enums import ExpiryEnds
from loyalty.models import Lot, Wallet
from loyalty.queries.dates import end_of_points
from loyalty.queries.programme import Terms


@dataclass(frozen=True, slots=True)
class Life:
    """When points are gone; with `idle_months`, that long after their owner's last activity."""

    until: datetime | None
    idle_months: int | None = None
    idle_ends: str = ""


def life_of(current: Terms, granted_on: date) -> Life:
    """Return how long points granted on a day live under the terms."""
    until = current.expiry(granted_on)
    if not by_activity(current):
        return Life(until)
    return Life(until, current.expiry_months, current.expiry_ends)


def by_activity(current: Terms) -> bool:
    """Tell whether points granted now live by activity."""
    return current.expiry_months is not None and ExpiryEnds(current.expiry_ends).by_activity


def life_in(lot: Lot, wallet: Wallet, zone: ZoneInfo) -> Life:
    """Return how long points live that come back into a lot: as long as had they never left it."""
    until = lot.expires_at
    if until is not None and wallet.active_on is not None and lot.idle_months is not None:
        moved = end_of_points(wallet.active_on, lot.idle_months, zone, lot.idle_ends)
        until = max(until, moved or until)
    return Life(until, lot.idle_months, lot.idle_ends)
