"""Building a rule row by row: rows joined by «or» are one group, and all groups must hold."""

from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import Problem
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Line, refusal_to_form
from dashboard.web.own_segments.conditions import TITLES, ConditionForm, initial_of
from dashboard.web.own_segments.reasons import told_reasons
from dashboard.web.people import title_of
from segmentation.operations import change_own_segment, create_own_segment
from segmentation.queries.own.document import All, AnyOf, Document, Not
from segmentation.queries.own.names import Names, names
from segmentation.queries.own.reading import (
    Preview,
    own_segment,
    preview,
    read_rule,
    reasons_of,
)

_MOST_ROWS: Final = 30
_BEGINNING: Final = ("last_purchase", {"least": 60})


class NameForm(forms.Form):
    """What the segment is called."""

    name = Line(label=gettext_lazy("Name of the segment"), max_length=80)


@business_page(*MANAGERS)
def new(request: BusinessRequest) -> HttpResponse:
    """Build a segment; it is kept with everybody it is about."""
    known = names()
    if request.method != "POST":
        kind, initial = _BEGINNING
        rows = [_row(kind, known, initial=initial)]
        return _page(request, NameForm(), rows, known)
    return _save(request, known, None)


@business_page(*MANAGERS)
def edit(request: BusinessRequest, own_segment_id: UUID) -> HttpResponse:
    """Change a segment that was built here."""
    row = own_segment(own_segment_id).segment
    if not row.is_open:
        raise Http404
    known = names()
    if request.method == "POST":
        return _save(request, known, own_segment_id)
    rows = rows_of(Document.model_validate({"rule": row.rule}).rule, known)
    return _page(request, NameForm(initial={"name": row.name}), rows, known)


@business_page(*MANAGERS)
def condition_row(request: BusinessRequest) -> HttpResponse:
    """Give another condition of the asked kind (a part of the page)."""
    kind = request.GET.get("kind", "")
    if kind not in TITLES:
        raise Http404
    return render(request, "dashboard/own/row.html", {"row": _row(kind, names()), "first": False})


@require_POST
@business_page(*MANAGERS)
def tried(request: BusinessRequest) -> HttpResponse:
    """Show how many the rows are about, who, and what they say (a part of the page)."""
    known = names()
    rows = _typed(request, known)
    return render(request, "dashboard/own/told.html", _told(request, rows, known))


@require_POST
@business_page(*MANAGERS)
def tried_on(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Tell why the rows are about a customer (a part of the page)."""
    known = names()
    rows = _typed(request, known)
    if not rows or not all(row.is_valid() for row in rows):
        raise Http404
    rule = read_rule(rule_of(rows), known)
    reasons = told_reasons(reasons_of(rule, customer_id, request.now, known))
    return render(request, "dashboard/own/why.html", {"reasons": reasons})


def _save(request: BusinessRequest, known: Names, own_segment_id: UUID | None) -> HttpResponse:
    form, rows = NameForm(request.POST), _typed(request, known)
    if all([form.is_valid(), *(row.is_valid() for row in rows)]):
        facts = {"name": form.cleaned_data["name"], "actor": request.user, "now": request.now}
        try:
            rule = rule_of(rows)
            kept = (
                create_own_segment(rule=rule, **facts)
                if own_segment_id is None
                else change_own_segment(own_segment_id=own_segment_id, rule=rule, **facts)
            )
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved; everybody it is about is in it."))
            return redirect("dashboard:own-segment", request.business.slug, kept.id)
    return refused(_page(request, form, rows, known))


def _page(
    request: BusinessRequest, form: NameForm, rows: list[ConditionForm] | None, known: Names
) -> HttpResponse:
    context = {
        "form": form,
        "rows": rows,
        "kinds": [
            (kind, title)
            for kind, title in TITLES.items()
            if (kind != "tier" or known.tiers) and (kind != "attribute" or known.attributes)
        ],
        **(_told(request, rows, known) if rows and not rows[0].is_bound else {}),
    }
    return render(request, "dashboard/own/build.html", context)


def _row(kind: str, known: Names, **options: Any) -> ConditionForm:
    return ConditionForm(kind, known, prefix=f"c{uuid4().hex[:8]}", **options)


def _typed(request: BusinessRequest, known: Names) -> list[ConditionForm]:
    """Return the rows as typed, in their order; a kind nobody knows is left out."""
    found = []
    for mark in request.POST.getlist("row")[:_MOST_ROWS]:
        prefix, _colon, kind = mark.partition(":")
        if kind in TITLES:
            found.append(ConditionForm(kind, known, data=request.POST, prefix=prefix))
    return found


def rule_of(rows: list[ConditionForm]) -> dict[str, Any]:
    """Return the document of cleaned rows."""
    groups: list[list[dict[str, Any]]] = []
    for place, row in enumerate(rows):
        if place and row.cleaned_data.get("join") == "or":
            groups[-1].append(row.leaf())
        else:
            groups.append([row.leaf()])
    parts = [one[0] if len(one) == 1 else {"kind": "any", "of": one} for one in groups]
    return parts[0] if len(parts) == 1 else {"kind": "all", "of": parts}


def rows_of(rule: Any, known: Names) -> list[ConditionForm] | None:
    """Return the rows that say a rule, or None for one that no rows can say."""
    found: list[ConditionForm] = []
    for group in rule.of if isinstance(rule, All) else (rule,):
        for place, one in enumerate(group.of if isinstance(group, AnyOf) else (group,)):
            leaf = one.of if isinstance(one, Not) else one
            if isinstance(leaf, All | AnyOf | Not):
                return None
            initial = initial_of(leaf) | {
                "join": "or" if place else "and",
                "negate": isinstance(one, Not),
            }
            found.append(_row(leaf.kind, known, initial=initial))
    return found


def _told(request: BusinessRequest, rows: list[ConditionForm], known: Names) -> dict[str, Any]:
    """Return the rows' count, people and sentence, or what is missing still."""
    try:
        found = _tried(request, rows, known)
    except Problem:
        found = None
    if found is None:
        return {"found": None}
    people = [
        {"name": one.name, "title": title_of(one.name, one.mobile, one.member_code),
         "id": one.customer_id}
        for one in found.people
    ]  # fmt: skip
    return {"found": found, "people": people}


def _tried(request: BusinessRequest, rows: list[ConditionForm], known: Names) -> Preview | None:
    if not rows:
        return None
    if all(row.is_bound for row in rows):
        if not all(row.is_valid() for row in rows):
            return None
        return preview(read_rule(rule_of(rows), known), request.now, known)
    as_typed = [
        ConditionForm(row.kind, known, data=_as_data(row), prefix=row.prefix) for row in rows
    ]
    return _tried(request, as_typed, known)


def _as_data(row: ConditionForm) -> Any:
    """Return what a row that is only shown would send."""
    data = QueryDict(mutable=True)
    for bound in [row["join"], row["negate"], *row.own_fields]:
        value = bound.value()
        if isinstance(value, list):
            data.setlist(bound.html_name, [str(one) for one in value])
        elif value not in (None, "", False):
            data[bound.html_name] = str(value)
    return data
