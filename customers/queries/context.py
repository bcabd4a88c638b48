"""What the lines of a business's sales may tell (capability C016)."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import Sentence
from core.tenancy import active_business_id
from customers.enums import ContextKind
from customers.models import ContextField

# Most businesses name no field, and every sale would ask: that there is none holds for a minute.
_FRESH_S: Final = 60
_MOST_REMEMBERED: Final = 4096
_without: Final[dict[UUID, float]] = {}
_MOST_TEXT: Final = 200
_MOST_NUMBER: Final = 10**12 - 1
_SAYS: Final[Mapping[str, Sentence]] = {
    ContextKind.TEXT: _("«%(title)s» (%(key)s) is a text of 1 to 200 letters."),
    ContextKind.NUMBER: _("«%(title)s» (%(key)s) is a whole number, not in quotes."),
    ContextKind.YES_NO: _("«%(title)s» (%(key)s) is true or false, not in quotes."),
    ContextKind.CHOICE: _("«%(title)s» (%(key)s) is one of: %(codes)s."),
}


def context_rows() -> QuerySet[ContextField]:
    """Return every field, withdrawn ones too; the caller orders and pages."""
    return ContextField.objects.all()


def context_field_by_id(field_id: UUID) -> ContextField | None:
    """Return one field of the active business, or None."""
    return ContextField.objects.filter(id=field_id).first()


def context_fields() -> dict[str, ContextField]:
    """Return {key: field} of what is in use, in the order defined. One query, or none.

    The first field of a business holds at once where it was named, elsewhere within a minute.
    """
    business_id = active_business_id()
    if _without.get(business_id, 0.0) > time.monotonic():
        return {}
    rows = ContextField.objects.filter(is_active=True).order_by("created_at", "id")
    found = {row.key: row for row in rows}
    if not found:
        if len(_without) >= _MOST_REMEMBERED:
            _without.clear()
        _without[business_id] = time.monotonic() + _FRESH_S
    return found


def ask_again_for_fields() -> None:
    """Forget that the active business has no field; call it where one comes into use."""
    _without.pop(active_business_id(), None)


def wrong_with(fields: Mapping[str, ContextField], key: str, given: object) -> Sentence | None:
    """Return what is wrong with one thing said, or None. Without fields nothing is."""
    if not fields:
        return None
    field = fields.get(key)
    if field is None:
        known = ", ".join(fields)
        return _("Sales here have no field «%(key)s»; there are: %(known)s.") % {
            "key": key[:40],
            "known": known,
        }
    if _FITS[field.kind](field, given):
        return None
    codes = ", ".join(one["code"] for one in field.choices)
    return str(_SAYS[field.kind]) % {"title": field.title, "key": key, "codes": codes}


def _text(_field: ContextField, given: Any) -> bool:
    return isinstance(given, str) and 0 < len(given.strip()) <= _MOST_TEXT


def _number(_field: ContextField, given: Any) -> bool:
    return type(given) is int and abs(given) <= _MOST_NUMBER


def _yes_no(_field: ContextField, given: Any) -> bool:
    return isinstance(given, bool)


def _choice(field: ContextField, given: Any) -> bool:
    return isinstance(given, str) and any(given == one["code"] for one in field.choices)


_FITS: Final[Mapping[str, Callable[[ContextField, Any], bool]]] = {
    ContextKind.TEXT: _text,
    ContextKind.NUMBER: _number,
    ContextKind.YES_NO: _yes_no,
    ContextKind.CHOICE: _choice,
}
