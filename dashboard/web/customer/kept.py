"""What is kept of a person: shown, given out as a file, destroyed; and who looked (rule R59)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import UnionType
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Field, ForeignKey
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.api.paging import page
from core.api.render import to_bytes
from core.errors import Problem
from core.tenancy.personal import Section
from customers.enums import CustomerStatus, ErasureReason, ViewPlace
from customers.operations import (
    ask_erasure,
    confirm_erasure,
    foreseen,
    withdraw_erasure,
)
from customers.queries.kept import kept_of, person_document
from customers.queries.naming import whom
from customers.queries.people import CustomerView, customer_view
from customers.queries.privacy import asked_erasure, erasure, view_rows
from dashboard.web import words
from dashboard.web.access import MANAGERS, OWNERS, BusinessRequest, business_page
from dashboard.web.customer.kept_words import head, in_words, word
from dashboard.web.forms import Code
from dashboard.web.looks import note_look
from dashboard.web.people import title_of

_MOST_ROWS: Final = 100
_LOOKS: Final = 5
_EMPTY: Final[tuple[Any, ...]] = (None, "", {}, [])
# In this order: True is a number, and an instant a day.
_SPOKEN: Final[tuple[tuple[type | UnionType, Callable[[Any], str]], ...]] = (
    (bool, lambda value: _("yes") if value else _("no")),
    (datetime, words.moment),
    (date, words.day),
    (int | Decimal, words.number),
)


class WhyForm(forms.Form):
    """Why somebody is erased."""

    reason = forms.ChoiceField(label=gettext_lazy("Why?"), choices=ErasureReason.choices)


class ConfirmForm(forms.Form):
    """The member code, typed to be sure."""

    member_code = Code(label=gettext_lazy("Type the member code to confirm"), max_length=40)


@business_page(*MANAGERS)
def kept(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Show all that is kept of a customer, and the way to have it destroyed."""
    person = _person(customer_id)
    note_look(person.id, request, ViewPlace.KEPT)
    asked = asked_erasure(person.id)
    context = {
        "title": title_of(person.name, person.mobile, person.member_code),
        "customer_id": person.id,
        "member_code": words.code(person.member_code),
        "erased": person.status == CustomerStatus.ERASED,
        "sections": [_section(one, request.now) for one in kept_of(person.id)],
        "why_form": WhyForm(),
        "confirm_form": ConfirmForm(),
        "asked": asked,
        "asked_text": _asked_text(asked, request.now) if asked else "",
        "outlook": foreseen(whom(person.id), request.now),
        "looks": _looks(person.id, request),
    }
    return render(request, "dashboard/customer_kept.html", context)


@business_page(*MANAGERS)
def kept_file(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Give out all that is kept of a customer as one JSON document."""
    person = _person(customer_id)
    note_look(person.id, request, ViewPlace.FILE)
    body = to_bytes(person_document(person.id, request.now))
    answer = HttpResponse(body, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="person-{person.id}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@business_page(*MANAGERS)
def erasure_ask(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Ask that a customer be erased; the page then says what it means."""
    person = _person(customer_id)
    form = WhyForm(request.POST)
    if form.is_valid():
        _ask(request, person.id, form.cleaned_data["reason"])
    else:
        messages.error(request, _("Say why, by one of the reasons offered."))
    return redirect("dashboard:customer-kept", request.business.slug, customer_id)


@require_POST
@business_page(*MANAGERS)
def erasure_decide(request: BusinessRequest, erasure_id: UUID) -> HttpResponse:
    """Erase for good, or withdraw."""
    row = erasure(erasure_id)
    if row is None:
        raise Http404
    try:
        done = _decide(request, erasure_id)
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, done)
    return redirect("dashboard:customer-kept", request.business.slug, row.customer_id)


@business_page(*OWNERS)
def looks(request: BusinessRequest) -> HttpResponse:
    """List who looked at whose profile, newest first."""
    found = page(view_rows(), by="at", cursor=request.GET.get("cursor"))
    rows = [_look(row, request.now) for row in found.rows]
    context = {"page": {"rows": rows, "next_cursor": found.next_cursor}}
    return render(request, "dashboard/customer_looks.html", context)


def _ask(request: BusinessRequest, customer_id: UUID, reason: str) -> None:
    try:
        ask_erasure(customer_id=customer_id, reason=reason, actor=request.user, now=request.now)
    except Problem as problem:
        messages.error(request, str(problem.detail))


def _decide(request: BusinessRequest, erasure_id: UUID) -> str:
    if request.POST.get("answer") == "no":
        withdraw_erasure(erasure_id=erasure_id, actor=request.user, now=request.now)
        return _("Withdrawn: nothing was erased.")
    confirm_erasure(
        erasure_id=erasure_id,
        member_code=request.POST.get("member_code", ""),
        actor=request.user,
        now=request.now,
    )
    return _("Erased. What was bought stays in the sums, without a name.")


def _person(customer_id: UUID) -> CustomerView:
    person = customer_view(customer_id)
    if person is None:
        raise Http404
    return person


def _asked_text(row: Any, now: datetime) -> str:
    facts = {"who": row.asked_by or _("the API"), "ago": words.ago(row.asked_at, now)}
    return _("Asked for by %(who)s, %(ago)s: ") % facts + str(row.get_reason_display())


def _looks(customer_id: UUID, request: BusinessRequest) -> list[dict[str, Any]]:
    if not role_may(request.role, OWNERS):
        return []
    rows = view_rows(customer_id).order_by("-at", "-id")[:_LOOKS]
    return [_look(row, request.now) for row in rows]


def _look(row: Any, now: datetime) -> dict[str, Any]:
    person = row.customer
    return {
        "customer_id": person.id,
        "title": title_of(person.name, person.mobile, person.member_code),
        "who": row.viewer_name or _("A key of the API"),
        "place": row.get_place_display(),
        "ago": words.ago(row.at, now),
    }


def _section(section: Section, now: datetime) -> dict[str, Any]:
    """Return a table's rows as people read them, without what is empty in all of them."""
    rows = list(section.rows[: _MOST_ROWS + 1])
    shown = rows[:_MOST_ROWS]
    fields = [
        field
        for field in section.fields
        if not isinstance(field, ForeignKey)
        and any(row[field.attname] not in _EMPTY for row in shown)
    ]
    told = in_words(section.key, shown, now)
    return {
        "title": section.model._meta.verbose_name_plural,
        "rows": [_row(section.key, fields, row, told.get(row["id"], {})) for row in shown],
        "more": len(rows) > _MOST_ROWS,
    }


def _row(
    key: str, fields: Sequence["Field[Any, Any]"], row: Mapping[str, Any], told: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return a row's heads and cells; what `told` says in words stands for its column."""
    return [
        (head(field), told[field.name] or "—")
        if field.name in told
        else (head(field), _cell(key, field, row[field.attname]))
        for field in fields
    ]


def _cell(key: str, field: "Field[Any, Any]", value: Any) -> str:
    if value in _EMPTY:
        return "—"
    said = word(f"{key}.{field.name}", value)
    if said is not None:
        return said
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.name == "hint":
        return words.code(value)
    if field.name.endswith("_rial"):
        return words.toman(value)
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return " · ".join(_plain(one) for one in parts if one not in _EMPTY)
    say = next((say for kind, say in _SPOKEN if isinstance(value, kind)), str)
    return say(value)
