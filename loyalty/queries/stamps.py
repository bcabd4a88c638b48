"""Stamps: counted from paid purchases whenever somebody looks; there is no row to forge (N23).

What a rule gave beside them is a row of the purchase that earned it, one for each, and counts
while that purchase does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.text import normalise
from customers.queries.pieces import Sold, SoldLine, sold_by_id, sold_since
from loyalty.models import Coupon, StampCard, StampReward
from loyalty.queries.rules.presents import stamps_given


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamps:
    """Where a customer stands with a card: all stamps, and rewards taken and ready.

    `toward` is towards the next reward; below zero, a return took stamps whose reward was taken.
    """

    card: StampCard
    count: int
    taken: int

    @property
    def ready(self) -> int:
        """Return how many rewards may be taken now."""
        return max(0, self.count // self.card.needed - self.taken)

    @property
    def toward(self) -> int:
        """Return the stamps that no reward was taken for."""
        return self.count - self.taken * self.card.needed


def card_rows(*, active: bool = False) -> QuerySet[StampCard]:
    """Return the stamp cards."""
    rows = StampCard.objects.select_related("pool")
    return rows.filter(is_active=True) if active else rows


def card_by_id(card_id: UUID) -> StampCard | None:
    """Return a stamp card, or None."""
    return card_rows().filter(id=card_id).first()


def stamps_of(customer_id: UUID) -> list[Stamps]:
    """Return a customer's standing with every card on offer; at most five queries."""
    cards = list(card_rows(active=True).order_by("made_at", "id"))
    if not cards:
        return []
    sales = sold_since(customer_id, min(card.starts_on for card in cards))
    taken, given = _taken(customer_id), stamps_given(customer_id)
    return [
        Stamps(
            card=card,
            count=_count(card, sales) + given.get(card.id, 0),
            taken=taken.get(card.id, 0),
        )
        for card in cards
    ]


def stamps_on(card: StampCard, customer_id: UUID) -> Stamps:
    """Return a customer's standing with one card, on offer or not."""
    sales = sold_since(customer_id, card.starts_on)
    taken = _taken(customer_id).get(card.id, 0)
    given = stamps_given(customer_id).get(card.id, 0)
    return Stamps(card=card, count=_count(card, sales) + given, taken=taken)


def check_earned(coupon: Coupon, customer_id: UUID | None) -> None:
    """Refuse a reward to anybody else, or whose stamps a return took back meanwhile."""
    reward = StampReward.objects.select_related("card").filter(coupon=coupon).first()
    if reward is None:
        return
    if customer_id != reward.customer_id:
        raise _refusal("coupon_needs_customer", _("This reward is another customer's."))
    standing = stamps_on(reward.card, reward.customer_id)
    earlier = StampReward.objects.filter(
        Q(taken_at__lt=reward.taken_at) | Q(taken_at=reward.taken_at, id__lte=reward.id),
        card=reward.card_id,
        customer=reward.customer_id,
    )
    if standing.count // reward.card.needed < earlier.count():
        raise _refusal("reward_not_earned", _("What earned this reward was returned meanwhile."))


def stamps_lost(
    purchase_id: UUID, returned_rial: int, of_lines: Mapping[int, int]
) -> dict[str, int]:
    """Return by card's name the stamps a return would take.

    `returned_rial` is what will have come back of the sale, `of_lines` what comes back now of each
    line, by position.
    """
    cards = list(card_rows(active=True).order_by("name"))
    sale = sold_by_id(purchase_id) if cards else None
    if sale is None:
        return {}
    after = replace(
        sale,
        returned_rial=returned_rial,
        lines=tuple(_returned(line, of_lines) for line in sale.lines),
    )
    lost = {card.name: stamps_in(card, sale) - stamps_in(card, after) for card in cards}
    return {name: number for name, number in lost.items() if number}


def stamps_in(card: StampCard, sale: Sold) -> int:
    """Return the stamps of one sale: its whole pieces that count and stand."""
    if sale.local_date < card.starts_on:
        return 0
    return int(sum(sale.pieces(line) for line in sale.lines if _counts(card, line)))


def rewards_by_card() -> dict[UUID, tuple[int, int]]:
    """Return by card how many rewards were taken, and by how many customers."""
    rows = StampReward.objects.values("card_id").annotate(
        n=Count("id"), people=Count("customer", distinct=True)
    )
    return {row["card_id"]: (row["n"], row["people"]) for row in rows}


def _count(card: StampCard, sales: Iterable[Sold]) -> int:
    return sum(stamps_in(card, sale) for sale in sales)


def _counts(card: StampCard, line: SoldLine) -> bool:
    if card.sku:
        return line.sku == card.sku
    return normalise(line.category) == card.category


def _returned(line: SoldLine, of_lines: Mapping[int, int]) -> SoldLine:
    return replace(line, returned_rial=line.returned_rial + of_lines.get(line.position, 0))


def _taken(customer_id: UUID) -> dict[UUID, int]:
    rows = StampReward.objects.filter(customer=customer_id).values("card_id")
    return dict(rows.annotate(n=Count("id")).values_list("card_id", "n"))


def _refusal(code: str, detail: object) -> Problem:
    return Problem(code, str(detail), status=HTTPStatus.CONFLICT)
