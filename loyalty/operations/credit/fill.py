"""Filling a customer's store credit: always for a reason, once per number, within the cap."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.calendar import add_months, business_day, day_start
from core.errors import NotFound, Problem, Sentence
from core.ids import new_id
from core.money import MAX_RIAL
from core.tenancy import active_business_id, operation, part_of_operation
from core.text import normalise, normalise_code
from customers.enums import CustomerStatus
from customers.operations import demand_nameless
from customers.queries import customer_view
from loyalty.enums import TOP_UP_PAID, CardKind, CardPaid, CardState
from loyalty.enums.credit import CreditSource
from loyalty.events import StoreCreditFilled
from loyalty.models import CreditTerms, GiftCard, GiftCardIssue, StoreCredit
from loyalty.operations.gift_cards.books import post_sold
from loyalty.operations.gift_cards.ledger import load
from loyalty.queries.credit import credit_of
from loyalty.queries.gift_codes import digest_of, new_code
from outbox.operations import publish

LEAST_RIAL: Final = 1
# What the business gives always ends, as its gift cards do.
GIFT_MONTHS: Final = 12
_MAX_REASON: Final = 200
_MAX_NUMBER: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCredit:
    """Money for a customer's store credit; `external_id` is the number of whoever asks.

    `paid_by` tells how the customer paid it in; `nothing`: the business gives it.
    """

    customer_id: UUID
    amount_rial: int
    reason: str
    external_id: str
    paid_by: str = CardPaid.NOTHING


@operation
def fill_store_credit(*, new: NewCredit, by: str, now: datetime) -> StoreCredit:
    """Put money into a customer's store credit; the same number again changes nothing.

    Raises NotFound, Problem `store_credit_off`, `store_credit_full`, `store_credit_differs` (409),
    `invalid_store_credit` (422), `names_the_person`.
    """
    if new.paid_by not in {CardPaid.NOTHING, *TOP_UP_PAID}:
        detail = _("Store credit is given, or paid in cash, at the terminal or card to card.")
        raise wrong("paid_by", detail)
    source = CreditSource.GIFT if new.paid_by == CardPaid.NOTHING else CreditSource.PAID
    return fill(source=source, new=new, by=by, now=now)


@part_of_operation
def fill(
    *,
    source: CreditSource,
    new: NewCredit,
    by: str,
    now: datetime,
    purchase_id: UUID | None = None,
    ends_at: datetime | None = None,
) -> StoreCredit:
    """Fill it from any source; `ends_at` ends it then whatever the terms say."""
    why, number = _checked(new)
    whose = _receiver(new.customer_id, why)
    before = _told_before(source, number) or _told_meanwhile(source, number)
    if before is not None:
        return _same(before, new, whose)
    terms = demand_room(whose, new.amount_rial, now)
    row = StoreCredit(
        id=new_id(),
        customer_id=whose,
        purchase_id=purchase_id,
        source=source,
        external_id=number,
        amount_rial=new.amount_rial,
        reason=why,
        by=by,
        at=now,
    )
    try:
        with transaction.atomic():
            issue = _issue(source, new, ends_at or _end(terms, source, now), by, now)
            row.card = _card(issue, now)
            row.save(force_insert=True)
    except IntegrityError:
        # Without a cap nobody waits before: the number's own key makes them.
        before = _told_before(source, number)
        if before is None:
            raise
        return _same(before, new, whose)
    post_sold(issue, now)
    publish([_filled(row)], now=now)
    return row


def known_buyer(customer_id: UUID | None) -> UUID:
    """Return the buyer store credit can belong to: one who can prove who they are.

    Raises Problem `buyer_unknown` (409) for nobody, and for somebody known by a card alone.
    """
    person = customer_view(customer_id) if customer_id is not None else None
    if person is None or person.status == CustomerStatus.PROVISIONAL:
        detail = _("Nobody knows who bought this; store credit needs a customer.")
        raise conflict("buyer_unknown", detail)
    return person.id


def conflict(code: str, detail: Sentence, **more: int) -> Problem:
    """Return a refusal because of how things stand."""
    return Problem(code, detail, status=HTTPStatus.CONFLICT, extra=dict(more))


def wrong(field: str, detail: Sentence) -> Problem:
    """Return a refusal of what was said."""
    return Problem(
        "invalid_store_credit",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )


def _filled(row: StoreCredit) -> StoreCreditFilled:
    return StoreCreditFilled(
        store_credit_id=row.id,
        customer_id=row.customer_id,
        amount_rial=row.amount_rial,
        source=row.source,
        purchase_id=row.purchase_id,
        expires_at=row.card.expires_at,
        reason=row.reason,
    )


def _checked(new: NewCredit) -> tuple[str, str]:
    why, number = normalise(new.reason)[:_MAX_REASON], normalise_code(new.external_id)
    if not why:
        raise wrong("reason", _("Say why; the customer reads it."))
    if not 0 < len(number) <= _MAX_NUMBER:
        raise wrong("external_id", _("Give it a number of up to 200 letters."))
    if not LEAST_RIAL <= new.amount_rial <= MAX_RIAL // 1_000:
        raise wrong("amount", _("Give an amount above zero."))
    return why, number


def _receiver(customer_id: UUID, why: str) -> UUID:
    person = customer_view(customer_id)
    if person is None or person.status == CustomerStatus.ERASED:
        raise NotFound(_("There is no such customer."))
    demand_nameless(why, person.id)
    return person.id


def _told_before(source: CreditSource, number: str) -> StoreCredit | None:
    rows = StoreCredit.objects.select_related("card__issue")
    return rows.filter(source=source, external_id=number).first()


def _told_meanwhile(source: CreditSource, number: str) -> StoreCredit | None:
    """Wait for whoever fills under a cap just now, the last lock anybody takes, and look again."""
    terms = CreditTerms.objects.select_for_update(no_key=True).filter(most_rial__isnull=False)
    return _told_before(source, number) if terms.first() else None


def _same(before: StoreCredit, new: NewCredit, whose: UUID) -> StoreCredit:
    told = (before.customer_id, before.amount_rial)
    paid = before.card.issue.paid_by == new.paid_by or before.source in {
        CreditSource.RETURN,
        CreditSource.REFUND,
    }
    if told != (whose, new.amount_rial) or not paid:
        detail = _("Other store credit has this number already.")
        raise conflict("store_credit_differs", detail)
    return before


def demand_room(customer_id: UUID, amount_rial: int, now: datetime) -> CreditTerms:
    """Return the terms; under a cap their row is locked, the last lock anybody takes.

    Raises Problem `store_credit_off`, `store_credit_full` (409).
    """
    terms = CreditTerms.objects.first()
    if terms is None or not terms.is_on:
        detail = _("Store credit is not offered here; the owner can switch it on.")
        raise conflict("store_credit_off", detail)
    if terms.most_rial is not None:
        CreditTerms.objects.select_for_update(no_key=True).get(id=terms.id)
        have = credit_of(customer_id, now).balance_rial
        if have + amount_rial > terms.most_rial:
            detail = _("So much store credit is not kept for one customer here.")
            left = max(0, terms.most_rial - have)
            raise conflict("store_credit_full", detail, left_rial=left)
    return terms


def _end(terms: CreditTerms, source: CreditSource, now: datetime) -> datetime | None:
    """Return when it ends: with the last day of so many Jalali months."""
    months = terms.months or (GIFT_MONTHS if source == CreditSource.GIFT else None)
    if months is None:
        return None
    zone = business_by_id(active_business_id()).timezone
    last = add_months(business_day(now, zone), months)
    return day_start(last + timedelta(days=1), zone)


def _issue(
    source: CreditSource, new: NewCredit, ends_at: datetime | None, by: str, now: datetime
) -> GiftCardIssue:
    gift = source == CreditSource.GIFT
    back = source in {CreditSource.RETURN, CreditSource.REFUND}
    issue = GiftCardIssue(
        id=new_id(),
        name=source.value,
        kind=CardKind.CREDIT_GIFT if gift else CardKind.CREDIT,
        paid_by=CardPaid.RETURN if back else new.paid_by,
        amount_rial=new.amount_rial,
        count=1,
        expires_at=ends_at,
        issued_at=now,
        issued_by=by,
    )
    issue.save(force_insert=True)
    return issue


def _card(issue: GiftCardIssue, now: datetime) -> GiftCard:
    """Make the card. Its code is thrown away at once: nobody can hold, lose or steal it."""
    card = GiftCard(
        id=new_id(),
        issue=issue,
        code_hmac=digest_of(new_code()),
        ends_with="",
        state=CardState.ACTIVE,
        activated_at=issue.issued_at,
        expires_at=issue.expires_at,
    )
    card.save(force_insert=True)
    load([card], issue.amount_rial, now)
    card.balance_rial = issue.amount_rial
    return card
