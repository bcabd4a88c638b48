"""Calling a person's attention, and taking the call back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from pydantic_core import to_json

from core.ids import new_id
from core.tenancy import active_business_id, operation
from payments.enums import AlertKind
from payments.models import Alert

_RAISE: Final = """
INSERT INTO payments_alert (id, business_id, kind, source_id, payment_id, detail, times,
                            first_at, last_at, resolved_by)
VALUES (%(id)s, %(business)s, %(kind)s, %(source)s, %(payment)s, %(detail)s::jsonb, 1,
        %(now)s, %(now)s, '')
ON CONFLICT (business_id, kind, source_id) WHERE resolved_at IS NULL
DO UPDATE SET times = payments_alert.times + 1, last_at = excluded.last_at,
              detail = excluded.detail
"""


@operation
def raise_alert(
    *,
    kind: AlertKind,
    source_id: UUID,
    payment_id: UUID | None = None,
    detail: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """Raise an alert, or count one more time the one that is open about the same."""
    values: dict[str, Any] = {
        "id": new_id(),
        "business": active_business_id(),
        "kind": kind,
        "source": source_id,
        "payment": payment_id,
        "detail": to_json(dict(detail or {})).decode(),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, values)


@operation
def resolve_alert(*, alert_id: UUID, by: str, now: datetime) -> bool:
    """Note that a person dealt with an alert; return whether it was open."""
    waiting = Alert.objects.filter(id=alert_id, resolved_at=None)
    return bool(waiting.update(resolved_at=now, resolved_by=by))


@operation
def settle_alerts(*, kind: AlertKind, source_id: UUID, now: datetime) -> None:
    """Close what is open about something that has come right by itself."""
    waiting = Alert.objects.filter(kind=kind, source_id=source_id, resolved_at=None)
    waiting.update(resolved_at=now)
