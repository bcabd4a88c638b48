"""Moving a table's rows from one profile to another and back; what apps above use for theirs."""

from uuid import UUID

from django.db.models import Model, Q

from core.tenancy import part_of_operation
from customers.enums import MergeState
from customers.models import CustomerMerge, MergedRow
from customers.queries.merging import Pair, moved_rows


def held_merge(merge_id: UUID, state: MergeState) -> Pair | None:
    """Lock a merge; None when it is no longer in this state: then nothing is to be done.

    Whoever reacts to a merge late finds it undone, and whoever reacts to the undoing first moves
    nothing: both hold this lock.
    """
    rows = CustomerMerge.objects.select_for_update(no_key=True)
    row = rows.filter(id=merge_id, state=state).first()
    return Pair(row.id, row.survivor_id, row.merged_id) if row else None


@part_of_operation
def take_along(
    *, merge: Pair, model: type[Model], but: Q | None = None, field: str = "customer_id"
) -> list[UUID]:
    """Give the merged profile's rows of a table to the survivor, and remember which they were."""
    rows = model._default_manager.filter(**{field: merge.merged_id})
    if but is not None:
        rows = rows.exclude(but)
    ids: list[UUID] = list(rows.order_by("id").values_list("id", flat=True))
    remember(merge=merge, model=model, ids=ids)
    model._default_manager.filter(id__in=ids).update(**{field: merge.survivor_id})
    return ids


@part_of_operation
def send_back(*, merge: Pair, model: type[Model], field: str = "customer_id") -> list[UUID]:
    """Give back the rows a merge took along, as far as they are still the survivor's."""
    ids = moved_rows(merge.id, what_of(model))
    rows = model._default_manager.filter(**{"id__in": ids, field: merge.survivor_id})
    rows.update(**{field: merge.merged_id})
    return ids


@part_of_operation
def remember(*, merge: Pair, model: type[Model], ids: list[UUID]) -> None:
    """Write down that a merge moved these rows; again it changes nothing."""
    MergedRow.objects.bulk_create(
        (MergedRow(merge_id=merge.id, what=what_of(model), row_id=one) for one in ids),
        ignore_conflicts=True,
        batch_size=5_000,
    )


def what_of(model: type[Model]) -> str:
    """Return the name under which a table's rows are remembered."""
    return model._meta.label_lower
