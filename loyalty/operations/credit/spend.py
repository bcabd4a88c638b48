"""Holding a customer's store credit for a sale: what ends first goes first (R10, R41, R43)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.tenancy import operation
from customers.enums import CustomerStatus
from customers.queries import customer_view
from loyalty.enums import CardKind, CardState, RedemptionState
from loyalty.models import GiftCard, GiftCardUse, StoreCredit
from loyalty.operations.credit.fill import conflict
from loyalty.operations.gift_cards.use import hold_on, let_go_of_overdue


@operation
def hold_store_credit(
    *,
    customer_id: UUID,
    most_rial: int,
    exact: bool,
    until: datetime | None = None,
    now: datetime,
) -> list[GiftCardUse]:
    """Hold `most_rial` of a customer's store credit, or what there is of it unless `exact`.

    One hold for each filling it is taken from; each is a `store_credit` tender of the sale. Raises
    NotFound, Problem `invalid_amount`, `insufficient_store_credit` (409).
    """
    if most_rial <= 0:
        raise Problem("invalid_amount", _("An amount must be more than zero."))
    person = customer_view(customer_id)
    if person is None or person.status == CustomerStatus.ERASED:
        raise NotFound(_("There is no such customer."))
    cards = _locked(person.id, now)
    for card in cards:
        let_go_of_overdue(card, now)
    there = sum(card.balance_rial for card in cards)
    wanted = most_rial if exact else min(most_rial, there)
    if not 0 < wanted <= there:
        detail = _("There is not so much store credit.")
        raise conflict("insufficient_store_credit", detail, available_rial=there)
    return list(_take(cards, wanted, until, now))


def _locked(customer_id: UUID, now: datetime) -> list[GiftCard]:
    """Lock what a customer has or has held, in order of id as everybody does (R41)."""
    theirs = StoreCredit.objects.filter(customer=customer_id).values("card")
    held = GiftCardUse.objects.filter(card=OuterRef("id"), state=RedemptionState.RESERVED)
    rows = GiftCard.objects.select_for_update(of=("self",)).select_related("issue")
    rows = rows.filter(Q(balance_rial__gt=0) | Exists(held), id__in=theirs, state=CardState.ACTIVE)
    return list(rows.exclude(expires_at__lte=now).order_by("id"))


def _take(
    cards: Iterable[GiftCard], wanted: int, until: datetime | None, now: datetime
) -> Iterable[GiftCardUse]:
    for card in sorted(cards, key=_order):
        part = min(card.balance_rial, wanted)
        if part:
            wanted -= part
            yield hold_on(card, part, until, now)


def _order(card: GiftCard) -> tuple[bool, float, bool, str]:
    """What ends first goes first; of what ends together, what was given before what is owed."""
    ends = card.expires_at
    never = ends is None
    owed = card.issue.kind == CardKind.CREDIT
    return never, ends.timestamp() if ends else 0.0, owed, str(card.id)
