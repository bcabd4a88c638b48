"""Who a profile is now, which profiles are one person, and which may be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from core.tenancy import active_business_id
from customers.enums import CustomerStatus, MergeState, SuggestionState
from customers.models import Customer, CustomerMerge, MergedRow, MergeSuggestion, Purchase

PURCHASES: Final = Purchase._meta.label_lower
_LIVE: Final = (CustomerStatus.ACTIVE, CustomerStatus.PROVISIONAL)
_PROFILES: Final = """
WITH RECURSIVE mine AS (
    SELECT %(customer)s::uuid AS id
    UNION
    SELECT c.merged_id FROM mine
    JOIN customers_customermerge c ON c.business_id = %(business)s
        AND c.survivor_id = mine.id AND c.state = 'standing'
)
SELECT id FROM mine
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """A merge as apps above need it: its id, who stays and who was joined."""

    id: UUID
    survivor_id: UUID
    merged_id: UUID


def survivor_of(customer_id: UUID) -> UUID:
    """Return the profile a customer's id stands for today: itself unless it was merged."""
    found = customer_id
    while True:
        into = Customer.objects.filter(id=found, status=CustomerStatus.MERGED)
        next_id = into.values_list("merged_into_id", flat=True).first()
        if next_id is None:
            return found
        found = next_id


def profiles_of(customer_id: UUID) -> list[UUID]:
    """Return a customer's own id and those of every profile joined to it. One query."""
    values = {"business": active_business_id(), "customer": customer_id}
    with connection.cursor() as cursor:
        cursor.execute(_PROFILES, values)
        return [row[0] for row in cursor.fetchall()]


def owners_of(purchase_ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    """Return {purchase: whose it is today}."""
    rows = Purchase.objects.filter(id__in=purchase_ids)
    return dict(rows.values_list("id", "customer_id"))


def merge_rows(customer_id: UUID | None = None) -> QuerySet[CustomerMerge]:
    """Return merges with their profiles (into one customer's, standing ones only, when given)."""
    rows = CustomerMerge.objects.select_related("survivor", "merged")
    if customer_id is None:
        return rows
    return rows.filter(survivor_id=customer_id, state=MergeState.STANDING)


def can_be_undone(merge: CustomerMerge, now: datetime) -> bool:
    """Tell whether a merge may still be taken back, as far as its own row says."""
    return merge.state == MergeState.STANDING and now <= merge.undo_until


def suggestion_rows(
    state: str = SuggestionState.OPEN, customer_id: UUID | None = None
) -> QuerySet[MergeSuggestion]:
    """Return suggestions with their customers; open ones only while both are still there."""
    rows = MergeSuggestion.objects.select_related("first", "second").filter(state=state)
    if state == SuggestionState.OPEN:
        rows = rows.filter(first__status__in=_LIVE, second__status__in=_LIVE)
    if customer_id is not None:
        rows = rows.filter(first_id=customer_id) | rows.filter(second_id=customer_id)
    return rows


def suggestion_count() -> int:
    """Return how many suggestions wait for a person."""
    return suggestion_rows().count()


def moved_rows(merge_id: UUID, what: str) -> list[UUID]:
    """Return the rows of a table that a merge moved."""
    rows = MergedRow.objects.filter(merge_id=merge_id, what=what).order_by("row_id")
    return list(rows.values_list("row_id", flat=True))


def ever_owned(what: str, row_id: UUID) -> set[UUID]:
    """Return every customer a row was moved from or to by merges."""
    rows = MergedRow.objects.filter(row_id=row_id, what=what)
    pairs = rows.values_list("merge__survivor_id", "merge__merged_id")
    return {one for pair in pairs for one in pair}


def codes_of(customer_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return {customer: member code}, merged ones included: the name of a profile that is safe."""
    rows = Customer.objects.filter(id__in=customer_ids)
    return dict(rows.values_list("id", "member_code"))
