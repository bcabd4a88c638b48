"""Announcing points that ended, to businesses that asked to hear of it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from loyalty.enums import EntryKind
from loyalty.events import PointsExpired
from loyalty.models import LedgerEntry
from outbox.operations import publish
from outbox.queries.interests import is_wanted


def tell_expired(customer_ids: Collection[UUID], now: datetime) -> None:
    """Announce what just ended in these wallets; a night's million lots only where it is wanted."""
    if not is_wanted(PointsExpired):
        return
    ended = LedgerEntry.objects.filter(
        customer__in=customer_ids, kind=EntryKind.EXPIRE, at=now, points__lt=0
    )
    sums = ended.values_list("customer_id").annotate(points=-Sum("points")).order_by("customer_id")
    publish([PointsExpired(customer_id=one, points=points) for one, points in sums if one], now=now)
