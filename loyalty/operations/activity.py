"""Points that live by their owner's activity (rule R14): what keeps them.

A lot that lives so carries its promise, and its date moves on with the last activity, in the
transaction of that activity and under the wallet's lock. So nobody else knows of this: balances,
spending and the sweeper ask for the date alone. It only ever moves on, and what is past its date
when an activity is noted stays gone, whether or not the sweeper came. A return is no activity, and
what a purchase has kept stays kept when it comes back.

A business that never had such points is asked once for each wording of its terms in a process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from core.calendar import business_day
from core.tenancy import active_business_id, part_of_operation
from core.tenancy.prepared import Prepared
from loyalty.enums import LotState
from loyalty.models import Lot, Program, Wallet
from loyalty.queries.dates import end_of_points
from loyalty.queries.lives import by_activity
from loyalty.queries.programme import Terms, last_terms, terms

# Writes the day down, gives fresh lots their promise, and returns which dates may have to move:
# nearly always none, for a date moves once in its span, not with each purchase. Whose wallet there
# is none yet (known by a card alone) was last active at the latest of the purchases that wait.
_NOTE: Final = Prepared(
    """
WITH told AS (
    SELECT * FROM unnest(%(purchases)s::uuid[], %(customers)s::uuid[], %(days)s::date[])
        AS t (purchase_id, customer_id, day)
),
latest AS (
    SELECT customer_id, MAX(day) AS day FROM told WHERE customer_id IS NOT NULL GROUP BY 1
),
active AS (
    UPDATE loyalty_wallet w SET active_on = s.day FROM latest s
    WHERE w.business_id = %(business)s AND w.id = s.customer_id
        AND (w.active_on IS NULL OR w.active_on < s.day)
),
promised AS (
    UPDATE loyalty_lot l SET idle_months = %(months)s, idle_ends = %(ends)s FROM told t
    WHERE %(months)s IS NOT NULL AND l.business_id = %(business)s AND l.id = t.purchase_id
        AND l.state IN ('contingent', 'pending', 'active')
        AND l.idle_months IS NULL AND l.expires_at IS NOT NULL
)
SELECT l.customer_id, COALESCE(l.idle_months, %(months)s),
    CASE WHEN l.idle_months IS NULL THEN %(ends)s ELSE l.idle_ends END, l.expires_at,
    GREATEST(s.day, w.active_on, CASE WHEN w.id IS NULL THEN (
        SELECT (MAX(c.earned_at) AT TIME ZONE %(zone)s)::date FROM loyalty_lot c
        WHERE c.business_id = %(business)s AND c.customer_id = s.customer_id
            AND c.state = 'contingent') END)
FROM latest s
LEFT JOIN loyalty_wallet w ON w.business_id = %(business)s AND w.id = s.customer_id
JOIN loyalty_lot l ON l.business_id = %(business)s AND l.customer_id = s.customer_id
WHERE l.state IN ('contingent', 'pending', 'active') AND l.expires_at > %(now)s
    AND (l.idle_months IS NOT NULL
        OR (%(months)s IS NOT NULL AND l.id = ANY(%(purchases)s::uuid[])))
GROUP BY 1, 2, 3, 4, s.customer_id, s.day, w.id, w.active_on
""",
    business="uuid",
    purchases="uuid[]",
    customers="uuid[]",
    days="date[]",
    months="int",
    ends="text",
    zone="text",
    now="timestamptz",
)
_MOVE_ON: Final = Prepared(
    """
UPDATE loyalty_lot l SET expires_at = m.until
FROM unnest(%(customers)s::uuid[], %(months)s::int[], %(ends)s::text[],
    %(dates)s::timestamptz[], %(untils)s::timestamptz[])
    AS m (customer_id, months, ends, expires_at, until)
WHERE l.business_id = %(business)s AND l.customer_id = m.customer_id
    AND l.state IN ('contingent', 'pending', 'active') AND l.idle_months = m.months
    AND l.idle_ends = m.ends AND l.expires_at = m.expires_at
""",
    business="uuid",
    customers="uuid[]",
    months="int[]",
    ends="text[]",
    dates="timestamptz[]",
    untils="timestamptz[]",
)
_LIVE: Final = (LotState.CONTINGENT, LotState.PENDING, LotState.ACTIVE)
_MOST: Final = 10_000
# Whether a business had points that live so, by the wording of the terms under which it was asked.
_had_any: dict[UUID, tuple[str, bool]] = {}


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase, whose it is, and its day in the business's zone."""

    purchase_id: UUID
    customer_id: UUID | None
    on: date
    imported: bool = False


@part_of_operation
def note_purchases(*, bought: Sequence[Bought], now: datetime) -> None:
    """Keep points by what was bought; the points of these purchases are posted already.

    History that is imported counts where it earns. The terms this process remembers are those the
    posting went by.
    """
    current = last_terms()
    if current is None or not _lives_so(current):
        return
    told = [one for one in bought if current.retroactive or not one.imported]
    _note(
        {
            "purchases": [one.purchase_id for one in told],
            "customers": [one.customer_id for one in told],
            "days": [one.on for one in told],
        },
        current,
        now,
    )


@part_of_operation
def note_spending(*, customer_id: UUID, wording: str | None, now: datetime) -> None:
    """Keep points by points spent for good, where that counts; the wallet is locked.

    `wording` is that of the terms in force, None where they were read just now.
    """
    current = last_terms()
    if current is not None and wording not in {None, current.wording}:
        current = terms()
    if current is None or not _lives_so(current):
        return
    if Program.objects.values_list("spending_counts", flat=True).get():
        keep_active({customer_id: business_day(now, current.zone)}, current, now)


@part_of_operation
def note_told(*, customer_id: UUID, current: Terms, now: datetime) -> None:
    """Keep points by what shop or app told of a customer; the wallet is locked."""
    if _lives_so(current):
        keep_active({customer_id: business_day(now, current.zone)}, current, now)


def keep_active(days: Mapping[UUID, date | None], current: Terms, now: datetime) -> None:
    """Let customers' last activity be no earlier than a day; their wallets are locked."""
    told = {customer: day for customer, day in days.items() if day is not None}
    if told:
        people, dates = list(told), list(told.values())
        none = [None] * len(told)
        _note({"purchases": none, "customers": people, "days": dates}, current, now)


def keep_of_claimed(wallet: Wallet, lots: Sequence[Lot], current: Terms, now: datetime) -> None:
    """Count the purchases behind lots that found their owner as their owner's activity."""
    days = [business_day(lot.earned_at, current.zone) for lot in lots if lot.idle_months]
    keep_active({wallet.id: max(days, default=None)}, current, now)


def _lives_so(current: Terms) -> bool:
    if by_activity(current):
        return True
    business_id = active_business_id()
    wording, found = _had_any.get(business_id, ("", False))
    if wording != current.wording:
        found = Lot.objects.filter(state__in=_LIVE, idle_months__isnull=False).exists()
        if len(_had_any) >= _MOST:
            _had_any.clear()
        _had_any[business_id] = (current.wording, found)
    return found


def _note(told: Mapping[str, Sequence[Any]], current: Terms, now: datetime) -> None:
    so = by_activity(current)
    rows = _NOTE.rows(
        {
            "business": active_business_id(),
            "months": current.expiry_months if so else None,
            "ends": current.expiry_ends if so else "",
            "zone": str(current.zone),
            "now": now,
            **told,
        }
    )
    moved = [(*row[:4], until) for row in rows if (until := _until(row, current.zone)) > row[3]]
    if moved:
        names = ("customers", "months", "ends", "dates", "untils")
        columns = (list(column) for column in zip(*moved, strict=True))
        _MOVE_ON.rows({"business": active_business_id(), **dict(zip(names, columns, strict=True))})


def _until(row: tuple[Any, ...], zone: ZoneInfo) -> datetime:
    _customer, months, ends, expires_at, day = row
    until = end_of_points(day, months, zone, ends)
    return expires_at if until is None else until
