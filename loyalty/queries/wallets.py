"""What customers have: balances that never count a point past its date (rule R11)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from customers.queries.merging import profiles_of
from loyalty.enums import LotState
from loyalty.models import LedgerEntry, Lot
from loyalty.queries.programme import program

# Lots the sweeper has not reached yet are settled in thought: due pending ones are spendable,
# and what is past its date is gone, wherever it stands.
BALANCE_COLUMNS: Final = """
    w.balance_points + COALESCE(l.ready, 0) - COALESCE(l.gone, 0) AS balance,
    w.pending_points - COALESCE(l.ready, 0) AS pending"""
# A negative balance is repaid before a date counts, as settling does it: in order of becoming due;
# while it is negative no spendable lot holds a point. Only what is due is read, and the next lot to
# end: who has ten thousand lots waits no longer than who has ten. A wallet that holds nothing of a
# kind is not looked through for it.
DUE_LOTS: Final = """
    SELECT SUM(o.points) FILTER (WHERE o.waited) AS ready,
        SUM(o.points - o.repaid) FILTER (WHERE o.expires_at <= %(now)s) AS gone,
        LEAST(
            MIN(o.expires_at) FILTER (WHERE o.expires_at > %(now)s AND o.points > o.repaid),
            (SELECT n.expires_at FROM loyalty_lot n
            WHERE n.business_id = %(business)s AND n.customer_id = w.id AND n.state = 'active'
                AND n.expires_at > %(now)s AND n.remaining_points > 0
            ORDER BY n.expires_at LIMIT 1)) AS next_at
    FROM (
        SELECT true AS waited, i.expires_at, i.remaining_points AS points,
            GREATEST(0, LEAST(i.remaining_points, -w.balance_points - (
                SUM(i.remaining_points) OVER (ORDER BY i.activates_at, i.id)
                - i.remaining_points))) AS repaid
        FROM loyalty_lot i
        WHERE i.business_id = %(business)s AND i.customer_id = w.id
            AND i.state = 'pending' AND i.activates_at <= %(now)s AND w.pending_points > 0
        UNION ALL
        SELECT false, i.expires_at, i.remaining_points, 0 FROM loyalty_lot i
        WHERE i.business_id = %(business)s AND i.customer_id = w.id
            AND i.state = 'active' AND i.expires_at <= %(now)s AND w.balance_points > 0
    ) o"""


def _balances(whose: str, **kinds: str) -> Prepared:
    return Prepared(
        f"""
SELECT w.id, p.unit_value_rial, {BALANCE_COLUMNS}, l.next_at
FROM loyalty_wallet w
JOIN loyalty_program p ON p.business_id = w.business_id
LEFT JOIN LATERAL ({DUE_LOTS}) l ON true
WHERE w.business_id = %(business)s AND w.id {whose}
""",  # noqa: S608 - the parts are constants
        business="uuid",
        now="timestamptz",
        **kinds,
    )


_BALANCES: Final = _balances("= ANY(%(customers)s)", customers="uuid[]")
# A list is guessed to hold ten: held against that, planning anew for one always looks cheaper.
_BALANCE: Final = _balances("= %(customer)s", customer="uuid")
_NEXT: Final = Prepared(
    """
SELECT COALESCE(SUM(remaining_points), 0), COALESCE(bool_and(idle_months IS NOT NULL), false)
FROM loyalty_lot
WHERE business_id = %(business)s AND customer_id = %(customer)s AND expires_at = %(at)s
    AND state IN ('pending', 'active')
""",
    business="uuid",
    customer="uuid",
    at="timestamptz",
)


@dataclass(frozen=True, slots=True)
class Balance:
    """One customer's points at an instant. `value_rial` is never below zero."""

    customer_id: UUID
    unit_value_rial: int
    balance_points: int
    pending_points: int
    next_expiry_at: datetime | None

    @property
    def spendable_points(self) -> int:
        return max(0, self.balance_points)

    @property
    def value_rial(self) -> int:
        return self.spendable_points * self.unit_value_rial

    @property
    def is_negative(self) -> bool:
        return self.balance_points < 0


@dataclass(frozen=True, slots=True)
class WalletView:
    """A wallet as its owner sees it; `next_expiry_points` go at `next_expiry_at`, if at all.

    With `kept_by_activity` they do not go if their owner is active until then (rule R14).
    """

    customer_id: UUID
    balance_points: int
    pending_points: int
    value_rial: int
    unit_value_rial: int
    is_negative: bool
    next_expiry_at: datetime | None = None
    next_expiry_points: int = 0
    kept_by_activity: bool = False


@dataclass(frozen=True, slots=True)
class PurchasePoints:
    """What a purchase earned and where its customer stands (zeros without a customer).

    `contingent` points wait until the buyer is known.
    """

    earned: int
    contingent: int
    pending: int
    balance: int
    value_rial: int


def balances(customer_ids: Collection[UUID], now: datetime) -> dict[UUID, Balance]:
    """Return the balances of customers with a wallet, in one query."""
    values: dict[str, Any] = {"business": active_business_id(), "now": now}
    if len(customer_ids) == 1:
        rows = _BALANCE.rows(values | {"customer": next(iter(customer_ids))})
    else:
        rows = _BALANCES.rows(values | {"customers": list(customer_ids)})
    return {
        customer: Balance(customer, unit, int(balance), int(pending), next_at)
        for customer, unit, balance, pending, next_at in rows
    }


def wallet_view(customer_id: UUID, now: datetime) -> WalletView:
    """Return a customer's wallet; empty for somebody without points."""
    held = balances([customer_id], now).get(customer_id)
    if held is None:
        current = program()
        unit = current.unit_value_rial if current else 0
        return WalletView(customer_id, 0, 0, 0, unit, is_negative=False)
    points, kept = _expiring(customer_id, held.next_expiry_at)
    return WalletView(
        customer_id=customer_id,
        balance_points=held.balance_points,
        pending_points=held.pending_points,
        value_rial=held.value_rial,
        unit_value_rial=held.unit_value_rial,
        is_negative=held.is_negative,
        next_expiry_at=held.next_expiry_at,
        next_expiry_points=points,
        kept_by_activity=kept,
    )


def points_for_purchases(ids: Collection[UUID], now: datetime) -> dict[UUID, PurchasePoints]:
    """Return what purchases earned, with their customers' balances, for those that earned."""
    lots = list(Lot.objects.filter(id__in=ids))
    held = balances({lot.customer_id for lot in lots if lot.customer_id is not None}, now)
    return {
        lot.id: _points(lot, None if lot.customer_id is None else held.get(lot.customer_id))
        for lot in lots
    }


def ledger(customer_id: UUID) -> QuerySet[LedgerEntry]:
    """Return a customer's movements, newest first; page them by `at`.

    Those of profiles joined to theirs are among them: both histories are kept.
    """
    return LedgerEntry.objects.filter(customer__in=profiles_of(customer_id)).order_by("-at", "-id")


def live_lots(customer_id: UUID, now: datetime) -> QuerySet[Lot]:
    """Return the lots a customer still has points in, in the order they are spent (R10)."""
    lots = Lot.objects.filter(customer=customer_id, state__in=["pending", "active"])
    return (
        lots.filter(remaining_points__gt=0)
        .exclude(expires_at__lte=now)
        .order_by("expires_at", "earned_at", "id")
    )


def _points(lot: Lot, held: Balance | None) -> PurchasePoints:
    waiting = lot.remaining_points if lot.state == LotState.CONTINGENT else 0
    if held is None:
        return PurchasePoints(lot.earned_points, waiting, 0, 0, 0)
    return PurchasePoints(
        lot.earned_points, waiting, held.pending_points, held.balance_points, held.value_rial
    )


def _expiring(customer_id: UUID, at: datetime | None) -> tuple[int, bool]:
    if at is None:
        return 0, False
    values = {"business": active_business_id(), "customer": customer_id, "at": at}
    [(points, kept)] = _NEXT.rows(values)
    return int(points), kept
