"""Reading recommendations: the offer, codes, what became of friends, who brought whom."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from core.errors import Sentence
from core.tenancy import active_business_id
from core.text import normalise_code
from customers.queries.merging import survivor_of
from customers.queries.sales import purchase_by_id
from loyalty.enums import ReferralState
from loyalty.models import Lot, Referral, ReferralCode, ReferralOffer
from loyalty.queries.returned import cumulative

# Friends whose purchases count as brought, and what they bought in all, net of returns.
_BROUGHT: Final = """
SELECT r.id, r.referrer_id, r.friend_id, r.state, a.name, a.member_code, b.name, b.member_code,
    COALESCE(t.gross_rial - t.returned_rial, 0)::bigint
FROM loyalty_referral r
JOIN customers_customer a ON a.business_id = r.business_id AND a.id = r.referrer_id
JOIN customers_customer b ON b.business_id = r.business_id AND b.id = r.friend_id
LEFT JOIN customers_customertotals t ON t.business_id = r.business_id AND t.id = r.friend_id
WHERE r.business_id = %(business)s AND r.state IN ('running', 'rewarded')
ORDER BY 9 DESC, r.id LIMIT %(limit)s
"""
_BOUGHT: Final = """
SELECT COALESCE(SUM(t.gross_rial - t.returned_rial), 0) FROM loyalty_referral r
JOIN customers_customertotals t ON t.business_id = r.business_id AND t.id = r.friend_id
WHERE r.business_id = %(business)s AND r.state = 'rewarded'
"""


@dataclass(frozen=True, slots=True)
class Edge:
    """One customer brought another, who bought for `bought_rial` since."""

    id: UUID
    referrer_id: UUID
    friend_id: UUID
    state: str
    referrer_name: str
    referrer_code: str
    friend_name: str
    friend_code: str
    bought_rial: int


@dataclass(frozen=True, slots=True)
class Sums:
    """How many friends stand where, what those rewarded bought, what the points were worth."""

    by_state: dict[str, int]
    bought_rial: int
    cost_rial: int

    @property
    def rewarded(self) -> int:
        """Return the friends somebody was rewarded for and who kept what they bought."""
        return self.by_state.get(ReferralState.REWARDED, 0)

    @property
    def on_the_way(self) -> int:
        """Return the friends who may still count."""
        waiting = (ReferralState.WAITING, ReferralState.RUNNING)
        return sum(self.by_state.get(state, 0) for state in waiting)


@dataclass(frozen=True, slots=True)
class TakenWith:
    """What a return of a friend's first purchase takes from both."""

    referrer_points: int
    friend_points: int


def referral_offer() -> ReferralOffer | None:
    """Return what the business gives for a friend, None before it said so."""
    return ReferralOffer.objects.first()


def referrals_open() -> bool:
    """Tell whether friends are welcome now."""
    return ReferralOffer.objects.filter(is_open=True).exists()


def code_of(customer_id: UUID) -> str:
    """Return the code a customer passes on, "" before it was made."""
    rows = ReferralCode.objects.filter(customer=customer_id)
    return rows.values_list("code", flat=True).first() or ""


def refusals() -> list[tuple[str, int]]:
    """Return why friends did not count, and how often, most frequent first."""
    rows = Referral.objects.exclude(refusal="").values("refusal").annotate(rows=Count("id"))
    return [(row["refusal"], row["rows"]) for row in rows.order_by("-rows", "refusal")]


def no_offer() -> Sentence:
    """Return what is said before there is an offer."""
    return _("This business has no offer for recommending.")


def referrer_by_code(typed: str) -> UUID | None:
    """Return the customer who passes a code on, or None."""
    rows = ReferralCode.objects.filter(code=normalise_code(typed).upper())
    owner = rows.values_list("customer_id", flat=True).first()
    return survivor_of(owner) if owner else None


def known_codes(codes: Collection[str]) -> set[str]:
    """Return those of some codes that somebody passes on, none before there is an offer.

    Two queries, none for no codes.
    """
    if not codes or not ReferralOffer.objects.exists():
        return set()
    return set(ReferralCode.objects.filter(code__in=codes).values_list("code", flat=True))


def referral_rows(
    *, referrer_id: UUID | None = None, friend_id: UUID | None = None
) -> QuerySet[Referral]:
    """Return recommendations with both customers; the caller orders and pages."""
    asked = {"referrer": referrer_id, "friend": friend_id}
    rows = Referral.objects.select_related("referrer", "friend", "purchase")
    return rows.filter(**{name: value for name, value in asked.items() if value is not None})


def referral_of_purchase(purchase_id: UUID) -> Referral | None:
    """Return what came of the code a sale named, or None."""
    rows = Referral.objects.filter(purchase=purchase_id)
    return rows.select_related("referrer").order_by("-made_at").first()


def referral_sums() -> Sums:
    """Return recommendations in sum. Three queries."""
    counted = Referral.objects.values("state").annotate(rows=Count("id"))
    rewarded = Referral.objects.filter(state=ReferralState.REWARDED)
    cost = rewarded.aggregate(rial=Sum("reserved_rial", default=0))
    values = {"business": active_business_id()}
    return Sums(
        by_state={row["state"]: row["rows"] for row in counted},
        bought_rial=int(_rows(_BOUGHT, values)[0][0]),
        cost_rial=int(cost["rial"]),
    )


def who_brought_whom(limit: int) -> list[Edge]:
    """Return the friends who bought most, with who brought them. One query."""
    values = {"business": active_business_id(), "limit": limit}
    return [Edge(*row) for row in _rows(_BROUGHT, values)]


def taken_with(purchase_id: UUID, returned_rial: int, total_rial: int) -> TakenWith | None:
    """Return what both lose once so much of a purchase is back; None when nobody loses any."""
    row = Referral.objects.filter(purchase=purchase_id, state=ReferralState.REWARDED).first()
    bought = purchase_by_id(purchase_id) if row else None
    if row is None or bought is None:
        return None
    if left_of(bought.eligible_rial, returned_rial, total_rial) >= row.least_rial:
        return None
    lots = Lot.objects.filter(id__in=[row.referrer_lot_id, row.friend_lot_id])
    points = {lot.id: lot.earned_points - lot.reversed_points for lot in lots}
    sides = (row.referrer_lot_id, row.friend_lot_id)
    return TakenWith(*(points.get(one, 0) if one else 0 for one in sides))


def left_of(eligible_rial: int, returned_rial: int, total_rial: int) -> int:
    """Return what remains of the part of a purchase that counts, after its returns."""
    return eligible_rial - cumulative(eligible_rial, returned_rial, total_rial)


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
