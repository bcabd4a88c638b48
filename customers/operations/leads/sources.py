"""Where leads come from: named by the business, or made by the first lead of their kind."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem, Sentence
from core.ids import new_spoken_code
from core.spelling import number
from core.tenancy import operation, part_of_operation
from core.text import normalise
from customers.enums import LeadKind
from customers.models import LeadSource

MOST: Final = 200
_MOST_TITLE: Final = 60
_MOST_INVITATION: Final = 300
_CODE_LENGTH: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """A source with its title; `invitation` is what the page of a link says."""

    kind: str
    title: str
    invitation: str = ""
    cost_rial: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSource:
    """What to change; None leaves it. A closed link takes nobody any more."""

    title: str | None = None
    invitation: str | None = None
    cost_rial: int | None = None
    is_open: bool | None = None


@operation
def open_source(*, new: NewSource, now: datetime) -> LeadSource:
    """Name a source; one of kind `link` gets an address of its own.

    Raises Problem `invalid_lead_source`, `lead_source_taken` or `too_many_lead_sources` (409).
    """
    kind = _kind(new.kind)
    title = _title(new.title)
    invitation = _invitation(kind, new.invitation)
    cost = _cost(new.cost_rial)
    if not title:
        raise _invalid("title", _("Give the source a title."))
    return _made(kind, title, now, invitation=invitation, cost_rial=cost)


@operation
def change_source(*, source_id: UUID, changes: ChangedSource, now: datetime) -> LeadSource:
    """Change a source's title, page, cost, or whether it is open.

    Raises NotFound, Problem `invalid_lead_source`, `lead_source_taken` (409).
    """
    del now
    row = LeadSource.objects.select_for_update().filter(id=source_id).first()
    if row is None:
        raise NotFound(_("There is no such source."))
    facts = _changed(row, changes)
    for name, value in facts.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save(update_fields=list(facts)) if facts else None
    except IntegrityError as error:
        raise _taken() from error
    return row


@part_of_operation
def source_for(*, kind: str, title: str, now: datetime) -> LeadSource:
    """Return the source of a kind and title, made by its first lead.

    Raises Problem `invalid_lead_source`, `too_many_lead_sources` (409).
    """
    known, clean = _kind(kind), _title(title)
    row = LeadSource.objects.filter(kind=known, title=clean).first()
    if row is not None:
        return row
    if known is LeadKind.LINK:
        raise _invalid("source", _("There is no link of this title."))
    try:
        return _made(known, clean, now)
    except Problem as problem:
        row = LeadSource.objects.filter(kind=known, title=clean).first()
        if row is None:
            raise problem from None
        return row


def _made(kind: LeadKind, title: str, now: datetime, **more: Any) -> LeadSource:
    if LeadSource.objects.count() >= MOST:
        sentence = _("A business has at most %(most)s sources.") % {"most": number(MOST)}
        raise Problem("too_many_lead_sources", sentence, status=HTTPStatus.CONFLICT)
    code = new_spoken_code(_CODE_LENGTH) if kind is LeadKind.LINK else ""
    try:
        with transaction.atomic():
            return LeadSource.objects.create(
                kind=kind, title=title, code=code, created_at=now, **more
            )
    except IntegrityError as error:
        raise _taken() from error


def _changed(row: LeadSource, changes: ChangedSource) -> dict[str, Any]:
    title = None if changes.title is None else _title(changes.title)
    if title == "" and row.title:
        raise _invalid("title", _("Give the source a title."))
    wanted = {
        "title": title,
        "invitation": None
        if changes.invitation is None
        else _invitation(LeadKind(row.kind), changes.invitation),
        "cost_rial": None if changes.cost_rial is None else _cost(changes.cost_rial),
        "is_open": changes.is_open,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _kind(kind: str) -> LeadKind:
    if kind not in LeadKind.values:
        raise _invalid("kind", _("This kind is not known."))
    return LeadKind(kind)


def _title(typed: str) -> str:
    title = normalise(typed.replace("\x00", ""))
    if len(title) > _MOST_TITLE:
        raise _invalid("title", _("Give a title of at most 60 letters."))
    return title


def _invitation(kind: LeadKind, typed: str) -> str:
    text = normalise(typed.replace("\x00", ""))
    if text and kind is not LeadKind.LINK:
        raise _invalid("invitation", _("Only a link of ours has a page."))
    if len(text) > _MOST_INVITATION:
        raise _invalid("invitation", _("Say it in at most 300 letters."))
    return text


def _cost(rial: int) -> int:
    if rial < 0:
        raise _invalid("cost", _("A cost is not below zero."))
    return rial


def _taken() -> Problem:
    sentence = _("There is a source of this title already.")
    return Problem(
        "lead_source_taken", sentence, status=HTTPStatus.CONFLICT, fields={"title": [sentence]}
    )


def _invalid(field: str, sentence: Sentence) -> Problem:
    return Problem("invalid_lead_source", sentence, fields={field: [sentence]})
