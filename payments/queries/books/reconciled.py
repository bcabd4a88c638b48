"""Reconciliations and their lines."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from payments.enums.books import Comparison
from payments.models import Reconciliation, ReconciliationLine


@dataclass(frozen=True, slots=True)
class ReconciliationInfo:
    """A reconciliation with its number of lines by result and of those still open."""

    row: Reconciliation
    counts: dict[Comparison, int]
    unresolved: int


def reconciliation_rows() -> QuerySet[Reconciliation]:
    """Return reconciliations with their account; the caller orders and pages by `day`."""
    return Reconciliation.objects.select_related("account")


def comparison_counts(ids: list[UUID]) -> dict[UUID, tuple[dict[Comparison, int], int]]:
    """Return each one's lines by result and how many are unresolved, in one query."""
    found: dict[UUID, tuple[dict[Comparison, int], int]] = {one: ({}, 0) for one in ids}
    unresolved = Q(resolved_at=None) & ~Q(result=Comparison.MATCHED)
    rows = (
        ReconciliationLine.objects.filter(reconciliation_id__in=ids)
        .values("reconciliation_id", "result")
        .annotate(n=Count("id"), waiting=Count("id", filter=unresolved))
    )
    for row in rows:
        counts, waiting = found[row["reconciliation_id"]]
        counts[Comparison(row["result"])] = row["n"]
        found[row["reconciliation_id"]] = (counts, waiting + row["waiting"])
    return found


def reconciliation_by_id(reconciliation_id: UUID) -> ReconciliationInfo | None:
    """Return one reconciliation, or None."""
    row = reconciliation_rows().filter(id=reconciliation_id).first()
    if row is None:
        return None
    counts, unresolved = comparison_counts([row.id])[row.id]
    return ReconciliationInfo(row, counts, unresolved)


def reconciliation_lines(
    reconciliation_id: UUID, *, result: str = ""
) -> QuerySet[ReconciliationLine]:
    """Return the lines of one reconciliation; the caller orders and pages by `reference`."""
    rows = ReconciliationLine.objects.filter(reconciliation_id=reconciliation_id)
    return rows.filter(result=result) if result else rows
