"""Whose retention score dropped lately and has not risen since (C112)."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from segmentation.models import RetentionDrop

LATELY_DAYS: Final = 30


def drops_of_late(now: datetime) -> QuerySet[RetentionDrop]:
    """Return those told of in the last days who are still low, with their customer, newest first.

    Who came again since is left out once the score rose well above the line.
    """
    since = now - timedelta(days=LATELY_DAYS)
    rows = RetentionDrop.objects.filter(risen_at__isnull=True, at__gt=since)
    return rows.select_related("customer").order_by("-at", "-id")


def dropped_at(customer_id: UUID) -> datetime | None:
    """Return when a customer's score dropped, None unless it did and is low still."""
    rows = RetentionDrop.objects.filter(customer_id=customer_id, risen_at__isnull=True)
    return rows.values_list("at", flat=True).first()
