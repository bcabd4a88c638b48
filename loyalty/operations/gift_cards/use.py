"""Paying with a gift card: hold, commit with the sale, release (rules R41, R43)."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem, Sentence
from core.ids import new_id
from core.tenancy import operation
from customers.enums import TenderMethod
from customers.operations import locked_purchase
from customers.queries.sales import paid_with
from loyalty.enums import CREDIT_CARDS, CardEntryKind, CardState, RedemptionState
from loyalty.models import GiftCard, GiftCardIssue, GiftCardUse
from loyalty.operations.gift_cards.back import give_back
from loyalty.operations.gift_cards.books import post_spent
from loyalty.operations.gift_cards.credit_told import tell_spent
from loyalty.operations.gift_cards.ledger import locked_card, move
from loyalty.queries.gift_codes import digest_of
from loyalty.queries.programme import program

_HOLD_MINUTES: Final = 15


@operation
def reserve_gift_card(
    *, code: str, most_rial: int, exact: bool, until: datetime | None = None, now: datetime
) -> GiftCardUse:
    """Hold money of a card for a sale: `most_rial`, or what there is of it unless `exact`.

    Until the programme's minutes are over, unless whoever asks sees to it `until` then.
    Raises NotFound, Problem `invalid_gift_code`, `invalid_amount`, `gift_card_not_active`,
    `gift_card_expired` or `insufficient_gift_card` (409).
    """
    if most_rial <= 0:
        raise Problem("invalid_amount", _("An amount must be more than zero."))
    card = card_with(code)
    let_go_of_overdue(card, now)
    check_usable(card, now)
    amount = most_rial if exact else min(most_rial, card.balance_rial)
    return hold_on(card, max(amount, 1), until, now)


def hold_on(card: GiftCard, amount_rial: int, until: datetime | None, now: datetime) -> GiftCardUse:
    """Hold money of a locked card. Raises Problem."""
    use = GiftCardUse(
        id=new_id(),
        card=card,
        state=RedemptionState.RESERVED,
        amount_rial=amount_rial,
        reserved_at=now,
        expires_at=until or _held_until(now),
    )
    _take(card, use, now)
    return use


@operation
def commit_gift_card(*, use_id: UUID, purchase_id: UUID, now: datetime) -> GiftCardUse:
    """Spend held money on a sale it is a tender of. Committing twice is committing once.

    A hold that ran out is taken again when the money is still there. Raises NotFound, Problem
    `gift_card_released`, `gift_card_tender_missing`, `insufficient_gift_card` (409).
    """
    sale = locked_purchase(purchase_id)
    card, use = _locked(use_id)
    if use.state == RedemptionState.RELEASED:
        raise conflict("gift_card_released", _("This money was given back to the card already."))
    if use.state == RedemptionState.COMMITTED:
        return use
    method = tender_method(card.issue)
    if paid_with(sale.id, method, str(use.id)) != use.amount_rial:
        detail = _("The purchase has no tender of this gift card with this amount.")
        raise conflict("gift_card_tender_missing", detail)
    if use.state == RedemptionState.EXPIRED:
        use.state, use.expires_at = RedemptionState.RESERVED, _held_until(now)
        _take(card, use, now)
    use.purchase_id = purchase_id
    _end(use, RedemptionState.COMMITTED, now)
    post_spent(card.issue, use.id, use.amount_rial, now)
    tell_spent(card=card, purchase_id=sale.id, amount_rial=use.amount_rial, now=now)
    give_back(card, use, sale.returned_rial, sale.total_rial, now)
    return use


@operation
def release_gift_card(*, use_id: UUID, now: datetime) -> GiftCardUse:
    """Give held money back to its card. Releasing twice is releasing once.

    Raises NotFound or Problem `gift_card_spent` (409).
    """
    card, use = _locked(use_id)
    if use.state == RedemptionState.COMMITTED:
        raise conflict("gift_card_spent", _("This money was spent already."))
    if use.state == RedemptionState.RESERVED:
        move(card, CardEntryKind.RELEASE, use.amount_rial, now, use)
    if use.state != RedemptionState.RELEASED:
        _end(use, RedemptionState.RELEASED, now)
    return use


@operation
def release_unused(*, use_id: UUID, now: datetime) -> None:
    """Give held money back unless a sale took it."""
    card, use = _locked(use_id)
    if use.state == RedemptionState.RESERVED:
        move(card, CardEntryKind.RELEASE, use.amount_rial, now, use)
        _end(use, RedemptionState.RELEASED, now)


@operation
def release_overdue_use(*, use_id: UUID, now: datetime) -> bool:
    """Give back the money of a hold that ran out; return whether it had."""
    card, use = _locked(use_id)
    if use.state != RedemptionState.RESERVED or use.expires_at > now:
        return False
    _ran_out(card, use, now)
    return True


def tender_method(issue: GiftCardIssue) -> TenderMethod:
    """Return as what a sale names money of a card."""
    is_credit = issue.kind in CREDIT_CARDS
    return TenderMethod.STORE_CREDIT if is_credit else TenderMethod.GIFT_CARD


def conflict(code: str, detail: Sentence, **more: int) -> Problem:
    """Return a refusal because of how things stand."""
    return Problem(code, detail, status=HTTPStatus.CONFLICT, extra=dict(more))


def insufficient(card: GiftCard) -> Problem:
    """Return the refusal of a card that holds too little."""
    detail = _("There is not enough money on this gift card.")
    return conflict("insufficient_gift_card", detail, available_rial=card.balance_rial)


def card_with(code: str) -> GiftCard:
    """Return the card of a code, locked. Raises NotFound, Problem `invalid_gift_code`."""
    digest = digest_of(code)
    rows = GiftCard.objects.select_for_update(of=("self",)).select_related("issue")
    card = rows.filter(code_hmac=digest).first()
    if card is None:
        raise NotFound(_("There is no gift card with this code."))
    return card


def _locked(use_id: UUID) -> tuple[GiftCard, GiftCardUse]:
    """Lock the card, then its use: the order everybody takes them in."""
    card_id = GiftCardUse.objects.filter(id=use_id).values_list("card_id", flat=True).first()
    if card_id is None:
        raise NotFound(_("Nothing is held under this number."))
    return locked_card(card_id), GiftCardUse.objects.select_for_update().get(id=use_id)


def check_usable(card: GiftCard, now: datetime) -> None:
    """Refuse a card nobody can pay with now. Raises Problem."""
    if card.state != CardState.ACTIVE:
        detail = {
            CardState.WAITING: _("This gift card has not been paid for yet."),
            CardState.STOPPED: _("This gift card is stopped."),
        }.get(CardState(card.state), _("This gift card is not valid any more."))
        raise conflict("gift_card_not_active", detail)
    if card.expires_at is not None and card.expires_at <= now:
        raise conflict("gift_card_expired", _("The time of this gift card is over."))


def _take(card: GiftCard, use: GiftCardUse, now: datetime) -> None:
    check_usable(card, now)
    if card.balance_rial < use.amount_rial:
        raise insufficient(card)
    use.save()
    move(card, CardEntryKind.SPEND, -use.amount_rial, now, use)


def let_go(card: GiftCard, now: datetime) -> None:
    """Give back what is held on a locked card that ends."""
    for use in _held_on(card):
        move(card, CardEntryKind.RELEASE, use.amount_rial, now, use)
        _end(use, RedemptionState.RELEASED, now)


def _held_on(card: GiftCard) -> QuerySet[GiftCardUse]:
    rows = GiftCardUse.objects.select_for_update().filter(card=card)
    return rows.filter(state=RedemptionState.RESERVED).order_by("id")


def let_go_of_overdue(card: GiftCard, now: datetime) -> None:
    """Give a locked card the money of its holds that ran out."""
    for use in _held_on(card).filter(expires_at__lte=now):
        _ran_out(card, use, now)


def _ran_out(card: GiftCard, use: GiftCardUse, now: datetime) -> None:
    move(card, CardEntryKind.RELEASE, use.amount_rial, now, use)
    _end(use, RedemptionState.EXPIRED, now)


def _end(use: GiftCardUse, state: RedemptionState, now: datetime) -> None:
    use.state, use.settled_at = state, now
    use.save(update_fields=["state", "settled_at", "purchase"])


def _held_until(now: datetime) -> datetime:
    current = program()
    return now + timedelta(minutes=current.hold_minutes if current else _HOLD_MINUTES)
