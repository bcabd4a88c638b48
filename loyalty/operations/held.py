"""What sales use of things held before them: judged before the sale, spent with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from core.tenancy import operation
from customers.operations import Held, Using, Verdict
from loyalty.enums import CardKind, RedemptionState
from loyalty.models import GiftCardUse
from loyalty.operations.gift_cards.use import commit_gift_card, insufficient
from loyalty.queries.programme import program


@operation
def use_held(*, purchase_id: UUID, holds: Sequence[UUID], now: datetime) -> None:
    """Spend what was held for a sale that stands. Repeatable."""
    cards = GiftCardUse.objects.filter(id__in=holds).values_list("card_id", "id")
    for _card_id, use_id in sorted(cards):
        commit_gift_card(use_id=use_id, purchase_id=purchase_id, now=now)


def judge(sales: Sequence[Using], now: datetime) -> list[Verdict]:
    """Return whether each sale may use what it names; reads only."""
    wanted = {held.id for sale in sales for held in sale.holds}
    rows = GiftCardUse.objects.select_related("card__issue", "purchase").filter(id__in=wanted)
    uses = {use.id: use for use in rows}
    current = program()
    sold_earn = current is None or current.gift_cards_earn
    return [_verdict(sale, uses, now, sold_earn=sold_earn) for sale in sales]


def _verdict(
    sale: Using, uses: Mapping[UUID, GiftCardUse], now: datetime, *, sold_earn: bool
) -> Verdict:
    unearning = 0
    for held in sale.holds:
        use = uses.get(held.id)
        refusal = _refusal(sale, held, use, now)
        if use is None or refusal is not None:
            return Verdict(refusal)
        if use.card.issue.kind == CardKind.PROMOTIONAL or not sold_earn:
            unearning += held.paid_rial
    return Verdict(unearning_rial=unearning)


def _refusal(sale: Using, held: Held, use: GiftCardUse | None, now: datetime) -> Problem | None:
    if use is None:
        detail = _("Nothing was held under this number.")
        return _problem("gift_card_not_held", detail, HTTPStatus.UNPROCESSABLE_ENTITY)
    if use.amount_rial != held.paid_rial:
        detail = _("Another amount was held on this gift card.")
        return _problem("gift_card_amount", detail, HTTPStatus.UNPROCESSABLE_ENTITY)
    if use.state == RedemptionState.RELEASED:
        detail = _("This money was given back to the card already.")
        return _problem("gift_card_released", detail, HTTPStatus.CONFLICT)
    if use.state == RedemptionState.EXPIRED:
        return None if _still_there(use, now) else insufficient(use.card)
    other = use.purchase
    if other is not None and (other.channel, other.external_id) != (
        sale.channel,
        sale.external_id,
    ):
        detail = _("This money was spent on another purchase.")
        return _problem("gift_card_spent", detail, HTTPStatus.CONFLICT)
    return None


def _still_there(use: GiftCardUse, now: datetime) -> bool:
    card = use.card
    in_time = card.expires_at is None or card.expires_at > now
    return in_time and card.balance_rial >= use.amount_rial


def _problem(code: str, detail: Sentence, status: HTTPStatus) -> Problem:
    return Problem(code, detail, status=status)
