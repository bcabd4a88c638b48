"""JSON for answers: UTF-8, UUIDs as text, times ISO 8601."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from pydantic import BaseModel
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


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


class OnlyJSON(BaseContentNegotiation):
    """Answers in JSON whatever is accepted: a caller that forgot to say so still reads it."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        """Return the only parser."""
        return next(iter(parsers))

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """Return the only renderer and what it makes."""
        only = next(iter(renderers))
        return only, only.media_type
