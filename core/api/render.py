"""JSON for answers: UTF-8, UUIDs as text, times ISO 8601."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from pydantic import BaseModel
from rest_framework.renderers import BaseRenderer


def to_bytes(data: object) -> bytes:
    """Return the JSON document as UTF-8."""
    return json.dumps(data, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: object) -> object:
    if isinstance(value, UUID | Promise | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump()
    raise TypeError(type(value).__name__)


class JSONRenderer(BaseRenderer):
    """Renders what endpoints return; bytes pass through (a replayed answer)."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Any = None,
    ) -> bytes:
        """Return the body."""
        del accepted_media_type, renderer_context
        if data is None:
            return b""
        return data if isinstance(data, bytes) else to_bytes(data)
