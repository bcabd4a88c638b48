"""What a receipt prints about points: one query for any number of purchases."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Min

from core.tenancy import active_business_id
from core.tenancy.prepared import Joined, Prepared
from loyalty.models import Lot
from loyalty.queries.offers import RewardOffer, offers_for
from loyalty.queries.wallets import BALANCE_COLUMNS, DUE_LOTS, PurchasePoints

RECEIPT_FACTS: Final = Prepared(
    f"""
SELECT lot.id, lot.earned_points,
    CASE WHEN lot.state = 'contingent' THEN lot.remaining_points ELSE 0 END AS contingent,
    p.unit_value_rial, {BALANCE_COLUMNS}, t.id AS tier_id, t.name AS tier, up.name AS next_tier,
    up.threshold_rial - w.qualifying_rial AS needed,
    CASE WHEN row_number() OVER () = 1 THEN (
        SELECT json_agg(json_build_array(r.id, r.name, r.cost_points, r.value_rial)
            ORDER BY r.cost_points, r.name)
        FROM loyalty_reward r WHERE r.business_id = %(business)s AND r.is_active) END AS rewards,
    (SELECT json_agg(g.facts ORDER BY g.id) FROM loyalty_rulepresent g
        WHERE g.business_id = %(business)s AND g.purchase_id = lot.id AND g.state = 'given')
        AS presents
FROM loyalty_lot lot
JOIN loyalty_program p ON p.business_id = %(business)s
LEFT JOIN loyalty_wallet w ON w.business_id = %(business)s AND w.id = lot.customer_id
LEFT JOIN LATERAL ({DUE_LOTS}) l ON true
LEFT JOIN loyalty_customertier c ON c.business_id = %(business)s AND c.id = lot.customer_id
LEFT JOIN loyalty_tier t ON t.business_id = %(business)s
    AND w.id IS NOT NULL AND w.left_at IS NULL
    AND (t.id = c.tier_id OR (c.tier_id IS NULL AND t.threshold_rial = 0))
LEFT JOIN LATERAL (
    SELECT n.name, n.threshold_rial FROM loyalty_tier n
    WHERE n.business_id = %(business)s AND n.threshold_rial > t.threshold_rial
    ORDER BY n.threshold_rial LIMIT 1
) up ON true
WHERE lot.business_id = %(business)s AND lot.id = ANY(%(purchases)s::uuid[])
""",  # noqa: S608 - the parts are constants
    business="uuid",
    purchases="uuid[]",
    now="timestamptz",
)


_ALONE: Final = Joined(RECEIPT_FACTS)


@dataclass(frozen=True, slots=True)
class ReceiptTier:
    """The buyer's tier and how many rial the next one is away (None at the top)."""

    id: UUID
    name: str
    next_name: str | None
    needed_rial: int | None


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """Points, tier (None without a known buyer) and rewards as seen after a purchase.

    `presents` are the facts of what rules gave besides points.
    """

    points: PurchasePoints
    tier: ReceiptTier | None
    rewards: list[RewardOffer]
    presents: Sequence[Mapping[str, Any]] = ()


def receipt_facts(purchase_ids: Collection[UUID], now: datetime) -> dict[UUID, ReceiptFacts]:
    """Return what to print for each purchase that earned (with points or without)."""
    values = {
        "business": active_business_id(),
        "purchases": list(purchase_ids),
        "now": now,
    }
    (rows,) = _ALONE.rows(values)
    return facts_of(rows)


def ends_of(purchase_id: UUID) -> datetime | None:
    """Return when the first of a purchase's unspent points end (C033), None where none does."""
    rows = Lot.objects.filter(purchase=purchase_id, remaining_points__gt=0)
    first: datetime | None = rows.aggregate(first=Min("expires_at"))["first"]
    return first


def facts_of(rows: Sequence[tuple[Any, ...]]) -> dict[UUID, ReceiptFacts]:
    """Return what to print, from the rows of RECEIPT_FACTS as `Joined` gives them."""
    offered = [tuple(one) for row in rows for one in row[-2] or ()]
    rewards = [(UUID(one[0]), one[1], one[2], one[3]) for one in offered]
    return {UUID(row[0]): _facts(row, rewards) for row in rows}


def _facts(row: tuple[Any, ...], rewards: list[tuple[UUID, str, int, int]]) -> ReceiptFacts:
    _lot, earned, contingent, unit, balance, pending, tier, name, up, needed, *_rewards, gave = row
    spendable = max(0, int(balance or 0))
    points = PurchasePoints(
        earned=earned,
        contingent=contingent,
        pending=int(pending or 0),
        balance=int(balance or 0),
        value_rial=spendable * unit,
    )
    standing = None
    if tier is not None:
        standing = ReceiptTier(UUID(tier), name, up, None if up is None else max(0, needed))
    return ReceiptFacts(points, standing, offers_for(spendable, rewards), gave or ())
