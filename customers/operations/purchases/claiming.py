"""A purchase of a stranger finds its owner: somebody with its receipt who proved their mobile.

One receipt is one purchase: the rest of what a card bought stays with the stranger, because cards
are shared, and that the two may be one person is suggested. A purchase that somebody known owns is
never taken over.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.tenancy import operation
from customers.enums import CustomerStatus, IdentityKind, SuggestionState, TimelineKind
from customers.models import (
    Customer,
    CustomerTotals,
    MergeSuggestion,
    Purchase,
    TimelineEntry,
)
from customers.operations.days import mark_days_of
from customers.operations.people.sums import recount
from customers.operations.stories import note_timeline

MOST: Final = 10
SPAN: Final = timedelta(days=30)


@operation
def claim_purchase(*, purchase_id: UUID, customer_id: UUID, now: datetime) -> bool:
    """Give a stranger's purchase to a customer; False when it is theirs already.

    Raises NotFound, Problem `purchase_has_owner` (409), `too_many_claims` (409) beyond ten in
    thirty days.
    """
    purchase = Purchase.objects.select_for_update(no_key=True).filter(id=purchase_id).first()
    if purchase is None:
        raise NotFound(_("There is no such purchase."))
    was = purchase.customer_id
    if was == customer_id:
        return False
    if was is not None and not _is_stranger(was):
        raise Problem(
            "purchase_has_owner",
            _("This purchase belongs to somebody already; its points are theirs."),
            status=HTTPStatus.CONFLICT,
        )
    both = [customer_id] if was is None else [customer_id, was]
    list(CustomerTotals.objects.select_for_update().filter(id__in=both).order_by("id"))
    _check_velocity(customer_id, now)
    purchase.customer_id, purchase.matched_by = customer_id, IdentityKind.MOBILE
    purchase.save(update_fields=["customer_id", "matched_by"])
    recount(both)
    mark_days_of(customer_ids=both, now=now)
    if was is not None:
        _suggest(was, customer_id, now)
    _note(purchase_id, customer_id, now)
    return True


def _is_stranger(customer_id: UUID) -> bool:
    known = Customer.objects.filter(id=customer_id).exclude(status=CustomerStatus.PROVISIONAL)
    return not known.exists()


def _check_velocity(customer_id: UUID, now: datetime) -> None:
    """Refuse whoever gathers receipts; the customer's totals are locked, so they are counted."""
    taken = TimelineEntry.objects.filter(
        customer=customer_id, kind=TimelineKind.CLAIMED, occurred_at__gt=now - SPAN
    )
    if taken.count() >= MOST:
        raise Problem(
            "too_many_claims",
            _("Ten purchases were claimed within thirty days; ask at the shop for more."),
            status=HTTPStatus.CONFLICT,
        )


def _suggest(stranger: UUID, customer_id: UUID, now: datetime) -> None:
    """Say that the stranger may be this customer; what a person decided stays decided."""
    first, second = sorted((stranger, customer_id))
    seen = {"because": [IdentityKind.CARD.value], "raised_at": now, "last_at": now}
    row, created = MergeSuggestion.objects.get_or_create(
        first_id=first, second_id=second, defaults=seen
    )
    if not created and row.state == SuggestionState.OPEN:
        row.times, row.last_at = row.times + 1, now
        row.save(update_fields=["times", "last_at"])


def _note(purchase_id: UUID, customer_id: UUID, now: datetime) -> None:
    note_timeline(
        customer_id=customer_id,
        kind=TimelineKind.CLAIMED,
        data={"purchase": str(purchase_id)},
        occurred_at=now,
        source_ref=f"claimed:{purchase_id}",
        now=now,
    )
