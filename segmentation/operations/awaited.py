"""Calling when more good customers than chance did not come when they were expected (C070)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id, operation
from payments.enums import AlertKind
from payments.operations import raise_alert, settle_alerts
from payments.queries.alerts import alert_rows
from segmentation.estimation.awaited import Awaited, look_at
from segmentation.queries.awaited import is_told, passed_bounds
from segmentation.queries.retention import buying_of, retention_model

# The alert is about all of them together; they are no row.
_EVERYBODY: Final = UUID("0b6f0d7e-5f0c-5b0e-8d5e-7a7e5d1f4c21")


@operation
def call_awaited(*, now: datetime) -> Awaited | None:
    """Look at whose far bound passed; None where the plain rule foresees as well, or better.

    One alert while they are more than chance explains; it goes by itself.
    """
    model = retention_model()
    found = None
    if model is not None and is_told(model):
        today = business_day(now, business_by_id(active_business_id()).timezone)
        found = look_at(passed_bounds(model, today), buying_of(model))
    _call(found if found and found.called else None, now)
    return found


def _call(found: Awaited | None, now: datetime) -> None:
    if found is None:
        settle_alerts(kind=AlertKind.AWAITED, source_id=_EVERYBODY, now=now)
    elif not alert_rows(kind=AlertKind.AWAITED, is_open=True).exists():
        detail = {"away": found.away, "usually": round(found.usual)}
        raise_alert(kind=AlertKind.AWAITED, source_id=_EVERYBODY, detail=detail, now=now)
