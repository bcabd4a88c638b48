"""Where people come from: links of ours with their codes, and what became of each source."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.errors import Problem
from customers.enums import LeadKind
from customers.operations.leads import ChangedSource, NewSource, change_source, open_source
from customers.queries.leads import Funnel, SourceFate, funnel, source_rows
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Line, TomanField, refusal_to_form
from dashboard.web.leads.words_of_leads import source_title, titled
from dashboard.web.parts import Choice
from feedback.queries.intervals import share

_PERIODS: Final = (30, 90, 365)
_USUAL: Final = 90
_MOST_BARS: Final = 8


class LinkForm(forms.Form):
    """A link of ours."""

    title = Line(
        label=gettext_lazy("Where you will put it"),
        max_length=60,
        help_text=gettext_lazy("Like Instagram, the window, a leaflet: you see what came of each."),
    )
    invitation = Line(
        label=gettext_lazy("What its page says"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Like: we call you when the new dresses are here."),
    )
    cost = TomanField(
        label=gettext_lazy("What it cost, toman"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Then you see what a new customer cost. Empty: nothing."),
    )


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """A source with what became of its people."""

    id: UUID
    title: str
    kind: str
    is_link: bool
    is_open: bool
    leads: str
    bought: str
    sure: str
    net: str
    each: str
    before: str


@business_page(*READERS)
def lead_sources(request: BusinessRequest) -> HttpResponse:
    """Show what became of each source's people; a manager adds a link."""
    may_change = role_may(request.role, MANAGERS)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _opened(request, form)
    answer = render(request, "dashboard/leads/sources.html", _context(request, form))
    return refused(answer) if form.errors else answer


@business_page(*MANAGERS)
def lead_source(request: BusinessRequest, lead_source_id: UUID) -> HttpResponse:
    """Show a source with its address; change it."""
    row = source_rows().filter(id=lead_source_id).first()
    if row is None:
        raise Http404
    form = _changing(row, request)
    if request.method == "POST" and form.is_valid():
        try:
            change_source(source_id=row.id, changes=_changes(row, form, request), now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("dashboard:lead-source", request.business.slug, row.id)
    token = f"{request.business.slug}-{row.code}"
    context = {
        "row": row,
        "title": source_title(row),
        "kind": row.get_kind_display(),
        "form": form,
        "address": settings.BASE_URL + reverse("lead-page", args=[token]) if row.code else "",
        "qr": reverse("lead-page-qr", args=[token]) if row.code else "",
    }
    answer = render(request, "dashboard/leads/source.html", context)
    return refused(answer) if form.errors else answer


def _opened(request: BusinessRequest, form: LinkForm) -> HttpResponse:
    data = form.cleaned_data
    new = NewSource(
        kind=LeadKind.LINK,
        title=data["title"],
        invitation=data["invitation"],
        cost_rial=data["cost"] or 0,
    )
    try:
        row = open_source(new=new, now=request.now)
    except Problem as problem:
        refusal_to_form(form, problem)
        page = render(request, "dashboard/leads/sources.html", _context(request, form))
        return refused(page)
    messages.success(request, _("The link is open: copy its address or print its code."))
    return redirect("dashboard:lead-source", request.business.slug, row.id)


def _changing(row: Any, request: BusinessRequest) -> LinkForm:
    initial = {"title": row.title, "invitation": row.invitation, "cost": row.cost_rial}
    form = LinkForm(request.POST or None, initial=initial)
    if row.kind != LeadKind.LINK:
        del form.fields["invitation"]
        form.fields["title"].required = False
    return form


def _changes(row: Any, form: LinkForm, request: BusinessRequest) -> ChangedSource:
    action = request.POST.get("action", "")
    is_open = {"close": False, "open": True}.get(action)
    data = form.cleaned_data
    return ChangedSource(
        title=data["title"] if data["title"] != row.title else None,
        invitation=data.get("invitation"),
        cost_rial=data["cost"] or 0,
        is_open=is_open,
    )


def _context(request: BusinessRequest, form: LinkForm) -> dict[str, Any]:
    days = _days(request)
    told = funnel(request.now - timedelta(days=days), request.now)
    fates = {one.source_id: one for one in told.sources}
    # A business has at most two hundred of them.
    sources = sorted(source_rows(), key=lambda row: _leads(fates.get(row.id)), reverse=True)
    return {
        "rows": [_row(row, fates.get(row.id)) for row in sources],
        "picture": _picture(told) if told.sources else None,
        "form": form,
        "periods": [
            Choice(
                value=str(one),
                label=_("last %(n)s days") % {"n": words.number(one)},
                chosen=one == days,
            )
            for one in _PERIODS
        ],
        "can_change": role_may(request.role, MANAGERS),
    }


def _days(request: BusinessRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(one) for one in _PERIODS} else _USUAL


def _leads(fate: SourceFate | None) -> int:
    return fate.leads if fate else 0


def _row(row: Any, fate: SourceFate | None) -> SourceRow:
    leads, bought = (fate.leads, fate.bought) if fate else (0, 0)
    sure = share(bought, leads) if leads else None
    bounds = sure and {"low": words.number(sure.low * 100), "high": words.number(sure.high * 100)}
    return SourceRow(
        id=row.id,
        title=source_title(row),
        kind=str(row.get_kind_display()),
        is_link=row.kind == LeadKind.LINK,
        is_open=row.is_open,
        leads=words.number(leads),
        bought=words.number(bought),
        sure=_("95%%: %(low)s to %(high)s") % bounds if bounds else "",
        net=words.toman(fate.net_rial) if fate else "—",
        each=words.toman(row.cost_rial // bought) if row.cost_rial and bought else "—",
        before=words.number(fate.before) if fate and fate.before else "",
    )


def _picture(told: Funnel) -> dict[str, Any]:
    """Return the largest sources as bars of what became of their people."""
    shown = told.sources[:_MOST_BARS]
    labels = [titled(one.kind, one.title) for one in shown]
    series = {
        _("bought on several days"): [one.again for one in shown],
        _("bought"): [one.bought - one.again for one in shown],
        _("not yet"): [one.waiting for one in shown],
        _("lost"): [one.lost for one in shown],
    }
    return {
        "labels": labels,
        "series": [{"name": name, "values": values} for name, values in series.items()],
        "rows": [
            {"label": labels[i], "texts": [words.number(values[i]) for values in series.values()]}
            for i in range(len(shown))
        ],
    }
