"""What the lines of sales may tell: listed, defined, changed, laid out for a trade (C016)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from businesses.enums import Vertical
from core.api.paging import page
from core.errors import Problem
from customers.enums import ContextKind
from customers.operations.attributes import Listed
from customers.operations.context import (
    ContextChanges,
    NewContextField,
    change_context_field,
    define_context_field,
    lay_out_context,
)
from customers.queries.attributes import definitions
from customers.queries.context import context_field_by_id, context_rows
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.attributes.defining import trades_of
from dashboard.web.attributes.listed import Chosen
from dashboard.web.forms import Code, Line, refusal_to_form

_LINE: Final = "line."


class FieldTitlesForm(forms.Form):
    """What of a field may change."""

    title_fa = Line(label=gettext_lazy("Persian title"), max_length=60)
    title_en = Line(label=gettext_lazy("English title"), max_length=60, required=False)
    choices = Chosen(
        label=gettext_lazy("List, one a line"),
        required=False,
        help_text=gettext_lazy("For lists only, like: red = Persian title = English title"),
    )


class FieldForm(FieldTitlesForm):
    """A new field."""

    key = Code(
        label=gettext_lazy("Name, as your till sends it"),
        max_length=40,
        help_text=gettext_lazy("Latin letters, digits and _, like table; it never changes."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ContextKind.choices)
    field_order = ("title_fa", "title_en", "key", "kind", "choices")


@business_page(*MANAGERS)
def sale_fields(request: BusinessRequest) -> HttpResponse:
    """List fields; define one, or lay out what the lines of a trade usually tell."""
    if request.method != "POST":
        return _list(request, FieldForm())
    if request.POST.get("action") == "preset":
        return _lay_out(request)
    form = FieldForm(request.POST)
    if form.is_valid() and _defined(request, form):
        return _saved(request)
    return refused(_list(request, form))


@business_page(*MANAGERS)
def sale_field(request: BusinessRequest, context_field_id: UUID) -> HttpResponse:
    """Change one field, or take it out of use and back."""
    row = context_field_by_id(context_field_id)
    if row is None:
        raise Http404
    if request.method != "POST":
        return _one(request, row, FieldTitlesForm(initial=_initial(row)))
    if request.POST.get("action") in {"on", "off"}:
        changes = ContextChanges(is_active=request.POST["action"] == "on")
        change_context_field(field_id=row.id, changes=changes, now=request.now)
        return _saved(request)
    form = FieldTitlesForm(request.POST)
    if form.is_valid() and _changed(request, row.id, form):
        return _saved(request)
    return refused(_one(request, row, form))


def _saved(request: BusinessRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("dashboard:sale-fields", request.business.slug)


def _defined(request: BusinessRequest, form: FieldForm) -> bool:
    try:
        define_context_field(new=NewContextField(**form.cleaned_data), now=request.now)
    except Problem as problem:
        refusal_to_form(form, problem)
        return False
    return True


def _changed(request: BusinessRequest, field_id: UUID, form: FieldTitlesForm) -> bool:
    changes = ContextChanges(**form.cleaned_data)
    try:
        change_context_field(field_id=field_id, changes=changes, now=request.now)
    except Problem as problem:
        refusal_to_form(form, problem)
        return False
    return True


def _lay_out(request: BusinessRequest) -> HttpResponse:
    trade = request.POST.get("trade", "")
    if trade not in Vertical.values:
        raise Http404
    made = lay_out_context(vertical=trade, now=request.now)
    told = ngettext("%(n)s field was added.", "%(n)s fields were added.", made)
    nothing = _("All of them are here already.")
    messages.success(request, told % {"n": words.number(made)} if made else nothing)
    return redirect("dashboard:sale-fields", request.business.slug)


def _list(request: BusinessRequest, form: FieldForm) -> HttpResponse:
    found = page(context_rows(), by="id", cursor=request.GET.get("cursor"))
    learned = _learned()
    rows = [_row(one, learned) for one in found.rows]
    context = {
        "page": {"rows": rows, "next_cursor": found.next_cursor},
        "form": form,
        "trades": trades_of(request.business.vertical),
    }
    return render(request, "dashboard/sale_fields/list.html", context)


def _one(request: BusinessRequest, row: Any, form: FieldTitlesForm) -> HttpResponse:
    context = {"form": form, "row": _row(row, _learned())}
    return render(request, "dashboard/sale_fields/change.html", context)


def _row(row: Any, learned: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "key": row.key,
        "kind": row.get_kind_display(),
        "tells": _(", ").join(learned[row.key]),
        "is_active": row.is_active,
    }


def _learned() -> Mapping[str, Sequence[str]]:
    """Return what each field of lines tells of customers, by its key. One query."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in definitions():
        if one.learned_from.startswith(_LINE):
            found[one.learned_from.removeprefix(_LINE)].append(one.title)
    return found


def _initial(row: Any) -> dict[str, Any]:
    return {
        "title_fa": row.title_fa,
        "title_en": row.title_en,
        "choices": [Listed(**one) for one in row.choices],
    }
