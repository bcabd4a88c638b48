"""In which span purchases count towards a tier, and what counts in it (rules R29, R31, R33)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from core.calendar import Jalali, add_months, business_day, day_start, jalali
from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from loyalty.enums import TierWindow
from loyalty.models import Wallet

_YEAR: Final = 12

# What purchases count from a moment on, net of returns, as a return takes it off (R30).
_COUNTED: Final = Prepared(
    """
SELECT l.customer_id, l.earned_at, l.base_rial - CASE WHEN l.returned_rial = 0 THEN 0
    WHEN p.total_rial <= 0 THEN l.base_rial
    ELSE div(l.base_rial::numeric * LEAST(l.returned_rial, p.total_rial), p.total_rial)::bigint END
FROM unnest(%(customers)s::uuid[], %(since)s::timestamptz[]) AS s (customer_id, since)
JOIN loyalty_lot l ON l.business_id = %(business)s AND l.customer_id = s.customer_id
    AND l.origin = 'purchase' AND l.state <> 'contingent' AND l.earned_at >= s.since
JOIN customers_purchase p ON p.business_id = %(business)s AND p.id = l.purchase_id
ORDER BY l.customer_id, l.earned_at, l.id
""",
    business="uuid",
    customers="uuid[]",
    since="timestamptz[]",
)
_FIRST: Final = Prepared(
    """
SELECT l.customer_id, MIN(l.earned_at) FROM loyalty_lot l
WHERE l.business_id = %(business)s AND l.customer_id = ANY(%(customers)s::uuid[])
    AND l.origin = 'purchase'
GROUP BY l.customer_id
""",
    business="uuid",
    customers="uuid[]",
)
_NONE: Final[list[tuple[datetime, int]]] = []
Counted = list[tuple[datetime, int]]


@dataclass(frozen=True, slots=True)
class Window:
    """The kind of window a programme judges tiers by, in its business's zone."""

    kind: TierWindow
    days: int
    zone: ZoneInfo

    @property
    def rolls(self) -> bool:
        return self.kind == TierWindow.ROLLING

    def end(self, now: datetime, first_on: date | None = None) -> datetime:
        """Return when a window that begins now is over: the start of a day of the business.

        An anniversary is that of the customer's first purchase; 30 Esfand is kept on the 29th in
        common years (R35). Without a first day it is today.
        """
        today = business_day(now, self.zone)
        if self.kind == TierWindow.YEAR:
            return day_start(Jalali(jalali(today).year + 1, 1, 1).to_date(), self.zone)
        if self.kind == TierWindow.ANNIVERSARY:
            return day_start(_next_anniversary(first_on or today, today), self.zone)
        return day_start(today + timedelta(days=self.days), self.zone)

    def began(self, end: datetime) -> datetime:
        """Return when a window began that is over at `end`."""
        if self.kind == TierWindow.YEAR:
            last = business_day(end - timedelta(microseconds=1), self.zone)
            return day_start(Jalali(jalali(last).year, 1, 1).to_date(), self.zone)
        if self.kind == TierWindow.ANNIVERSARY:
            return day_start(add_months(business_day(end, self.zone), -_YEAR), self.zone)
        return end - timedelta(days=self.days)

    def counts_from(self, now: datetime) -> datetime:
        """Return from when on purchases count for a customer whose window begins now."""
        today = business_day(now, self.zone)
        if self.kind == TierWindow.YEAR:
            return day_start(Jalali(jalali(today).year, 1, 1).to_date(), self.zone)
        if self.kind == TierWindow.ANNIVERSARY:
            return day_start(add_months(today, -_YEAR), self.zone)
        if self.rolls:
            return day_start(today - timedelta(days=self.days - 1), self.zone)
        return now - timedelta(days=self.days)

    def falls_out(self, bought_at: datetime) -> datetime:
        """Return when a purchase counts no more in a rolling window."""
        day = business_day(bought_at, self.zone)
        return day_start(day + timedelta(days=self.days), self.zone)


def began_of(wallet: Wallet, window: Window, now: datetime) -> datetime:
    """Return from when on purchases count in a wallet's running window."""
    return window.counts_from(now) if window.rolls else window.began(wallet.window_ends_at)


def counted_since(since: Mapping[UUID, datetime]) -> dict[UUID, Counted]:
    """Return (when, rial) of the purchases of customers that count from a moment of theirs on."""
    values: dict[str, Any] = {
        "business": active_business_id(),
        "customers": list(since.keys()),
        "since": list(since.values()),
    }
    found: dict[UUID, Counted] = {}
    for customer_id, at, rial in _COUNTED.rows(values):
        found.setdefault(customer_id, []).append((at, int(rial)))
    return found


def first_purchases(customer_ids: list[UUID]) -> dict[UUID, datetime]:
    """Return when customers first bought here."""
    values = {"business": active_business_id(), "customers": customer_ids}
    return dict(_FIRST.rows(values))


def next_look(window: Window, counted: Counted, now: datetime) -> datetime:
    """Return when less counts in a rolling window than now: as its oldest purchase falls out."""
    outs = (window.falls_out(at) for at, rial in counted if rial)
    return min((out for out in outs if out > now), default=window.end(now))


def drops_below(window: Window, counted: Counted, least_rial: int) -> tuple[datetime | None, int]:
    """Return when what counts in a rolling window drops below a sum, and to what; None: never."""
    left = sum(rial for _at, rial in counted)
    for out in sorted({window.falls_out(at) for at, _rial in counted}):
        left = sum(rial for at, rial in counted if window.falls_out(at) > out)
        if left < least_rial:
            return out, left
    return None, left


def _next_anniversary(first_on: date, today: date) -> date:
    years = max(0, jalali(today).year - jalali(first_on).year)
    found = (add_months(first_on, _YEAR * n) for n in (years, years + 1))
    return next(day for day in found if day > today)
