"""The few ways points move. Every caller holds the wallet's lock first."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db.models import Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.ids import new_id
from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from customers.queries.merging import survivor_of
from loyalty.enums import EntryKind, LotOrigin, LotState
from loyalty.models import LedgerEntry, Lot, Wallet
from loyalty.operations.expired import tell_expired
from loyalty.queries.lives import Life
from loyalty.queries.programme import Terms, terms

_ACTIVATE: Final = Prepared(
    """
WITH due AS (
    SELECT l.id, l.customer_id, l.remaining_points AS points, GREATEST(0, LEAST(
        l.remaining_points, -w.balance_points - (
            SUM(l.remaining_points) OVER (PARTITION BY l.customer_id ORDER BY l.activates_at, l.id)
            - l.remaining_points))) AS repaid
    FROM loyalty_lot l
    JOIN loyalty_wallet w ON w.business_id = l.business_id AND w.id = l.customer_id
    WHERE l.business_id = %(business)s AND l.customer_id = ANY(%(customers)s)
        AND l.state = 'pending' AND l.activates_at <= %(now)s
),
lots AS (
    UPDATE loyalty_lot l
    SET remaining_points = l.remaining_points - d.repaid, state_at = %(now)s,
        state = CASE WHEN d.points = d.repaid THEN 'consumed' ELSE 'active' END
    FROM due d WHERE l.business_id = %(business)s AND l.id = d.id
),
entries AS (
    INSERT INTO loyalty_ledgerentry
        (id, business_id, customer_id, lot_id, kind,
         points, pending_points, contingent_points, at, data)
    SELECT app_new_id(), %(business)s, d.customer_id, e.lot_id, e.kind,
        e.points, e.pending, 0, %(now)s, '{}'
    FROM due d, LATERAL (VALUES
        ('activate', d.id, d.points, -d.points),
        ('repay', d.id, -d.repaid, 0),
        ('repay', NULL, d.repaid, 0)) AS e (kind, lot_id, points, pending)
    WHERE e.points <> 0
),
moved AS (
    UPDATE loyalty_wallet w
    SET balance_points = w.balance_points + d.points, pending_points = w.pending_points - d.points
    FROM (SELECT customer_id, SUM(points) AS points FROM due GROUP BY customer_id) d
    WHERE w.business_id = %(business)s AND w.id = d.customer_id
)
SELECT count(*) FROM due
""",
    business="uuid",
    customers="uuid[]",
    now="timestamptz",
)

_EXPIRE: Final = Prepared(
    """
WITH due AS (
    SELECT id, customer_id, remaining_points AS points, expires_at, idle_months FROM loyalty_lot
    WHERE business_id = %(business)s AND customer_id = ANY(%(customers)s)
        AND state = 'active' AND expires_at <= %(now)s
),
lots AS (
    UPDATE loyalty_lot l SET remaining_points = 0, state = 'expired', state_at = %(now)s
    FROM due d WHERE l.business_id = %(business)s AND l.id = d.id
),
entries AS (
    INSERT INTO loyalty_ledgerentry
        (id, business_id, customer_id, lot_id, kind,
         points, pending_points, contingent_points, at, data)
    SELECT app_new_id(), %(business)s, customer_id, id, 'expire', -points, 0, 0, %(now)s,
        jsonb_build_object('expired_at', expires_at) || CASE WHEN idle_months IS NULL THEN '{}'
            ELSE jsonb_build_object('idle_months', idle_months) END
    FROM due
),
moved AS (
    UPDATE loyalty_wallet w SET balance_points = w.balance_points - d.points
    FROM (SELECT customer_id, SUM(points) AS points FROM due GROUP BY customer_id) d
    WHERE w.business_id = %(business)s AND w.id = d.customer_id
)
SELECT count(*) FROM due
""",
    business="uuid",
    customers="uuid[]",
    now="timestamptz",
)

# Earliest expiry, then earliest earned, then id (rule R10); lots past their date are no points.
_CONSUME: Final = Prepared(
    """
WITH live AS (
    SELECT id, remaining_points, SUM(remaining_points) OVER (
            ORDER BY expires_at NULLS LAST, earned_at, id) - remaining_points AS before
    FROM loyalty_lot
    WHERE business_id = %(business)s AND customer_id = %(customer)s AND state = 'active'
        AND (expires_at IS NULL OR expires_at > %(now)s)
),
taken AS (
    SELECT id, LEAST(remaining_points, %(points)s - before) AS points
    FROM live WHERE before < %(points)s
),
lots AS (
    UPDATE loyalty_lot l
    SET remaining_points = l.remaining_points - t.points,
        state = CASE WHEN l.remaining_points = t.points THEN 'consumed' ELSE l.state END,
        state_at = CASE WHEN l.remaining_points = t.points THEN %(now)s ELSE l.state_at END
    FROM taken t WHERE l.business_id = %(business)s AND l.id = t.id
),
entries AS (
    INSERT INTO loyalty_ledgerentry
        (id, business_id, customer_id, lot_id, purchase_id, redemption_id, kind,
         points, pending_points, contingent_points, at, data)
    SELECT app_new_id(), %(business)s, %(customer)s, id, %(purchase)s, %(redemption)s,
        %(kind)s, -points, 0, 0, %(now)s, %(data)s
    FROM taken
)
UPDATE loyalty_wallet w SET balance_points = w.balance_points - t.points
FROM (SELECT COALESCE(SUM(points), 0) AS points FROM taken) t
WHERE w.business_id = %(business)s AND w.id = %(customer)s
RETURNING t.points
""",
    business="uuid",
    customer="uuid",
    points="bigint",
    now="timestamptz",
    kind="text",
    purchase="uuid",
    redemption="uuid",
    data="jsonb",
)


# What somebody has who is out of the club ends, as at its date.
_LEFT: Final = Prepared(
    """
WITH due AS (
    SELECT id, state, remaining_points AS points FROM loyalty_lot
    WHERE business_id = %(business)s AND customer_id = %(customer)s
        AND state IN ('active', 'pending') AND remaining_points > 0
),
lots AS (
    UPDATE loyalty_lot l SET remaining_points = 0, state = 'expired', state_at = %(now)s
    FROM due d WHERE l.business_id = %(business)s AND l.id = d.id
),
entries AS (
    INSERT INTO loyalty_ledgerentry
        (id, business_id, customer_id, lot_id, kind,
         points, pending_points, contingent_points, at, data)
    SELECT app_new_id(), %(business)s, %(customer)s, d.id, 'left',
        CASE d.state WHEN 'active' THEN -d.points ELSE 0 END,
        CASE d.state WHEN 'pending' THEN -d.points ELSE 0 END, 0, %(now)s,
        COALESCE((SELECT jsonb_build_object('exit', x.id) FROM loyalty_clubexit x
            WHERE x.business_id = %(business)s AND x.customer_id = %(customer)s
                AND x.back_at IS NULL), '{}')
    FROM due d
),
ended AS (
    SELECT COALESCE(SUM(points) FILTER (WHERE state = 'active'), 0) AS spendable,
        COALESCE(SUM(points) FILTER (WHERE state = 'pending'), 0) AS pending FROM due
)
UPDATE loyalty_wallet w SET balance_points = w.balance_points - e.spendable,
    pending_points = w.pending_points - e.pending
FROM ended e WHERE w.business_id = %(business)s AND w.id = %(customer)s
RETURNING e.spendable, e.pending
""",
    business="uuid",
    customer="uuid",
    now="timestamptz",
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why points move: what a ledger entry points to, and the facts of its explanation."""

    kind: EntryKind
    purchase_id: UUID | None = None
    redemption_id: UUID | None = None
    data: dict[str, Any] | None = None


def demanded_terms() -> Terms:
    """Return the terms in force; raise Problem `no_programme` (409) without a programme."""
    current = terms()
    if current is None:
        sentence = _("This business has no loyalty programme.")
        raise Problem("no_programme", sentence, status=HTTPStatus.CONFLICT)
    return current


def lock_wallet(customer_id: UUID, current: Terms, now: datetime) -> Wallet:
    """Take the lock of a customer's wallet, making the wallet when there is none.

    A profile that was joined to another has the other's: whoever came with an old id, or waited
    for the lock while they were joined, moves the points where they are now.
    """
    locked = Wallet.objects.select_for_update()
    wallet = locked.filter(id=Coalesce(_joined_to(customer_id), Value(customer_id))).first()
    while wallet is not None and wallet.joined_to is not None:
        wallet = locked.get(id=wallet.joined_to)
    if wallet is None:
        customer_id = survivor_of(customer_id)
        fresh = Wallet(
            id=customer_id,
            customer_id=customer_id,
            negative_cap_points=current.negative_cap_points,
            window_ends_at=current.window_end(now),
        )
        Wallet.objects.bulk_create([fresh], ignore_conflicts=True)
        wallet = locked.get(id=customer_id)
    return wallet


def _joined_to(customer_id: UUID) -> Subquery:
    return Subquery(Wallet.objects.filter(id=customer_id).values("joined_to"))


def settle(customer_ids: Collection[UUID], now: datetime) -> int:
    """Bring locked wallets up to `now`: activate and expire what is due; return how many lots."""
    due = {"business": active_business_id(), "customers": list(customer_ids), "now": now}
    activated, expired = (_count(sql, due) for sql in (_ACTIVATE, _EXPIRE))
    if expired:
        tell_expired(customer_ids, now)
    return activated + expired


def settled_wallet(customer_id: UUID, current: Terms, now: datetime) -> Wallet:
    """Lock a wallet and bring it up to `now`; its balance is then what may be spent."""
    wallet = lock_wallet(customer_id, current, now)
    if settle([wallet.id], now):
        wallet.refresh_from_db()
    return wallet


def consume(customer_id: UUID, points: int, cause: Cause, now: datetime) -> int:
    """Take up to `points` from the customer's live lots; return how many there were."""
    if points <= 0:
        return 0
    return _count(
        _CONSUME,
        {
            "business": active_business_id(),
            "customer": customer_id,
            "points": points,
            "now": now,
            "kind": cause.kind,
            "purchase": cause.purchase_id,
            "redemption": cause.redemption_id,
            "data": json.dumps(cause.data or {}),
        },
    )


def credit(wallet: Wallet, lot: Lot, points: int, cause: Cause, now: datetime) -> None:
    """Put points into a lot of a locked wallet; a negative balance is covered first (rule R21)."""
    share = min(points, max(0, -wallet.balance_points))
    lot.remaining_points += points - share
    lot.state = LotState.ACTIVE if lot.remaining_points else LotState.CONSUMED
    lot.state_at = now
    lot.save()
    record(cause, now, wallet.id, lot.id, points)
    if share:
        covered = Cause(EntryKind.REPAY, cause.purchase_id, cause.redemption_id)
        record(covered, now, wallet.id, lot.id, -share)
        record(covered, now, wallet.id, None, share)
    move_balance(wallet, points)
    if wallet.left_at is not None:
        end_left(wallet, now)


def end_left(wallet: Wallet, now: datetime) -> tuple[int, int]:
    """End all points of a locked wallet whose owner is out of the club.

    Returns how many could be spent and how many were pending. A balance below zero stays.
    """
    values = {"business": active_business_id(), "customer": wallet.id, "now": now}
    [(spendable, pending)] = _LEFT.rows(values)
    wallet.balance_points -= int(spendable)
    wallet.pending_points -= int(pending)
    return int(spendable), int(pending)


def grant(
    wallet: Wallet,
    points: int,
    cause: Cause,
    now: datetime,
    *,
    origin: LotOrigin,
    life: Life,
    lot_id: UUID | None = None,
    base_rial: int = 0,
) -> Lot:
    """Give a locked wallet a new lot; one with an id of its own cannot be given twice."""
    lot = Lot(
        id=lot_id or new_id(),
        customer_id=wallet.id,
        origin=origin,
        base_rial=base_rial,
        earned_points=points,
        remaining_points=0,
        earned_at=now,
        activates_at=now,
        expires_at=life.until,
        idle_months=life.idle_months,
        idle_ends=life.idle_ends,
    )
    credit(wallet, lot, points, cause, now)
    return lot


def move_balance(wallet: Wallet, points: int) -> None:
    """Move the spendable balance of a locked wallet."""
    wallet.balance_points += points
    wallet.save(update_fields=["balance_points"])


def record(
    cause: Cause, now: datetime, customer_id: UUID | None, lot_id: UUID | None, points: int
) -> None:
    """Write a ledger entry that moves the spendable balance."""
    LedgerEntry.objects.create(
        kind=cause.kind,
        customer_id=customer_id,
        lot_id=lot_id,
        purchase_id=cause.purchase_id,
        redemption_id=cause.redemption_id,
        points=points,
        at=now,
        data=cause.data or {},
    )


def insufficient(balance: int) -> Problem:
    """Return the refusal of a wallet that holds too little."""
    return Problem(
        "insufficient_points",
        _("The customer does not have enough points."),
        status=HTTPStatus.CONFLICT,
        extra={"available_points": max(0, balance)},
    )


def _count(statement: Prepared, values: dict[str, Any]) -> int:
    rows = statement.rows(values)
    return int(rows[0][0]) if rows else 0
