"""The attributes of a business: listed, defined, changed, laid out for a trade."""

from collections.abc import Sequence
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
from customers.enums import AttributeKind, AttributePrivacy
from customers.operations.attributes import (
    AttributeChanges,
    Listed,
    NewAttribute,
    change_attribute,
    define_attribute,
    lay_out_preset,
)
from customers.queries.attributes import definition_by_id, definition_rows
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.attributes.listed import Chosen
from dashboard.web.forms import Code, Line, refusal_to_form

_LINE: Final = "line."
_SOURCES: Final = (
    ("", gettext_lazy("nothing: somebody has to say it")),
    ("item", gettext_lazy("what they buy most")),
    ("category", gettext_lazy("the category they buy most")),
    ("daypart", gettext_lazy("when they come")),
    ("spend", gettext_lazy("how much they pay")),
    ("child_goods", gettext_lazy("whether they buy things for children")),
    (_LINE, gettext_lazy("an attribute of what they buy")),
)


class TitlesForm(forms.Form):
    """What of an attribute may change."""

    title_fa = Line(label=gettext_lazy("Persian title"), max_length=60)
    title_en = Line(label=gettext_lazy("English title"), max_length=60, required=False)
    privacy = forms.ChoiceField(
        label=gettext_lazy("Who sees it"),
        choices=AttributePrivacy.choices,
        initial=AttributePrivacy.PERSONAL,
    )
    choices = Chosen(
        label=gettext_lazy("List, one a line"),
        required=False,
        help_text=gettext_lazy("For lists only, like: red = Persian title = English title"),
    )
    learned_from = forms.ChoiceField(
        label=gettext_lazy("Purchases tell it by"), choices=_SOURCES, required=False
    )
    learned_name = Code(
        label=gettext_lazy("Name of that attribute of a line"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("As your till sends it, like size, color or table."),
    )

    def facts(self) -> dict[str, Any]:
        """Return what the operations take."""
        facts = {key: self.cleaned_data[key] for key in TitlesForm.base_fields}
        name = facts.pop("learned_name")
        if facts["learned_from"] == _LINE:
            facts["learned_from"] += name
        return facts


class AttributeForm(TitlesForm):
    """A new attribute."""

    key = Code(
        label=gettext_lazy("Key, for programs"),
        max_length=40,
        help_text=gettext_lazy("Latin small letters, digits and _; it never changes."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=AttributeKind.choices)
    field_order = ("title_fa", "title_en", "key", "kind", "choices", "privacy")


@business_page(*MANAGERS)
def attributes(request: BusinessRequest) -> HttpResponse:
    """List attributes; define one, or lay out what a trade usually wants to know."""
    if request.method != "POST":
        return _list(request, AttributeForm())
    if request.POST.get("action") == "preset":
        return _lay_out(request)
    form = AttributeForm(request.POST)
    if form.is_valid() and _defined(request, form):
        messages.success(request, _("Saved."))
        return redirect("dashboard:attributes", request.business.slug)
    return refused(_list(request, form))


@business_page(*MANAGERS)
def attribute(request: BusinessRequest, attribute_definition_id: UUID) -> HttpResponse:
    """Change one attribute, or take it out of use and back."""
    row = definition_by_id(attribute_definition_id)
    if row is None:
        raise Http404
    if request.method != "POST":
        return _one(request, row, TitlesForm(initial=_initial(row)))
    if request.POST.get("action") in {"on", "off"}:
        changes = AttributeChanges(is_active=request.POST["action"] == "on")
        change_attribute(definition_id=row.id, changes=changes, now=request.now)
        return redirect("dashboard:attributes", request.business.slug)
    form = TitlesForm(request.POST)
    if form.is_valid() and _changed(request, row.id, form):
        messages.success(request, _("Saved."))
        return redirect("dashboard:attributes", request.business.slug)
    return refused(_one(request, row, form))


def _defined(request: BusinessRequest, form: AttributeForm) -> bool:
    data = form.cleaned_data
    new = NewAttribute(key=data["key"], kind=data["kind"], **form.facts())
    try:
        define_attribute(new=new, now=request.now)
    except Problem as problem:
        refusal_to_form(form, problem)
        return False
    return True


def _changed(request: BusinessRequest, definition_id: UUID, form: TitlesForm) -> bool:
    changes = AttributeChanges(**form.facts())
    try:
        change_attribute(definition_id=definition_id, changes=changes, now=request.now)
    except Problem as problem:
        refusal_to_form(form, problem)
        return False
    return True


def _lay_out(request: BusinessRequest) -> HttpResponse:
    trade = request.POST.get("trade", "")
    if trade not in Vertical.values:
        raise Http404
    made = lay_out_preset(vertical=trade, now=request.now)
    told = ngettext("%(n)s attribute was added.", "%(n)s attributes were added.", made)
    nothing = _("All of them are here already.")
    messages.success(request, told % {"n": words.number(made)} if made else nothing)
    return redirect("dashboard:attributes", request.business.slug)


def _list(request: BusinessRequest, form: AttributeForm) -> HttpResponse:
    found = page(definition_rows(), by="id", cursor=request.GET.get("cursor"))
    rows = [_row(one) for one in found.rows]
    context = {
        "page": {"rows": rows, "next_cursor": found.next_cursor},
        "form": form,
        "trades": trades_of(request.business.vertical),
    }
    return render(request, "dashboard/attributes/list.html", context)


def _one(request: BusinessRequest, row: Any, form: TitlesForm) -> HttpResponse:
    context = {"form": form, "row": _row(row)}
    return render(request, "dashboard/attributes/change.html", context)


def _row(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "key": row.key,
        "kind": row.get_kind_display(),
        "privacy": row.get_privacy_display(),
        "sensitive": row.privacy == AttributePrivacy.SENSITIVE,
        "learned": _told_by(row.learned_from),
        "is_active": row.is_active,
    }


def _told_by(source: str) -> str:
    if source.startswith(_LINE):
        return _("«%(name)s» of what they buy") % {"name": source.removeprefix(_LINE)}
    return str(dict(_SOURCES)[source]) if source else ""


def trades_of(own: str) -> Sequence[tuple[str, str]]:
    """Return the trades, the business's own first."""
    return sorted(((key, str(label)) for key, label in Vertical.choices), key=lambda t: t[0] != own)


def _initial(row: Any) -> dict[str, Any]:
    by_line = row.learned_from.startswith(_LINE)
    return {
        "title_fa": row.title_fa,
        "title_en": row.title_en,
        "privacy": row.privacy,
        "choices": [Listed(**one) for one in row.choices],
        "learned_from": _LINE if by_line else row.learned_from,
        "learned_name": row.learned_from.removeprefix(_LINE) if by_line else "",
    }
