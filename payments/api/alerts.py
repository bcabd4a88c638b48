"""Alerts over HTTP."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import Problem
from payments.enums import AlertKind
from payments.models import Alert
from payments.queries.alerts import alert_rows

_OPEN = {"": True, "true": True, "false": False, "all": None}


class AlertOut(BaseModel):
    """Something about money that looked wrong, and how often."""

    id: UUID
    kind: str
    source_id: UUID
    payment_id: UUID | None
    detail: dict[str, Any]
    times: int
    first_at: AwareDatetime
    last_at: AwareDatetime
    resolved_at: AwareDatetime | None


class Alerts(Endpoint):
    """GET what somebody should look at."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {
        "kind": "a kind of alert",
        "open": "true (unless told), false or all",
        **FILTERS,
    }

    def get(self, call: Call) -> Reply:
        """List alerts, those that happened last first."""
        kind, is_open = call.query.get("kind", ""), call.query.get("open", "")
        if (kind and kind not in AlertKind.values) or is_open not in _OPEN:
            raise Problem("invalid_filter", _("This value is not one of the choices."))
        found = page(
            alert_rows(kind=kind, is_open=_OPEN[is_open]),
            by="last_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        return Reply(
            {"data": [_alert(row) for row in found.rows], "next_cursor": found.next_cursor}
        )


def _alert(row: Alert) -> dict[str, Any]:
    return AlertOut(
        id=row.id,
        kind=row.kind,
        source_id=row.source_id,
        payment_id=row.payment_id,
        detail=row.detail,
        times=row.times,
        first_at=row.first_at,
        last_at=row.last_at,
        resolved_at=row.resolved_at,
    ).model_dump()
