"""Reading store credit: what a customer has, how it moved, what is owed to everybody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.spelling import toman
from loyalty.enums import CardEntryKind, CardKind, CardState, RedemptionState
from loyalty.enums.credit import CreditSource
from loyalty.models import CreditTerms, GiftCardEntry, GiftCardUse, StoreCredit


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditPart:
    """What is left of one filling."""

    id: UUID
    source: CreditSource
    reason: str
    at: datetime
    amount_rial: int
    left_rial: int
    expires_at: datetime | None
    is_back: bool = False

    @property
    def last_moment(self) -> datetime | None:
        """Return a moment of the last good day: the boundary itself is the start of the next."""
        return self.expires_at - timedelta(seconds=1) if self.expires_at else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Credit:
    """What a customer may spend now; `owed_rial` of it was their money, the rest was given."""

    balance_rial: int = 0
    owed_rial: int = 0
    parts: Sequence[CreditPart] = ()

    @property
    def given_rial(self) -> int:
        """Return what the business gave."""
        return self.balance_rial - self.owed_rial

    @property
    def next_end(self) -> CreditPart | None:
        """Return what ends first."""
        ending = [one for one in self.parts if one.expires_at is not None]
        return min(ending, key=lambda one: one.expires_at or one.at, default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditMove:
    """One movement, in a sentence that says its number and of what it is a part."""

    id: UUID
    at: datetime
    kind: CardEntryKind
    rial: int
    sentence: str


def credit_terms() -> CreditTerms | None:
    """Return the terms, or None before there are any."""
    return CreditTerms.objects.first()


def credit_is_on() -> bool:
    """Tell whether store credit may be filled."""
    return CreditTerms.objects.filter(is_on=True).exists()


def credit_of(customer_id: UUID, now: datetime) -> Credit:
    """Return what a customer has. One query."""
    rows = StoreCredit.objects.select_related("card__issue").filter(
        customer=customer_id, card__state=CardState.ACTIVE, card__balance_rial__gt=0
    )
    found = list(rows.exclude(card__expires_at__lte=now).order_by("card__expires_at", "id"))
    owed = [row for row in found if row.card.issue.kind == CardKind.CREDIT]
    return Credit(
        balance_rial=sum(row.card.balance_rial for row in found),
        owed_rial=sum(row.card.balance_rial for row in owed),
        parts=[part_of(row) for row in found],
    )


def is_credit_held(customer_ids: Collection[UUID]) -> bool:
    """Tell whether some of these customers' credit is held for a sale."""
    theirs = StoreCredit.objects.filter(customer__in=customer_ids).values("card")
    return GiftCardUse.objects.filter(card__in=theirs, state=RedemptionState.RESERVED).exists()


def part_of(row: StoreCredit) -> CreditPart:
    """Return one filling with what is left of it."""
    return CreditPart(
        id=row.id,
        source=CreditSource(row.source),
        reason=row.reason,
        at=row.at,
        amount_rial=row.amount_rial,
        left_rial=row.card.balance_rial,
        expires_at=row.card.expires_at,
        is_back=row.card.state == CardState.VOID,
    )


def credit_rows() -> QuerySet[StoreCredit]:
    """Return all fillings with their money and whose they are."""
    return StoreCredit.objects.select_related("card__issue", "customer")


def credit_by_id(credit_id: UUID) -> StoreCredit | None:
    """Return a filling, or None."""
    return credit_rows().filter(id=credit_id).first()


def credit_entries(customer_id: UUID) -> QuerySet[GiftCardEntry]:
    """Return the movements of a customer's store credit."""
    theirs = StoreCredit.objects.filter(customer=customer_id).values("card")
    return GiftCardEntry.objects.select_related("use").filter(card__in=theirs)


def credit_history(customer_id: UUID, limit: int) -> list[CreditMove]:
    """Return the last movements, newest first. Two queries."""
    return told(credit_entries(customer_id).order_by("-at", "-id")[:limit])


def told(entries: Collection[GiftCardEntry]) -> list[CreditMove]:
    """Return movements in sentences. One query more than reading them."""
    found = list(entries)
    rows = StoreCredit.objects.filter(card__in={entry.card_id for entry in found})
    of_card = {row.card_id: row for row in rows}
    return [
        CreditMove(
            id=entry.id,
            at=entry.at,
            kind=CardEntryKind(entry.kind),
            rial=entry.amount_rial,
            sentence=_sentence(entry, of_card[entry.card_id]),
        )
        for entry in found
    ]


def _sentence(entry: GiftCardEntry, row: StoreCredit) -> str:
    facts = {
        "rial": toman(abs(entry.amount_rial)),
        "whole": toman(row.amount_rial),
        "reason": row.reason,
    }
    kind = CardEntryKind(entry.kind)
    if kind == CardEntryKind.LOAD:
        return _filled(CreditSource(row.source)) % facts
    if kind == CardEntryKind.SPEND and entry.use is not None and entry.use.purchase_id is None:
        return _("%(rial)s toman held for a sale, of the %(whole)s of «%(reason)s».") % facts
    return _moved(kind) % facts


def _filled(source: CreditSource) -> str:
    return {
        CreditSource.RETURN: _("%(rial)s toman of goods that came back: «%(reason)s»."),
        CreditSource.REFUND: _("%(rial)s toman of a payment given back: «%(reason)s»."),
        CreditSource.PAID: _("%(rial)s toman paid in: «%(reason)s»."),
        CreditSource.GIFT: _("%(rial)s toman given by the shop: «%(reason)s»."),
    }[source]


def _moved(kind: CardEntryKind) -> str:
    return {
        CardEntryKind.SPEND: _("%(rial)s toman paid, of the %(whole)s of «%(reason)s»."),
        CardEntryKind.RELEASE: _("%(rial)s toman let go, into the %(whole)s of «%(reason)s»."),
        CardEntryKind.REFUND: _(
            "%(rial)s toman back with a purchase that was paid with it, into the %(whole)s of "
            "«%(reason)s»."
        ),
        CardEntryKind.EXPIRE: _("%(rial)s toman ended unused, of the %(whole)s of «%(reason)s»."),
        CardEntryKind.TAKE_BACK: _("%(rial)s toman taken back: «%(reason)s» was a mistake."),
    }[kind]
