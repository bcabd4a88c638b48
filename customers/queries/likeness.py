"""Signs that two profiles are one person, or one household's; nobody is merged for them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from customers.enums import CustomerStatus, IdentityKind, SuggestionState
from customers.models import Customer, MergeSuggestion, Purchase

_CONTACTS = ("mobile", "email")


def shared_with(customer_id: UUID, others: Collection[UUID]) -> set[IdentityKind]:
    """Return the kinds of identity a customer was seen to share with any of others. Two queries.

    Whatever somebody decided about the two profiles since: a shared card is shared by two as well.
    """
    pairs = MergeSuggestion.objects.filter(
        Q(first=customer_id, second__in=others) | Q(second=customer_id, first__in=others)
    )
    kinds = {kind for because in pairs.values_list("because", flat=True) for kind in because}
    people = Customer.objects.filter(id__in=[customer_id, *others])
    known = {row["id"]: row for row in people.values("id", *_CONTACTS)}
    own = known.pop(customer_id, {})
    kinds |= {
        name
        for name in _CONTACTS
        if own.get(name) and any(row[name] == own[name] for row in known.values())
    }
    return {IdentityKind(kind) for kind in kinds}


def contacts_of(customer_ids: Collection[UUID]) -> set[str]:
    """Return the mobiles and e-mails of some customers. One query."""
    rows = Customer.objects.filter(id__in=customer_ids).values_list(*_CONTACTS)
    return {contact for row in rows for contact in row if contact}


def owners_of_contacts(contacts: Collection[str]) -> dict[str, UUID]:
    """Return {mobile or e-mail: profile} for those that are a known customer's own. One query."""
    reached = Q(mobile__in=contacts) | Q(email__in=contacts)
    rows = Customer.objects.filter(reached, status=CustomerStatus.ACTIVE)
    told = rows.values_list("id", *_CONTACTS)
    return {contact: one for one, *both in told for contact in both if contact in contacts}


def profiles_of_contacts(contacts: Collection[str]) -> set[UUID]:
    """Return the profiles that have one of these mobiles or e-mails, or share a card with one.

    A card that somebody decided is not the same person's is a family's. Two queries.
    """
    reached = Q(mobile__in=contacts) | Q(email__in=contacts)
    rows = Customer.objects.filter(reached, status=CustomerStatus.ACTIVE)
    own = set(rows.values_list("id", flat=True))
    cards = MergeSuggestion.objects.filter(
        Q(first__in=own) | Q(second__in=own),
        because__contains=[IdentityKind.CARD],
        state=SuggestionState.OPEN,
    )
    return own.union(*cards.values_list("first_id", "second_id"))


def all_known(customer_ids: Collection[UUID]) -> bool:
    """Tell whether all of some customers told who they are and are still here. One query."""
    rows = Customer.objects.filter(id__in=customer_ids, status=CustomerStatus.ACTIVE)
    return rows.count() == len(set(customer_ids))


def bought_before(customer_id: UUID, moment: datetime, *, but: UUID | None = None) -> bool:
    """Tell whether a customer bought anything up to a moment, or before one sale. One query."""
    rows = Purchase.objects.filter(customer=customer_id)
    if but is None:
        return rows.filter(occurred_at__lte=moment).exists()
    earlier = Q(occurred_at__lt=moment) | Q(occurred_at=moment, id__lt=but)
    return rows.filter(earlier).exists()


def first_purchase_since(customer_id: UUID, moment: datetime) -> Purchase | None:
    """Return a customer's first purchase from a moment on, or None. One query."""
    rows = Purchase.objects.filter(customer=customer_id, occurred_at__gte=moment)
    return rows.order_by("occurred_at", "id").first()
