"""Topping a gift card up at the till, and taking a top-up back while it is still on the card."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem, Sentence
from core.ids import new_id
from core.money import MAX_RIAL
from core.tenancy import operation
from core.text import normalise
from loyalty.enums import TOP_UP_PAID, CardKind, CardPaid, CardState
from loyalty.models import GiftCard, GiftCardTopUp
from loyalty.operations.gift_cards.books import post_top_up
from loyalty.operations.gift_cards.for_people import MOST_CARDS
from loyalty.operations.gift_cards.issue import LEAST_RIAL
from loyalty.operations.gift_cards.ledger import locked_card, move_top_up
from loyalty.operations.gift_cards.use import (
    card_with,
    check_usable,
    conflict,
    insufficient,
    let_go_of_overdue,
)

MOST_ON_CARD: Final = MAX_RIAL // MOST_CARDS
_MAX_NUMBER: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTopUp:
    """Money to put on the card of a code; `external_id` is the number of whoever asks."""

    code: str
    external_id: str
    amount_rial: int
    paid_by: str


@operation
def top_up_gift_card(*, new: NewTopUp, by: str, now: datetime) -> GiftCardTopUp:
    """Put money somebody paid at the till on a card that was sold; its date stays.

    The same number again changes nothing. Raises NotFound, Problem `invalid_gift_code`,
    `invalid_top_up` (422), `gift_card_not_active`, `gift_card_expired`, `gift_card_not_sold`,
    `gift_card_by_link`, `gift_card_too_full`, `top_up_differs` (409).
    """
    number = _checked(new)
    card = card_with(new.code)
    before = GiftCardTopUp.objects.filter(external_id=number).first()
    if before is not None:
        return _same(before, card, new)
    check_usable(card, now)
    _check_may_hold(card, new.amount_rial)
    top_up = GiftCardTopUp(
        id=new_id(),
        card=card,
        external_id=number,
        amount_rial=new.amount_rial,
        paid_by=new.paid_by,
        at=now,
        by=by,
    )
    top_up.save(force_insert=True)
    move_top_up(card, top_up, now, back=False)
    post_top_up(card.issue, top_up.id, top_up.amount_rial, now, back=False)
    return top_up


@operation
def take_back_top_up(*, top_up_id: UUID, actor: Actor | None, now: datetime) -> GiftCardTopUp:
    """Take a top-up off its card, whole: the money goes back over the counter. Twice is once.

    Raises NotFound, Problem `insufficient_gift_card`, `gift_card_expired` (409).
    """
    top_up = _locked(top_up_id)
    card = top_up.card
    if top_up.taken_back_at is not None:
        return top_up
    # A stopped card may give back what was put on it by mistake; one whose time is over is spent.
    if card.state != CardState.STOPPED or _is_over(card, now):
        check_usable(card, now)
    let_go_of_overdue(card, now)
    if card.balance_rial < top_up.amount_rial:
        raise insufficient(card)
    move_top_up(card, top_up, now, back=True)
    post_top_up(card.issue, top_up.id, top_up.amount_rial, now, back=True)
    top_up.taken_back_at = now
    top_up.save(update_fields=["taken_back_at"])
    data = {"rial": str(top_up.amount_rial), "card": card.ends_with}
    record_audit(
        action="gift_card.top_up_taken_back", subject=str(card.id), data=data, actor=actor, now=now
    )
    return top_up


def _checked(new: NewTopUp) -> str:
    number = normalise(new.external_id)
    if not 0 < len(number) <= _MAX_NUMBER:
        raise _wrong("external_id", _("Give the top-up a number of up to 100 letters."))
    if new.paid_by not in TOP_UP_PAID:
        raise _wrong("paid_by", _("A top-up is paid in cash, at the terminal or card to card."))
    if new.amount_rial < LEAST_RIAL:
        raise _wrong("amount", _("A top-up is at least 1,000 toman."))
    return number


def _same(before: GiftCardTopUp, card: GiftCard, new: NewTopUp) -> GiftCardTopUp:
    told = (before.card_id, before.amount_rial, before.paid_by)
    if told != (card.id, new.amount_rial, CardPaid(new.paid_by)):
        raise conflict("top_up_differs", _("Another top-up has this number already."))
    before.card = card
    return before


def _check_may_hold(card: GiftCard, amount_rial: int) -> None:
    if card.issue.kind != CardKind.SOLD:
        detail = _("A gift of your own cannot be topped up; sell a card instead.")
        raise conflict("gift_card_not_sold", detail)
    # Its price can come back through the bank after it was spent, and the card ends with it:
    # money paid at the till must not end there too.
    if card.issue.paid_by == CardPaid.LINK:
        detail = _("A card paid by a link cannot be topped up; sell another card.")
        raise conflict("gift_card_by_link", detail)
    if card.balance_rial + amount_rial > MOST_ON_CARD:
        raise conflict("gift_card_too_full", _("So much does not fit on one gift card."))


def _locked(top_up_id: UUID) -> GiftCardTopUp:
    """Lock the card, then its top-up."""
    rows = GiftCardTopUp.objects.filter(id=top_up_id)
    card_id = rows.values_list("card_id", flat=True).first()
    if card_id is None:
        raise NotFound(_("There is no such top-up."))
    card = locked_card(card_id)
    top_up = rows.select_for_update().get()
    top_up.card = card
    return top_up


def _is_over(card: GiftCard, now: datetime) -> bool:
    return card.expires_at is not None and card.expires_at <= now


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_top_up",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )
