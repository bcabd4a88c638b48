"""Cursor paging: newest first, by a field and the id that breaks its ties."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.api.render import to_bytes
from core.errors import Problem

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200
_LIMIT: Final = re.compile("[0-9]{1,4}")
# What every list endpoint documents.
FILTERS: Final = {
    "cursor": "next_cursor of the page before",
    "limit": f"rows per page, 1 to {MAX_LIMIT}; {DEFAULT_LIMIT} unless told",
}

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Rows of one page and the cursor of the next one (None on the last)."""

    rows: list[M]
    next_cursor: str | None


def page(
    rows: QuerySet[M],
    *,
    by: str,
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
    level: str | None = None,
) -> Page[M]:
    """Return one page of `rows` ordered by `-by, -id`. Raises Problem `invalid_cursor`.

    `level` is a coarser field that rises with `by`, where that one has the index. Costs one query
    whatever the number of rows.
    """
    if cursor:
        rows = _after(rows, by, cursor)
    order = [f"-{name}" for name in (level, by, "id") if name]
    found = list(rows.order_by(*order)[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], _encode(getattr(last, by), last.pk))


def _after(rows: QuerySet[M], by: str, cursor: str) -> QuerySet[M]:
    value, row_id = _decode(cursor)
    try:
        return rows.filter(Q(**{f"{by}__lt": value}) | Q(**{by: value, "id__lt": row_id}))
    except (ValidationError, ValueError, TypeError) as error:
        raise Problem("invalid_cursor", _("This cursor is not ours.")) from error


def asked_limit(text: str | None) -> int:
    """Return the page size a query string asks for, within bounds. Raises `invalid_limit`."""
    if not text:
        return DEFAULT_LIMIT
    if not _LIMIT.fullmatch(text) or not 1 <= int(text) <= MAX_LIMIT:
        raise Problem("invalid_limit", _("limit must be between 1 and 200."))
    return int(text)


def _encode(value: object, row_id: object) -> str:
    return base64.urlsafe_b64encode(to_bytes([value, row_id])).decode().rstrip("=")


def _decode(cursor: str) -> tuple[str, str]:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise Problem("invalid_cursor", _("This cursor is not ours.")) from error
    return value, row_id
