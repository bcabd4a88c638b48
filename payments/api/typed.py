"""What a query string names: a choice of several, the id of a row."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem


def chosen(value: str, known: Collection[str]) -> str:
    """Return a state asked for, "" for any. Raises Problem `invalid_status`."""
    if value and value not in known:
        raise Problem("invalid_status", _("This value is not one of the choices."))
    return value


def id_in(value: str) -> UUID | None:
    """Return an id asked for, None for any. Raises Problem `invalid_id`."""
    if not value:
        return None
    try:
        return UUID(value)
    except ValueError as error:
        raise Problem("invalid_id", _("This value is not one of the choices.")) from error
