"""What must always hold of one business's messages (`manage.py check_invariants`)."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from messaging.enums import MessageState, Purpose
from messaging.models import Message
from messaging.queries.parts import sms_parts

_STUCK_AFTER: Final = timedelta(hours=1)


def broken(now: datetime) -> list[str]:
    """Return a sentence per broken promise; empty when all is well."""
    return [
        f"{what}: {', '.join(str(row_id) for row_id in found)}"
        for what, found in (
            ("messages being sent that nobody will ask about", _forgotten()),
            ("messages overdue for an hour", _stuck(now)),
            ("offers sent without a way to stop them", _without_exit()),
            ("messages billed for other parts than they have", _misbilled(now)),
        )
        if found
    ]


def _forgotten() -> list[UUID]:
    rows = Message.objects.filter(state=MessageState.SENDING, check_at__isnull=True)
    return list(rows.values_list("id", flat=True))


def _stuck(now: datetime) -> list[UUID]:
    late = now - _STUCK_AFTER
    queued = Message.objects.filter(state=MessageState.QUEUED, due_at__lt=late)
    asked = Message.objects.filter(check_at__lt=late)
    return [*queued.values_list("id", flat=True), *asked.values_list("id", flat=True)]


def _without_exit() -> list[UUID]:
    """Look at what was sent; the texts to somebody erased are gone."""
    rows = Message.objects.filter(purpose=Purpose.MARKETING, sent_at__isnull=False)
    rows = rows.exclude(body="", address="")
    return list(rows.exclude(body__regex="لغو ?(۱۱|11)$").values_list("id", flat=True))


def _misbilled(now: datetime) -> list[UUID]:
    """Look at a day's messages; codes already used have no text left."""
    rows = Message.objects.filter(created_at__gte=now - timedelta(days=1)).exclude(body="")
    return [
        row_id
        for row_id, body, parts in rows.values_list("id", "body", "parts")
        if sms_parts(body) != parts
    ]
