"""Defining fields of sales, changing their titles and lists, taking them out of use (C016)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.spelling import number
from core.tenancy import operation
from customers.enums import ContextKind
from customers.models import ContextField
from customers.models.context import KEY
from customers.operations.attributes.define import (
    Listed,
    clean_list,
    clean_title,
    invalid_definition,
    longer_list,
)
from customers.queries.context import ask_again_for_fields

MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContextField:
    """Something a line of a sale may tell, under the name its till sends it by."""

    key: str
    kind: str
    title_fa: str
    title_en: str = ""
    choices: Sequence[Listed] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextChanges:
    """What to change; None leaves it. Of a list nothing goes, for lines name its codes."""

    title_fa: str | None = None
    title_en: str | None = None
    choices: Sequence[Listed] | None = None
    is_active: bool | None = None


@operation
def define_context_field(*, new: NewContextField, now: datetime) -> ContextField:
    """Define a field; from the first on, lines that say anything else are refused.

    Raises Problem `invalid_attribute_definition`, `context_field_taken` or
    `too_many_context_fields` (409).
    """
    if new.kind not in ContextKind.values:
        raise invalid_definition("kind", _("This kind is not known."))
    if not re.fullmatch(KEY, new.key):
        raise invalid_definition("key", _("A name has Latin letters, digits and _."))
    facts = {
        "title_fa": clean_title(new.title_fa, "title_fa"),
        "title_en": clean_title(new.title_en, "title_en", may_be_empty=True),
        "choices": clean_list(new.kind, new.choices),
    }
    if ContextField.objects.count() >= MOST:
        sentence = _("Sales have at most %(most)s fields.") % {"most": number(MOST)}
        raise Problem("too_many_context_fields", sentence, status=HTTPStatus.CONFLICT)
    try:
        with transaction.atomic():
            row = ContextField.objects.create(key=new.key, kind=new.kind, created_at=now, **facts)
    except IntegrityError as error:
        taken = _("There is a field of this name already.")
        raise Problem(
            "context_field_taken", taken, status=HTTPStatus.CONFLICT, about="key"
        ) from error
    ask_again_for_fields()
    return row


@operation
def change_context_field(*, field_id: UUID, changes: ContextChanges, now: datetime) -> ContextField:
    """Change how a field is called, what its list has, whether it is in use; key and kind stay.

    Raises NotFound, Problem `invalid_attribute_definition`.
    """
    del now
    row = ContextField.objects.select_for_update().filter(id=field_id).first()
    if row is None:
        raise NotFound(_("There is no such field."))
    facts = _changed(row, changes)
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts)) if facts else None
    ask_again_for_fields()
    return row


def _changed(row: ContextField, changes: ContextChanges) -> dict[str, Any]:
    wanted: Mapping[str, Any] = {
        "title_fa": changes.title_fa and clean_title(changes.title_fa, "title_fa"),
        "title_en": changes.title_en
        if not changes.title_en
        else clean_title(changes.title_en, "title_en"),
        "choices": None
        if changes.choices is None
        else longer_list(row.kind, row.choices, changes.choices),
        "is_active": changes.is_active,
    }
    return {name: value for name, value in wanted.items() if value is not None}
