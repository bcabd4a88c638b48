"""Who stands at the till: name, points, what this sale earns, what to say."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from businesses.enums import Vertical
from core.calendar import business_day
from core.money import RIAL_PER_TOMAN
from core.text import latin_digits
from customers.enums import Channel
from customers.queries.measures import ended_until
from customers.queries.people import CustomerView, customer_view
from dashboard.web.access import BusinessRequest
from dashboard.web.gifts.benefits import benefits_on_page
from dashboard.web.gifts.giving import may_give
from dashboard.web.greeting import Known, greeting
from dashboard.web.people import segment_label, title_of
from dashboard.web.till.card import Card, greeting_card
from dashboard.web.till.whose import customer_of, typed_whose
from loyalty.queries.credit import Credit, credit_of
from loyalty.queries.offers import Preview, preview
from loyalty.queries.presents import presents_to
from loyalty.queries.rules.judge import Sale
from loyalty.queries.rules.presents import PresentView
from loyalty.queries.stamps import Stamps, stamps_of
from loyalty.queries.standing import tier_of
from loyalty.queries.till.rules import needs_code
from loyalty.queries.wallets import wallet_view
from segmentation.queries import score_of


@dataclass(frozen=True, kw_only=True)
class AtTill:
    """A known customer at the till."""

    name: str
    segment: str
    segment_tone: str
    tier: str
    balance: int
    value_rial: int
    spendable: int
    spendable_rial: int
    will_earn: int | None
    say: str
    id: UUID
    stamps: list[Stamps]
    presents: list[PresentView]
    needs_code: bool
    credit: Credit
    card: Card
    ended: date | None


def person_context(request: BusinessRequest, mobile: str, amount: str) -> dict[str, Any]:
    """Return what the side of the till shows for a typed number and amount."""
    if not mobile.strip():
        return {}
    whose = typed_whose(mobile)
    if whose is None:
        return {"mobile_error": _("This is not a mobile number or the code of a member yet.")}
    customer_id = customer_of(whose)
    person = customer_view(customer_id) if customer_id else None
    rial = _rial(amount)
    if person is None:
        offer = _offered(request, None, rial)
        return {"unknown": True, "will_earn": offer.earn_points}
    return {
        "person": _known(request, person, rial),
        **may_give(request),
        **_benefits(person, request),
    }


def _benefits(person: CustomerView, request: BusinessRequest) -> dict[str, Any]:
    """Return the services they may have now (C048); what is used up this month is left out."""
    rows = benefits_on_page(person.id, request)["benefits"]
    return {"benefits": [row for row in rows if row["given_id"]]}


def _known(request: BusinessRequest, person: CustomerView, rial: int) -> AtTill:
    wallet, score = wallet_view(person.id, request.now), score_of(person.id)
    standing = tier_of([person.id]).get(person.id)
    offer = _offered(request, person.id, rial)
    label, tone = segment_label(score.segment if score else None)
    today = business_day(request.now, request.business.timezone)
    balance = max(wallet.balance_points, 0)
    credit = credit_of(person.id, request.now)
    # With the amount unknown, all of it may be spent.
    most = min(credit.balance_rial, rial or credit.balance_rial)
    most += offer.spendable_rial if offer.spendable_points > 0 else 0
    card = greeting_card(person, balance, offer.earn_points, today, request.now)
    known = Known(
        person=person,
        wallet=wallet,
        standing=standing,
        today=today,
        now=request.now,
        usual=card.usual if request.business.vertical == Vertical.CAFE else "",
    )
    return AtTill(
        name=title_of(person.name, person.mobile, person.member_code),
        segment=label,
        segment_tone=tone,
        tier=standing.name if standing else "",
        balance=balance,
        value_rial=wallet.value_rial,
        spendable=offer.spendable_points,
        spendable_rial=offer.spendable_rial,
        will_earn=offer.earn_points if rial else None,
        say=greeting(known)[0],
        id=person.id,
        stamps=stamps_of(person.id),
        presents=presents_to(person.id, live_at=request.now),
        card=card,
        ended=ended_until(person.id, today),
        credit=credit,
        needs_code=most > 0 and needs_code(most),
    )


def _offered(request: BusinessRequest, customer_id: UUID | None, rial: int) -> Preview:
    return preview(
        total_rial=rial,
        eligible_rial=rial,
        customer_id=customer_id,
        now=request.now,
        sale=Sale(channel=Channel.TILL),
    )


def _rial(typed: str) -> int:
    digits = "".join(letter for letter in latin_digits(typed) if letter.isdigit())
    return int(digits[:12] or 0) * RIAL_PER_TOMAN
