"""Which events a business wants to reach a subscriber that hears on request only."""

from collections.abc import Collection
from typing import Final

from django.db import connection

from core.tenancy import active_business_id, operation
from outbox.models import Interest

_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@operation
def hear_only(*, subscriber: str, events: Collection[str]) -> None:
    """Let a subscriber hear just these events of the business from now on; none: nothing.

    Whoever calls this holds the subscriber's lock (`lock_interests`), so that what it read of its
    own rows is still so.
    """
    held = Interest.objects.filter(subscriber=subscriber)
    held.exclude(event__in=events).delete()
    Interest.objects.bulk_create(
        [Interest(event=name, subscriber=subscriber) for name in sorted(events)],
        ignore_conflicts=True,
    )


@operation
def lock_interests(*, subscriber: str) -> None:
    """Wait until nobody else changes what this subscriber hears of the business."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [f"{subscriber} {active_business_id()}"])
