"""Reading cases."""

from uuid import UUID

from django.db.models import QuerySet

from customers.enums import CaseState
from customers.models import Case


def case_rows(
    *, state: str = "", kind: str = "", customer_id: UUID | None = None
) -> QuerySet[Case]:
    """Return cases with their customers, newest first, filtered."""
    asked = {"state": state or None, "kind": kind or None, "customer_id": customer_id}
    rows = Case.objects.select_related("customer").order_by("-opened_at", "-id")
    return rows.filter(**{name: value for name, value in asked.items() if value is not None})


def open_case_count() -> int:
    """Return how many cases of the active business are open."""
    return Case.objects.filter(state=CaseState.OPEN).count()
