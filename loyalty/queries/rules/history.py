"""Past purchases as rules look at them, a page at a time, with what the ledger says of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from customers.queries.sold_stream import Place, SoldOnce, lines_sold, page_of_sold
from loyalty.models import Tier
from loyalty.queries.programme import Terms
from loyalty.queries.rules.basket import Basket, goods_of
from loyalty.queries.rules.buyers import Known, known_of
from loyalty.queries.rules.document import Rules, When
from loyalty.queries.rules.replay import Came

# The factors a purchase earned with are kept in its entry, so a replay multiplies by the same ones.
_EARNED: Final = Prepared(
    """
SELECT purchase_id, points + pending_points + contingent_points, data ->> 'tier',
    COALESCE((data ->> 'tier_num')::bigint, 1), COALESCE((data ->> 'tier_den')::bigint, 1),
    COALESCE((data ->> 'member_num')::bigint, 1), COALESCE((data ->> 'member_den')::bigint, 1),
    data ? 'away'
FROM loyalty_ledgerentry
WHERE business_id = %(business)s AND purchase_id = ANY(%(purchases)s::uuid[]) AND kind = 'earn'
""",
    business="uuid",
    purchases="uuid[]",
)
PAGE: Final = 2_000

_Posted = tuple[int, str | None, int, int]
# Bought by somebody who was out of the club: no rule is asked about it.
_AWAY: Final[_Posted] = (0, None, 0, 0)


@dataclass(slots=True)
class History:
    """Reads purchases in order; `bought` counts how many each customer has made so far."""

    current: Terms
    asks_goods: bool
    whens: Sequence[When]
    bought: dict[UUID, int] | None
    _tiers: Mapping[str, UUID]

    @classmethod
    def of(
        cls, current: Terms, rules: Sequence[Rules], before: Callable[[], dict[UUID, int]]
    ) -> "History":
        """Return a reader that reads what the rules ask about, and no more.

        `before` tells how many purchases each customer had made before the first page.
        """
        bonuses = [one.when for held in rules for one in held.bonuses]
        return cls(
            current,
            any(held.reads_lines for held in rules),
            bonuses,
            before() if any(when.counts_purchases for when in bonuses) else None,
            dict(Tier.objects.values_list("name", "id")),
        )

    def page(self, after: Place, until: datetime) -> tuple[list[Came], Place | None]:
        """Return the next purchases and the place after them, None at the end. Seven queries.

        What was bought out of the club is passed over; it counts as one of the customer's.
        """
        sold = page_of_sold(after, until, PAGE)
        ids = [one.id for one in sold]
        posted = _posted(ids)
        lines = lines_sold(ids) if self.asks_goods else {}
        known = self._known(sold)
        seen = [(one, posted.get(one.id), lines.get(one.id, ())) for one in sold]
        came = [(told, self._came(one, told, of_it, known)) for one, told, of_it in seen]
        page = [one for told, one in came if told is not _AWAY]
        return page, (sold[-1].occurred_at, sold[-1].id) if len(sold) == PAGE else None

    def one(self, sold: SoldOnce, number: int | None) -> Came:
        """Return one purchase. Four queries."""
        posted, lines = _posted([sold.id]), lines_sold([sold.id])
        known = self._known([sold])
        came = self._came(sold, posted.get(sold.id), lines.get(sold.id, ()), known)
        return replace(came, basket=replace(came.basket, number=number))

    def _known(self, sold: Sequence[SoldOnce]) -> Known:
        return known_of({(one.customer_id, one.occurred_at) for one in sold}, self.whens)

    def _came(
        self,
        one: SoldOnce,
        posted: _Posted | None,
        lines: Sequence[tuple[str, str, int, int]],
        known: Known,
    ) -> Came:
        """Return a purchase; one the ledger does not know has the lowest tier's factor."""
        points, tier, num, den = posted or (
            None,
            self.current.base_tier,
            self.current.base_num,
            self.current.base_den,
        )
        basket = Basket(
            eligible_rial=one.eligible_rial,
            local=one.occurred_at.astimezone(self.current.zone),
            goods=goods_of([line[:3] for line in lines], one.eligible_rial),
            channel=one.channel,
            branch_id=one.branch_id,
            employee_id=one.employee_id,
            customer_id=one.customer_id,
            tier_id=self._tiers.get(tier or ""),
            number=self._number(one.customer_id),
            point_rial=self.current.unit_value_rial,
            times_num=num,
            times_den=den,
            **known.at(one.customer_id, one.occurred_at),
        )
        return Came(
            basket=basket,
            on=one.local_date,
            total_rial=one.total_rial,
            returned_rial=one.returned_rial,
            lines=lines,
            posted=points,
        )

    def _number(self, customer_id: UUID | None) -> int | None:
        if self.bought is None or customer_id is None:
            return None
        number = self.bought.get(customer_id, 0) + 1
        self.bought[customer_id] = number
        return number


def _posted(purchase_ids: Sequence[UUID]) -> dict[UUID, _Posted]:
    values: dict[str, Any] = {"business": active_business_id(), "purchases": list(purchase_ids)}
    return {
        purchase_id: _AWAY if away else (int(points), tier, num * plan_num, den * plan_den)
        for purchase_id, points, tier, num, den, plan_num, plan_den, away in _EARNED.rows(values)
    }
