"""How a gift card ends or rests: its date, a stop, its price going back."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem
from core.tenancy import operation
from core.text import normalise
from loyalty.enums import CardEntryKind, CardState, RedemptionState
from loyalty.models import GiftCard, GiftCardIssue, GiftCardTopUp, GiftCardUse
from loyalty.operations.gift_cards.books import post_expired, post_taken_back
from loyalty.operations.gift_cards.credit_told import tell_expired
from loyalty.operations.gift_cards.for_people import tell_nobody
from loyalty.operations.gift_cards.issue import PREFIX
from loyalty.operations.gift_cards.ledger import locked_card, locked_cards, move
from loyalty.operations.gift_cards.use import conflict, let_go, release_overdue_use
from payments.enums import AlertKind, PaymentState
from payments.enums.refunds import RefundReason
from payments.operations import cancel_payment, raise_alert
from payments.operations.refunds import ask_refund
from payments.queries import payment_by_id

_BATCH: Final = 500
_MAX_REASON: Final = 200


@operation
def expire_gift_cards(*, now: datetime) -> int:
    """Write off what is left on cards whose time is over; return how many cards.

    They could not be paid with since that moment, whether or not this ran.
    """
    rows = GiftCard.objects.filter(balance_rial__gt=0, expires_at__lte=now)
    rows = rows.select_for_update(of=("self",), skip_locked=True).select_related("issue")
    ended = [(card, card.balance_rial) for card in rows.order_by("id")[:_BATCH]]
    for card, left in ended:
        entry_id = move(card, CardEntryKind.EXPIRE, -left, now)
        post_expired(card.issue, entry_id, left, now)
    tell_expired(ended=ended, now=now)
    return len(ended)


@operation
def release_overdue_uses(*, now: datetime) -> int:
    """Give back the money of holds that ran out; return how many."""
    rows = GiftCardUse.objects.filter(state=RedemptionState.RESERVED, expires_at__lte=now)
    ids = list(rows.order_by("expires_at").values_list("id", flat=True)[:_BATCH])
    return sum(release_overdue_use(use_id=one, now=now) for one in ids)


@operation
def stop_gift_card(*, card_id: UUID, reason: str, actor: Actor | None, now: datetime) -> None:
    """Let nobody pay with a card, lost perhaps; its money stays. Raises NotFound, Problem."""
    card = _found(card_id)
    why = normalise(reason)[:_MAX_REASON]
    if not why:
        detail = _("Write why.")
        raise Problem("reason_missing", detail, fields={"reason": [detail]})
    if card.state != CardState.ACTIVE:
        raise conflict("gift_card_not_active", _("Only an active gift card can be stopped."))
    _set(card, CardState.STOPPED, why)
    _note("gift_card.stopped", card.id, {"reason": why}, actor, now)


@operation
def resume_gift_card(*, card_id: UUID, actor: Actor | None, now: datetime) -> None:
    """Let a stopped card be paid with again. Raises NotFound, Problem `gift_card_not_stopped`."""
    card = _found(card_id)
    if card.state != CardState.STOPPED:
        raise conflict("gift_card_not_stopped", _("This gift card is not stopped."))
    _set(card, CardState.ACTIVE, "")
    _note("gift_card.resumed", card.id, {}, actor, now)


@operation
def take_back_issue(*, issue_id: UUID, actor: Actor | None, now: datetime) -> None:
    """Undo an issue nobody has used: its cards end, and what was paid goes back the way it came.

    Raises NotFound, Problem `gift_cards_used`, `gift_cards_topped_up` (409) or what refusing a
    refund raises.
    """
    issue = GiftCardIssue.objects.filter(id=issue_id).first()
    if issue is None:
        raise NotFound(_("There is no such issue of gift cards."))
    cards = locked_cards(issue.id)
    if all(card.state == CardState.VOID for card in cards):
        return
    if GiftCardTopUp.objects.filter(card__issue=issue, taken_back_at=None).exists():
        detail = _("Some of these cards were topped up; take the top-ups back first.")
        raise conflict("gift_cards_topped_up", detail)
    if any(_worn(card, issue) for card in cards):
        detail = _("Some of these cards were used or have expired; stop the others one by one.")
        raise conflict("gift_cards_used", detail)
    _take_off(issue, cards, now)
    _send_price_back(issue, now)
    _note("gift_cards.taken_back", issue.id, {"name": issue.name}, actor, now)


@operation
def price_went_back(*, payment_id: UUID, now: datetime) -> None:
    """Note that the money of paid cards went back to the buyer; what is left on them ends.

    What was spent already is lost, and a person is told. Repeatable.
    """
    issue = GiftCardIssue.objects.filter(payment=payment_id).first()
    cards = locked_cards(issue.id) if issue else []
    if issue is None or all(card.state == CardState.VOID for card in cards):
        return
    for card in cards:
        let_go(card, now)
    missing = _take_off(issue, cards, now)
    if missing:
        raise_alert(
            kind=AlertKind.REFUND_TROUBLE,
            source_id=issue.id,
            payment_id=payment_id,
            detail={"gift_cards": issue.name, "spent_rial": missing},
            now=now,
        )


def check_may_go_back(payment_id: UUID) -> None:
    """Refuse to give back the price of gift cards that may still be paid with."""
    live = GiftCard.objects.filter(issue__payment=payment_id).exclude(state=CardState.VOID)
    if live.exists():
        detail = _("This paid for gift cards; take the cards back, and the money follows.")
        raise conflict("gift_cards_live", detail)


def _worn(card: GiftCard, issue: GiftCardIssue) -> bool:
    return card.state != CardState.WAITING and card.balance_rial != issue.amount_rial


def _take_off(issue: GiftCardIssue, cards: list[GiftCard], now: datetime) -> int:
    """End the cards; return how much of what was paid for them is not on them any more."""
    paid = any(card.state != CardState.WAITING for card in cards)
    taken = sum(card.balance_rial for card in cards)
    for card in cards:
        if card.balance_rial:
            move(card, CardEntryKind.TAKE_BACK, -card.balance_rial, now)
    GiftCard.objects.filter(issue=issue).update(state=CardState.VOID)
    tell_nobody(cards=cards, now=now)
    missing = issue.amount_rial * issue.count - taken if paid else 0
    post_taken_back(issue, taken, missing, now)
    return missing


def _send_price_back(issue: GiftCardIssue, now: datetime) -> None:
    payment = payment_by_id(issue.payment_id) if issue.payment_id else None
    if payment is None:
        return
    if payment.state != PaymentState.SETTLED:
        cancel_payment(payment_id=payment.id, now=now)
        return
    ask_refund(
        payment_id=payment.id,
        external_id=f"{PREFIX}back-{issue.id}",
        reason=RefundReason.ORDER_CANCELLED,
        by=PREFIX.rstrip("-"),
        now=now,
    )


def _found(card_id: UUID) -> GiftCard:
    if not GiftCard.objects.filter(id=card_id).exists():
        raise NotFound(_("There is no such gift card."))
    return locked_card(card_id)


def _set(card: GiftCard, state: CardState, reason: str) -> None:
    card.state, card.reason = state, reason
    card.save(update_fields=["state", "reason"])


def _note(
    action: str, row_id: UUID, data: dict[str, str], actor: Actor | None, now: datetime
) -> None:
    record_audit(action=action, subject=str(row_id), data=data, actor=actor, now=now)
