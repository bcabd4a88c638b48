"""Money on its way back."""

from django.db.models import QuerySet

from payments.enums import OrphanState
from payments.models import OrphanCapture


def open_orphans() -> QuerySet[OrphanCapture]:
    """Return captures nobody was waiting for that are not back yet, oldest first."""
    rows = OrphanCapture.objects.exclude(state=OrphanState.RETURNED)
    return rows.select_related("attempt", "attempt__payment").order_by("found_at")
