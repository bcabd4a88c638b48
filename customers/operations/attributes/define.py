"""Defining attributes, changing their titles and lists, taking them out of use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem, Sentence
from core.spelling import number
from core.tenancy import operation
from core.text import normalise
from customers.enums import LISTED_KINDS, AttributeKind, AttributePrivacy
from customers.models import AttributeDefinition
from customers.models.attribute import KEY, LEARNED

MOST: Final = 100
_MOST_LISTED: Final = 60
_MOST_TITLE: Final = 60
_CODE: Final = re.compile("[a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One of a list: the code never changes."""

    code: str
    fa: str
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttribute:
    """Something a business wants to know of its customers."""

    key: str
    kind: str
    title_fa: str
    title_en: str = ""
    privacy: str = AttributePrivacy.PERSONAL
    choices: Sequence[Listed] = ()
    learned_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeChanges:
    """What to change; None leaves it. Of a list nothing goes, for values name its codes."""

    title_fa: str | None = None
    title_en: str | None = None
    privacy: str | None = None
    choices: Sequence[Listed] | None = None
    learned_from: str | None = None
    is_active: bool | None = None


@operation
def define_attribute(*, new: NewAttribute, now: datetime) -> AttributeDefinition:
    """Define an attribute.

    Raises Problem `invalid_attribute_definition`, `attribute_taken` or `too_many_attributes` (409).
    """
    if new.kind not in AttributeKind.values:
        raise invalid_definition("kind", _("This kind is not known."))
    if not re.fullmatch(KEY, new.key):
        raise invalid_definition("key", _("A key has Latin small letters, digits and _."))
    facts = {
        "title_fa": clean_title(new.title_fa, "title_fa"),
        "title_en": clean_title(new.title_en, "title_en", may_be_empty=True),
        "privacy": _privacy(new.privacy),
        "choices": clean_list(new.kind, new.choices),
        "learned_from": _learned(new.learned_from),
    }
    if AttributeDefinition.objects.count() >= MOST:
        sentence = _("A business has at most %(most)s attributes.") % {"most": number(MOST)}
        raise Problem("too_many_attributes", sentence, status=HTTPStatus.CONFLICT)
    try:
        with transaction.atomic():
            return AttributeDefinition.objects.create(
                key=new.key, kind=new.kind, created_at=now, **facts
            )
    except IntegrityError as error:
        taken = _("There is an attribute of this key already.")
        raise Problem(
            "attribute_taken", taken, status=HTTPStatus.CONFLICT, fields={"key": [taken]}
        ) from error


@operation
def change_attribute(
    *, definition_id: UUID, changes: AttributeChanges, now: datetime
) -> AttributeDefinition:
    """Change how an attribute is called, who sees it, what its list has; key and kind stay.

    Raises NotFound, Problem `invalid_attribute_definition`.
    """
    del now
    row = AttributeDefinition.objects.select_for_update().filter(id=definition_id).first()
    if row is None:
        raise NotFound(_("There is no such attribute."))
    facts = _changed(row, changes)
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts)) if facts else None
    return row


def _changed(row: AttributeDefinition, changes: AttributeChanges) -> dict[str, Any]:
    wanted: Mapping[str, Any] = {
        "title_fa": changes.title_fa and clean_title(changes.title_fa, "title_fa"),
        "title_en": changes.title_en
        if not changes.title_en
        else clean_title(changes.title_en, "title_en"),
        "privacy": changes.privacy and _privacy(changes.privacy),
        "choices": None
        if changes.choices is None
        else longer_list(row.kind, row.choices, changes.choices),
        "learned_from": changes.learned_from and _learned(changes.learned_from),
        "is_active": changes.is_active,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def longer_list(
    kind: str, kept: Sequence[Mapping[str, str]], choices: Sequence[Listed]
) -> list[dict[str, str]]:
    """Return a list as it is kept, from which nothing may go. Raises as `clean_title` does."""
    listed = clean_list(kind, choices)
    if {one["code"] for one in kept} - {one["code"] for one in listed}:
        raise invalid_definition("choices", _("What is on the list stays: values name it."))
    return listed


def clean_list(kind: str, choices: Sequence[Listed]) -> list[dict[str, str]]:
    """Return a list as it is kept; only choices have one. Raises as `clean_title` does."""
    if kind not in LISTED_KINDS:
        if choices:
            raise invalid_definition("choices", _("Only choices have a list."))
        return []
    codes = [one.code for one in choices]
    fits = all(_CODE.fullmatch(code) for code in codes) and len(set(codes)) == len(codes)
    if not fits or not 0 < len(codes) <= _MOST_LISTED:
        sentence = _("Give a list of at most 60, each with a code of its own.")
        raise invalid_definition("choices", sentence)
    return [
        {
            "code": one.code,
            "fa": clean_title(one.fa, "choices"),
            "en": clean_title(one.en, "choices", may_be_empty=True),
        }
        for one in choices
    ]


def clean_title(typed: str, field: str, *, may_be_empty: bool = False) -> str:
    """Return a title in normal spelling. Raises Problem `invalid_attribute_definition`."""
    title = normalise(typed.replace("\x00", ""))
    if len(title) > _MOST_TITLE or not (title or may_be_empty):
        raise invalid_definition(field, _("Give a title of at most 60 letters."))
    return title


def _privacy(privacy: str) -> str:
    if privacy not in AttributePrivacy.values:
        raise invalid_definition("privacy", _("Say who sees it, by one of the ways offered."))
    return privacy


def _learned(source: str) -> str:
    if not re.fullmatch(LEARNED, source) or "\x00" in source:
        raise invalid_definition("learned_from", _("Purchases tell nothing of this name."))
    return source


def invalid_definition(field: str, sentence: Sentence) -> Problem:
    """Return the refusal of one part of a definition."""
    return Problem("invalid_attribute_definition", sentence, fields={field: [sentence]})
