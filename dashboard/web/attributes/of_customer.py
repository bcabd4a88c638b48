"""What is known of one customer: shown on their page, and changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.calendar import business_day
from core.errors import Problem
from customers.enums import AttributeKind, AttributePrivacy, AttributeSource, ViewPlace
from customers.operations.attributes import note_attributes
from customers.queries.attributes import (
    Given,
    Known,
    attributes_of,
    definitions,
    read_value,
    version_rows,
)
from customers.queries.people import CustomerView, customer_view
from dashboard.web import words
from dashboard.web.access import MANAGERS, SELLERS, BusinessRequest, business_page, refused
from dashboard.web.attributes.spoken import may_see, spoken
from dashboard.web.forms import Code, Line, Whole, refusal_to_form
from dashboard.web.looks import note_look
from dashboard.web.people import title_of

# No attribute's key has a capital letter.
SAID: Final = "Said"
_VERSIONS: Final = 30
_NONE: Final = ("", gettext_lazy("not known"))
_YES_NO: Final = (_NONE, ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))


@dataclass(frozen=True, kw_only=True)
class Particular:
    """One thing known of a customer."""

    title: str
    text: str
    source: str
    confirmed: str
    guessed: bool
    sensitive: bool


def particulars(person: CustomerView, request: BusinessRequest) -> dict[str, Any]:
    """Return what a customer's page shows of attributes. One query."""
    known = _visible(attributes_of([person.id], request.now)[person.id], request)
    today = business_day(request.now, request.business.timezone)
    rows = [
        Particular(
            title=one.definition.title,
            text=spoken(one.definition, one.value, today),
            source=str(AttributeSource(one.source).label),
            confirmed=words.ago(one.confirmed_at, request.now) if one.confirmed_at else "",
            guessed=one.source == AttributeSource.INFERRED,
            sensitive=one.definition.privacy == AttributePrivacy.SENSITIVE,
        )
        for one in known.values()
    ]
    return {
        "particulars": rows,
        "said": {key for key, one in known.items() if one.source != AttributeSource.INFERRED},
        "may_note": role_may(request.role, SELLERS),
    }


class NoteForm(forms.Form):
    """One field for each attribute in use, with what is known."""

    def __init__(
        self, asked: Sequence[Any], known: Mapping[str, Known], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for definition in asked:
            held = known.get(definition.key)
            self.fields[definition.key] = _field(definition)
            self.initial[definition.key] = _initial(held) if held else None
        self.fields[SAID] = forms.BooleanField(label=_("The customer said so"), required=False)


@business_page(*SELLERS)
def customer_attributes(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Show what is known of a customer in a form; write down what was changed."""
    person = customer_view(customer_id)
    if person is None:
        raise Http404
    known = attributes_of([person.id], request.now)[person.id]
    asked = [one for one in definitions() if may_see(one, request)]
    if request.method != "POST":
        note_look(person.id, request, ViewPlace.PAGE)
        return _page(request, person, NoteForm(asked, known), asked)
    form = NoteForm(asked, known, request.POST)
    if form.is_valid() and _noted(request, person.id, form, asked, known):
        messages.success(request, _("Saved."))
        return redirect("dashboard:customer", request.business.slug, person.id)
    return refused(_page(request, person, form, asked))


def _noted(
    request: BusinessRequest,
    customer_id: UUID,
    form: NoteForm,
    asked: Sequence[Any],
    known: Mapping[str, Known],
) -> bool:
    told = form.cleaned_data[SAID]
    everything = request.POST.get("deed") == "confirm"
    try:
        note_attributes(
            customer_id=customer_id,
            given=_confirmed(asked, known) if everything else _changed(form, asked, known),
            source=AttributeSource.CUSTOMER if told else AttributeSource.STAFF,
            by=str(request.user),
            now=request.now,
        )
    except Problem as problem:
        refusal_to_form(form, problem)
        return False
    return True


def _changed(
    form: NoteForm, asked: Sequence[Any], known: Mapping[str, Known]
) -> dict[str, Given | None]:
    """Return what the form says otherwise than what is known."""
    before = {key: read_value(one.definition.kind, one.value) for key, one in known.items()}
    now = {one.key: _given(one, form.cleaned_data[one.key]) for one in asked}
    return {key: value for key, value in now.items() if _alike(value) != _alike(before.get(key))}


def _confirmed(asked: Sequence[Any], known: Mapping[str, Known]) -> dict[str, Given | None]:
    return {
        one.key: read_value(one.kind, known[one.key].value) for one in asked if one.key in known
    }


def _alike(value: Any) -> Any:
    """Return a value in a form to compare: a day typed with slashes is the same day."""
    if isinstance(value, list):
        return sorted(value)
    if isinstance(value, str) and "/" in value:
        return "-".join(part.zfill(2) for part in value.split("/"))
    return value


def _given(definition: Any, typed: Any) -> Given | None:
    if definition.kind == AttributeKind.YES_NO:
        return {"yes": True, "no": False}.get(typed)
    return None if typed in ("", [], None) else typed


def _field(definition: Any) -> forms.Field:
    options: dict[str, Any] = {"label": definition.title, "required": False}
    kind = definition.kind
    if kind == AttributeKind.YES_NO:
        return forms.ChoiceField(choices=_YES_NO, **options)
    if kind == AttributeKind.CHOICE:
        return forms.ChoiceField(choices=[_NONE, *_listed(definition)], **options)
    if kind == AttributeKind.CHOICES:
        return forms.MultipleChoiceField(
            choices=_listed(definition), widget=forms.CheckboxSelectMultiple, **options
        )
    if kind == AttributeKind.NUMBER:
        return Whole(**options)
    if kind == AttributeKind.TEXT:
        return Line(max_length=200, **options)
    help_text = _("Like 1370/12/30.") if kind == AttributeKind.DAY else _("Like 1402/5.")
    return Code(max_length=20, help_text=help_text, **options)


def _listed(definition: Any) -> list[tuple[str, str]]:
    persian = words.reads_persian()
    return [
        (one["code"], one["fa"] if persian else one["en"] or one["fa"])
        for one in definition.choices
    ]


def _initial(held: Known) -> Any:
    kind, value = held.definition.kind, read_value(held.definition.kind, held.value)
    if kind == AttributeKind.YES_NO:
        return "yes" if value else "no"
    return (
        held.value.replace("-", "/") if kind in {AttributeKind.DAY, AttributeKind.MONTH} else value
    )


def _visible(known: Mapping[str, Known], request: BusinessRequest) -> dict[str, Known]:
    return {key: one for key, one in known.items() if may_see(one.definition, request)}


def _page(
    request: BusinessRequest, person: CustomerView, form: NoteForm, asked: Sequence[Any]
) -> HttpResponse:
    today = business_day(request.now, request.business.timezone)
    said = version_rows(person.id).filter(key__in=[one.key for one in asked])
    versions = [
        {
            "title": row.definition.title,
            "text": spoken(row.definition, row.value, today) if row.value else "—",
            "from": " · ".join(part for part in (row.get_source_display(), row.said_by) if part),
            "ago": words.ago(row.observed_at, request.now),
        }
        for row in said.order_by("-observed_at", "-id")[:_VERSIONS]
    ]
    context = {
        "title": title_of(person.name, person.mobile, person.member_code),
        "customer_id": person.id,
        "form": form,
        "asked": bool(asked),
        "versions": versions,
        "may_define": role_may(request.role, MANAGERS),
    }
    return render(request, "dashboard/attributes/customer.html", context)
