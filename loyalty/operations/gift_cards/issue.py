"""Making gift cards: one at the till, many for an occasion, or behind a payment link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as eager
from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.calendar import business_day, day_start
from core.errors import Problem, Sentence
from core.ids import new_id
from core.money import MAX_RIAL
from core.tenancy import active_business_id, operation
from core.text import normalise
from customers.operations import CustomerHint, NewLine
from loyalty.enums import CardKind, CardPaid, CardState
from loyalty.models import GiftCard, GiftCardIssue
from loyalty.operations.gift_cards.books import post_sold
from loyalty.operations.gift_cards.for_people import (
    MOST_CARDS,
    Draft,
    checked_recipients,
    drafts_for,
    tell_recipients,
)
from loyalty.operations.gift_cards.ledger import load, locked_cards
from loyalty.queries.gift_codes import digest_of
from payments.operations import create_payment

LEAST_RIAL: Final = 10_000
PREFIX: Final = "gift-cards-"
_MAX_NAME: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class NewGiftCards:
    """Cards to make: `count` of `amount_rial` each, good to the end of `last_day` (None: always).

    `mobile` is whose payment link it is. With `recipients`, mobiles, there is one card for each.
    `key` is the form they are asked for by: one form makes one issue.
    """

    name: str
    amount_rial: int
    paid_by: str = CardPaid.NOTHING
    count: int = 1
    last_day: date | None = None
    mobile: str | None = None
    recipients: Sequence[str] = ()
    key: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedCards:
    """What was made. The codes are told here once and kept nowhere; pay_token is where to pay.

    `mobiles`: whose each card is, nothing where it is whoever's.
    """

    issue_id: UUID
    card_ids: tuple[UUID, ...]
    codes: tuple[str, ...]
    pay_token: str | None
    mobiles: tuple[str, ...] = ()


@operation
def issue_gift_cards(*, new: NewGiftCards, by: str, now: datetime) -> IssuedCards:
    """Make gift cards. They are active at once, or once their payment link is paid.

    Cards of the business's own (`nothing` paid) need a last day. Whoever one is made for is told by
    SMS once it is good. Raises Problem `invalid_gift_cards`, `gift_cards_made` (409) and what
    asking for a payment raises.
    """
    if new.key is not None and GiftCardIssue.objects.filter(id=new.key).exists():
        raise _made_already()
    mobiles = checked_recipients(new.recipients, count=new.count)
    new = replace(new, count=len(mobiles) or new.count)
    issue = _checked(new, by, now)
    drafts = drafts_for(mobiles=mobiles, count=new.count, now=now)
    codes = tuple(one.code for one in drafts)
    waits = issue.paid_by == CardPaid.LINK
    asked = _ask(issue, new, now) if waits else None
    if asked is not None:
        issue.payment_id = asked.id
    try:
        with transaction.atomic():
            issue.save(force_insert=True)
    except IntegrityError as twice:
        raise _made_already() from twice
    cards = GiftCard.objects.bulk_create(
        _card(issue, draft, code, now, waits=waits)
        for draft, code in zip(drafts, codes, strict=True)
    )
    if not waits:
        load(cards, issue.amount_rial, now)
        post_sold(issue, now)
        tell_recipients(issue=issue, cards=cards, now=now)
    return IssuedCards(
        issue_id=issue.id,
        card_ids=tuple(card.id for card in cards),
        codes=codes,
        pay_token=asked.pay_token if asked else None,
        mobiles=tuple(mobiles),
    )


@operation
def activate_paid(*, payment_id: UUID, now: datetime) -> int:
    """Activate the cards a settled payment is for; return how many. Repeatable."""
    issue = GiftCardIssue.objects.filter(payment=payment_id).first()
    if issue is None:
        return 0
    waiting = [card for card in locked_cards(issue.id) if card.state == CardState.WAITING]
    GiftCard.objects.filter(id__in=[card.id for card in waiting]).update(
        state=CardState.ACTIVE, activated_at=now
    )
    load(waiting, issue.amount_rial, now)
    tell_recipients(issue=issue, cards=waiting, now=now)
    return len(waiting)


@operation
def void_unpaid(*, payment_id: UUID, now: datetime) -> int:
    """Let go of cards nobody paid for in time; return how many."""
    del now
    rows = GiftCard.objects.filter(issue__payment=payment_id, state=CardState.WAITING)
    return rows.update(state=CardState.VOID)


def _card(issue: GiftCardIssue, draft: Draft, code: str, now: datetime, *, waits: bool) -> GiftCard:
    return GiftCard(
        id=draft.id,
        issue=issue,
        customer_id=draft.customer_id,
        code_hmac=digest_of(code),
        ends_with=code[-4:],
        state=CardState.WAITING if waits else CardState.ACTIVE,
        activated_at=None if waits else now,
        expires_at=issue.expires_at,
    )


def _checked(new: NewGiftCards, by: str, now: datetime) -> GiftCardIssue:
    name = normalise(new.name)
    if not 0 < len(name) <= _MAX_NAME:
        raise _wrong("name", _("Give the cards a name of up to 100 letters."))
    if new.paid_by not in CardPaid.values:
        raise _wrong("paid_by", _("This way of payment is not known."))
    if not LEAST_RIAL <= new.amount_rial <= MAX_RIAL // MOST_CARDS:
        raise _wrong("amount", _("A gift card holds at least 1,000 toman."))
    if not 1 <= new.count <= MOST_CARDS:
        raise _wrong("count", _("Make between 1 and 1,000 cards at a time."))
    kind = CardKind.PROMOTIONAL if new.paid_by == CardPaid.NOTHING else CardKind.SOLD
    return GiftCardIssue(
        id=new.key or new_id(),
        name=name,
        kind=kind,
        paid_by=new.paid_by,
        amount_rial=new.amount_rial,
        count=new.count,
        expires_at=_end(new.last_day, kind, now),
        issued_at=now,
        issued_by=by,
    )


def _end(last_day: date | None, kind: CardKind, now: datetime) -> datetime | None:
    if last_day is None:
        if kind == CardKind.PROMOTIONAL:
            raise _wrong("last_day", _("Gifts of your own need a last day."))
        return None
    zone = business_by_id(active_business_id()).timezone
    if last_day < business_day(now, zone):
        raise _wrong("last_day", _("This day is over."))
    return day_start(last_day + timedelta(days=1), zone)


def _ask(issue: GiftCardIssue, new: NewGiftCards, now: datetime) -> Any:
    with translation.override("fa"):
        title = eager("Gift card: %(name)s") % {"name": issue.name}
    return create_payment(
        external_id=f"{PREFIX}{issue.id}",
        amount_rial=issue.amount_rial * issue.count,
        description=title,
        customer=CustomerHint(mobile=new.mobile) if new.mobile else None,
        lines=(NewLine(name=title, quantity=issue.count, unit_price_rial=issue.amount_rial),),
        prepaid=True,
        now=now,
    )


def _made_already() -> Problem:
    detail = _("These cards were made already; their codes were shown then.")
    return Problem("gift_cards_made", detail, status=HTTPStatus.CONFLICT)


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_gift_cards",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )
