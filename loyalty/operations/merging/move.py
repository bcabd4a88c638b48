"""Lots and what is owed on their way from one locked wallet to another: an entry on either side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from psycopg2.extras import Json

from core.tenancy import active_business_id
from loyalty.enums import EntryKind
from loyalty.models import Wallet
from loyalty.operations.movements import Cause, consume, move_balance, record

# What is left of the lots changes hands, spendable and pending; the lots are the same lots. Of
# a lot's two entries the taking one comes first: no reader in order sees more than was granted.
_MOVE: Final = """
WITH moved AS (
    SELECT id, CASE state WHEN 'active' THEN remaining_points ELSE 0 END AS points,
        CASE state WHEN 'pending' THEN remaining_points ELSE 0 END AS pending,
        app_new_id() AS one, app_new_id() AS other
    FROM loyalty_lot
    WHERE business_id = %(business)s AND id = ANY(%(lots)s::uuid[]) AND customer_id = %(giver)s
),
lots AS (
    UPDATE loyalty_lot l SET customer_id = %(taker)s
    FROM moved m WHERE l.business_id = %(business)s AND l.id = m.id
),
entries AS (
    INSERT INTO loyalty_ledgerentry
        (id, business_id, customer_id, lot_id, kind,
         points, pending_points, contingent_points, at, data)
    SELECT CASE WHEN s.sign < 0 THEN LEAST(one, other) ELSE GREATEST(one, other) END,
        %(business)s, s.customer_id, m.id, %(kind)s,
        s.sign * m.points, s.sign * m.pending, 0, %(now)s, s.data
    FROM moved m, (VALUES
        (%(giver)s::uuid, -1, %(given)s::jsonb), (%(taker)s::uuid, 1, %(taken)s::jsonb)
    ) AS s (customer_id, sign, data)
    WHERE m.points <> 0 OR m.pending <> 0
),
wallets AS (
    UPDATE loyalty_wallet w
    SET balance_points = w.balance_points + s.sign * t.points,
        pending_points = w.pending_points + s.sign * t.pending
    FROM (SELECT COALESCE(SUM(points), 0) AS points, COALESCE(SUM(pending), 0) AS pending
          FROM moved) t,
        (VALUES (%(giver)s::uuid, -1), (%(taker)s::uuid, 1)) AS s (customer_id, sign)
    WHERE w.business_id = %(business)s AND w.id = s.customer_id
)
SELECT COALESCE(SUM(points), 0) FROM moved
"""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two wallets, both locked, and why points go from one to the other.

    `codes` are the member codes of the two profiles, by which the entries name them.
    """

    kind: EntryKind
    merge_id: UUID
    codes: dict[UUID, str]
    now: datetime

    def why(self, other: UUID, way: str, **more: str) -> dict[str, str]:
        """Return the facts of an entry: which way the points went, from or to whom."""
        return {"way": way, "other": self.codes[other], "merge": str(self.merge_id), **more}

    def cause(self, other: UUID, way: str, **more: str) -> Cause:
        """Return why the points of one entry moved."""
        return Cause(self.kind, data=self.why(other, way, **more))


def move_lots(exchange: Exchange, giver: Wallet, taker: Wallet, lots: Sequence[UUID]) -> int:
    """Move lots with what is left of them; return how many spendable points that was."""
    values: dict[str, Any] = {
        "business": active_business_id(),
        "giver": giver.id,
        "taker": taker.id,
        "lots": list(lots),
        "kind": exchange.kind,
        "given": Json(exchange.why(taker.id, "out")),
        "taken": Json(exchange.why(giver.id, "in")),
        "now": exchange.now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, values)
        (points,) = cursor.fetchone()
    giver.refresh_from_db()
    taker.refresh_from_db()
    return int(points)


def move_debt(exchange: Exchange, giver: Wallet, taker: Wallet) -> None:
    """Move what the giver owes below zero, and settle it from what the taker has."""
    owed = max(0, -giver.balance_points)
    allow(taker, owed + max(0, -taker.balance_points))
    if owed:
        record(exchange.cause(taker.id, "out"), exchange.now, giver.id, None, owed)
        move_balance(giver, owed)
        record(exchange.cause(giver.id, "in"), exchange.now, taker.id, None, -owed)
        move_balance(taker, -owed)


def repay(wallet: Wallet, owed: int, now: datetime) -> None:
    """Settle what a wallet owes from its own lots, earliest expiry first (rule R21)."""
    cause = Cause(EntryKind.REPAY)
    share = consume(wallet.id, min(owed, wallet.balance_points + owed), cause, now)
    if share:
        record(cause, now, wallet.id, None, share)
        wallet.save(update_fields=["balance_points"])  # less in lots, less owed: the same balance


def allow(wallet: Wallet, points: int) -> None:
    """Let a wallet go as far below zero as is owed already: a cap forgives nothing."""
    if wallet.negative_cap_points < points:
        wallet.negative_cap_points = points
        wallet.save(update_fields=["negative_cap_points"])
