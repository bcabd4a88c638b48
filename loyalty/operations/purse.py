"""The short way to a wallet's lock: one trip where nothing is due, as nearly always.

What the statement tells of other tables is of the moment before it waited for the lock. Points
that became due in between are settled by the next who comes; nobody spends a point twice by it, for
what is taken is counted by a statement of its own that begins after the lock is held.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from loyalty.queries.programme import WORDING

_SETTLED: Final = f"""
SELECT w.id, w.balance_points, ({WORDING}),
    (w.pending_points > 0 AND EXISTS (SELECT FROM loyalty_lot l
        WHERE l.business_id = %(business)s AND l.customer_id = w.id
            AND l.state = 'pending' AND l.activates_at <= %(now)s))
    OR (w.balance_points > 0 AND EXISTS (SELECT FROM loyalty_lot l
        WHERE l.business_id = %(business)s AND l.customer_id = w.id
            AND l.state = 'active' AND l.expires_at <= %(now)s))
    OR EXISTS (SELECT FROM loyalty_redemption o
        WHERE o.business_id = %(business)s AND o.customer_id = w.id
            AND o.state = 'reserved' AND o.expires_at <= %(now)s)
FROM loyalty_wallet w
WHERE w.business_id = %(business)s AND w.joined_to IS NULL AND w.id = {{whose}}
FOR UPDATE OF w
"""  # noqa: S608 - constants only
_TYPES: Final = {"business": "uuid", "now": "timestamptz", "id": "uuid"}
# Who was erased spends nothing, not even what came home since (rule R59).
_OF_CUSTOMER: Final = Prepared(
    _SETTLED.format(
        whose="""%(id)s AND NOT EXISTS (SELECT FROM customers_customer c
        WHERE c.business_id = %(business)s AND c.id = w.id AND c.status = 'erased')"""
    ),
    **_TYPES,
)
_OF_REDEMPTION: Final = Prepared(
    _SETTLED.format(
        whose="""(SELECT r.customer_id FROM loyalty_redemption r
        WHERE r.business_id = %(business)s AND r.id = %(id)s)"""
    ),
    **_TYPES,
)


@dataclass(frozen=True, slots=True)
class Purse:
    """A locked wallet in which nothing is due; `wording` is that of the terms in force."""

    customer_id: UUID
    balance_points: int
    wording: str | None


def purse_of_customer(customer_id: UUID, now: datetime) -> Purse | None:
    """Lock a customer's wallet; None where there is more to do than to lock it.

    Without a wallet, in one joined to another, in that of somebody erased, and where something is
    due nothing was changed.
    """
    return _locked(_OF_CUSTOMER, customer_id, now)


def purse_of_redemption(redemption_id: UUID, now: datetime) -> Purse | None:
    """Lock the wallet a redemption takes from, as `purse_of_customer` does."""
    return _locked(_OF_REDEMPTION, redemption_id, now)


def _locked(statement: Prepared, row_id: UUID, now: datetime) -> Purse | None:
    values = {"business": active_business_id(), "now": now, "id": row_id}
    found = statement.rows(values)
    if not found or found[0][3]:
        return None
    customer_id, balance, wording, _due = found[0]
    return Purse(customer_id, balance, wording)
