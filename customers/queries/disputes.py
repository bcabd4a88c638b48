"""Purchases customers say are not theirs, with what tells whose they are (N1)."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.enums import DisputeState, IdentityKind, TenderMethod
from customers.models import CustomerIdentity, PurchaseDispute, PurchaseLine, Tender

# Paid with what only they could spend: a contract they signed, credit by a code to their mobile.
BY_NAME: Final = frozenset({TenderMethod.CREDIT, TenderMethod.STORE_CREDIT})
_SHOWN: Final = 20
_NAMED: Final = 3


def dispute_rows(state: str = DisputeState.OPEN) -> QuerySet[PurchaseDispute]:
    """Return disputes with customer, purchase and who sold; the caller pages by `opened_at`."""
    rows = PurchaseDispute.objects.select_related(
        "customer", "purchase", "purchase__employee", "purchase__branch"
    )
    return rows.filter(state=state)


def dispute_by_id(dispute_id: UUID) -> PurchaseDispute | None:
    """Return one dispute as lists have it, or None. One query."""
    rows = PurchaseDispute.objects.select_related(
        "customer", "purchase", "purchase__employee", "purchase__branch"
    )
    return rows.filter(id=dispute_id).first()


def open_disputes() -> int:
    """Return how many disputes wait for a person. One query."""
    return PurchaseDispute.objects.filter(state=DisputeState.OPEN).count()


def open_of(customer_ids: Collection[UUID]) -> list[UUID]:
    """Return the open disputes of some customers. One query."""
    rows = PurchaseDispute.objects.filter(state=DisputeState.OPEN, customer_id__in=customer_ids)
    return list(rows.values_list("id", flat=True))


def said_by(customer_id: UUID) -> list[PurchaseDispute]:
    """Return what a customer said is not theirs, newest first. One query."""
    rows = PurchaseDispute.objects.select_related("purchase").filter(customer_id=customer_id)
    return list(rows.order_by("-opened_at", "-id")[:_SHOWN])


def disputed_among(customer_id: UUID, purchase_ids: Collection[UUID]) -> set[UUID]:
    """Return about which of these purchases a customer has said it. One query."""
    rows = PurchaseDispute.objects.filter(customer_id=customer_id, purchase_id__in=purchase_ids)
    return set(rows.values_list("purchase_id", flat=True))


def cards_of(purchase_ids: Collection[UUID]) -> Mapping[UUID, list[str]]:
    """Return the last four digits of the cards purchases were paid with. One query."""
    rows = Tender.objects.filter(purchase_id__in=purchase_ids).exclude(masked_pan="")
    found: dict[UUID, list[str]] = {}
    for purchase_id, card in rows.order_by("position").values_list("purchase_id", "masked_pan"):
        found.setdefault(purchase_id, []).append(card[-4:])
    return found


def goods_of(purchase_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Return what was bought with each, the first few by name. One query."""
    rows = PurchaseLine.objects.filter(purchase_id__in=purchase_ids).exclude(name="")
    found: dict[UUID, list[str]] = {}
    for purchase_id, name in rows.order_by("position").values_list("purchase_id", "name"):
        found.setdefault(purchase_id, []).append(name)
    return {one: _named(names) for one, names in found.items()}


def _named(names: list[str]) -> str:
    return _(", ").join([*names[:_NAMED], *("…" for _more in names[_NAMED : _NAMED + 1])])


def card_that_told(dispute: PurchaseDispute) -> UUID | None:
    """Return the identity that recognised the customer, where it was a card and is known which.

    A sale keeps no more of a card than four digits: of several with the same, none is named.
    """
    if dispute.matched_by != IdentityKind.CARD:
        return None
    rows = CustomerIdentity.objects.filter(
        customer_id=dispute.customer_id, kind=IdentityKind.CARD
    ).values_list("id", "hint")
    shown = cards_of([dispute.purchase_id]).get(dispute.purchase_id)
    found = [one for one, hint in rows if not shown or not hint or hint in shown]
    return found[0] if len(found) == 1 else None


def was_by_name(purchase_id: UUID) -> bool:
    """Tell whether a purchase was paid with what only its customer could spend. One query."""
    return Tender.objects.filter(purchase_id=purchase_id, method__in=BY_NAME).exists()
