"""Gift cards made for somebody: whose each is, and telling them (C031, ADR 72).

The SMS names no code: that is on the page of whoever proves that the mobile is theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from businesses.queries import business_by_id
from core.errors import Problem, Sentence
from core.ids import new_id
from core.money import format_toman
from core.spelling import number
from core.tenancy import active_business_id, part_of_operation
from customers.operations import find_or_create_by_mobile
from customers.queries.identities import ForeignNumber, parse_mobile
from customers.queries.own_page import page_url
from customers.queries.people import customer_views
from loyalty.enums import CardKind
from loyalty.models import GiftCard, GiftCardIssue
from loyalty.queries.gift_codes import code_of_card, new_code
from messaging.enums import Purpose
from messaging.operations import NewSms, cancel_queued, queue_sms_many
from messaging.queries import may_be_sent

MOST_CARDS: Final = 1_000
MESSAGE_KIND: Final = "gift_card"
_SOURCE: Final = "gift_card"


@dataclass(frozen=True, slots=True)
class Draft:
    """A card before it is written; one made for somebody has a code of its own id."""

    id: UUID = field(default_factory=new_id)
    customer_id: UUID | None = None

    @property
    def code(self) -> str:
        """Return its code; for whoever holds it, each time another."""
        return code_of_card(self.id) if self.customer_id else new_code()


def checked_recipients(typed: Sequence[str], *, count: int) -> list[str]:
    """Return the mobiles in E.164, each once. Raises Problem `invalid_gift_cards` by the place."""
    if not typed:
        return []
    if len(typed) > MOST_CARDS or count not in {1, len(typed)}:
        raise _wrong(
            "count",
            gettext_lazy("There is one card for each of %(people)s mobiles; at most 1,000.")
            % {"people": number(len(typed))},
        )
    found: dict[str, int] = {}
    for place, one in enumerate(typed):
        mobile = _mobile(one)
        if mobile is None:
            raise _wrong(
                f"recipients.{place}",
                gettext_lazy("«%(typed)s» is not a mobile number; write it like 0912 123 4567.")
                % {"typed": one[:40]},
            )
        if mobile in found:
            raise _wrong(
                f"recipients.{place}",
                gettext_lazy("«%(typed)s» is there twice; each gets one card.")
                % {"typed": one[:40]},
            )
        found[mobile] = place
    return list(found)


@part_of_operation
def drafts_for(*, mobiles: Sequence[str], count: int, now: datetime) -> list[Draft]:
    """Return the cards to make: one for each mobile, or `count` for whoever holds them."""
    if not mobiles:
        return [Draft() for _one in range(count)]
    people = find_or_create_by_mobile(mobiles=mobiles, source=_SOURCE, now=now)
    return [Draft(customer_id=person.customer_id) for person in people]


@part_of_operation
def tell_recipients(*, issue: GiftCardIssue, cards: Sequence[GiftCard], now: datetime) -> int:
    """Queue an SMS to each whose card is good now; return to how many.

    A card somebody bought is told like a purchase; a gift of the business only to who agreed to
    offers. The others find it on their page.
    """
    whose = {card.id: card.customer_id for card in cards if card.customer_id}
    if not whose:
        return 0
    purpose = Purpose.TRANSACTIONAL if issue.kind == CardKind.SOLD else Purpose.MARKETING
    people = customer_views(list(whose.values()))
    mobiles = {one: person.mobile for one, person in people.items() if person.mobile}
    willing = may_be_sent(mobiles.values(), purpose)
    sms = [
        NewSms(mobiles[one], _text(issue, one), f"{MESSAGE_KIND}:{card_id}", card_id)
        for card_id, one in whose.items()
        if mobiles.get(one) in willing
    ]
    queue_sms_many(messages=sms, purpose=purpose, ref_kind=MESSAGE_KIND, now=now)
    return len(sms)


@part_of_operation
def tell_nobody(*, cards: Sequence[GiftCard], now: datetime) -> None:
    """Take back what was to be said of cards that end."""
    cancel_queued(ref_kind=MESSAGE_KIND, ref_ids=[card.id for card in cards], now=now)


def _text(issue: GiftCardIssue, customer_id: UUID) -> str:
    with override(settings.LANGUAGE_CODE):
        text = _(
            "%(shop)s: a gift card of %(amount)s toman is yours, «%(name)s». Its code: %(url)s"
        )
        return text % {
            "shop": business_by_id(active_business_id()).name,
            "amount": format_toman(issue.amount_rial),
            "name": issue.name,
            "url": page_url(customer_id),
        }


def _mobile(typed: str) -> str | None:
    try:
        return parse_mobile(typed)
    except ForeignNumber:
        return None


def _wrong(where: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_gift_cards",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={where: [detail]},
    )
