"""The page of engagement: what counts besides buying, what it gives, and who did what (C065)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.api.paging import page
from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Whole, refusal_to_form
from dashboard.web.parts import Kpi
from dashboard.web.people import title_of
from loyalty.enums import CapSpan
from loyalty.enums.engagement import ONCE_EVER, EngagementKind
from loyalty.operations.engagement import (
    NewEngagementRule,
    close_engagement,
    offer_points,
    take_engagement_back,
)
from loyalty.queries.engagements import Noted, engagement_rows, engagement_rules, noted_since
from loyalty.queries.programme import program

_MOST: Final = 1_000_000_000
_LOOK_BACK: Final = timedelta(days=90)
_NOTHING: Final = Noted(0, 0, 0)


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """What one kind gives, and what became of it."""

    kind: str
    title: str
    gift: str
    share: str
    is_activity: bool
    is_open: bool
    times: str
    people: str
    points: str


@dataclass(frozen=True, kw_only=True)
class NotedRow:
    """Who did what."""

    id: UUID
    customer_id: UUID
    customer: str
    title: str
    at: datetime
    gift: str
    taken_back: bool
    can_be_taken: bool


class EngagementForm(forms.Form):
    """What counts, and what it gives."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=EngagementKind.choices)
    points = Whole(
        label=gettext_lazy("Points each time"),
        max_value=_MOST,
        help_text=gettext_lazy("Zero: it is only counted."),
    )
    most_times = Whole(
        label=gettext_lazy("At most so many times for a customer"),
        min_value=1,
        max_value=1_000,
        initial=1,
    )
    span = forms.ChoiceField(
        label=gettext_lazy("within"),
        choices=CapSpan.choices,
        initial=CapSpan.EVER,
        help_text=gettext_lazy("A profile and a birthday give points once ever."),
    )
    is_activity = forms.BooleanField(
        label=gettext_lazy("It keeps points alive"),
        required=False,
        help_text=gettext_lazy(
            "Where points live by activity: a review, a follower, an opened app or a check-in is "
            "one, like a purchase."
        ),
    )


@business_page(*READERS)
def engagement(request: BusinessRequest) -> HttpResponse:
    """Show what counts and who did what; take a rule."""
    form = EngagementForm(request.POST or None)
    may = role_may(request.role, MANAGERS)
    if request.method == "POST" and may and form.is_valid():
        try:
            offer_points(new=_new(form.cleaned_data), actor=request.user, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved; it counts from now on."))
            return redirect("dashboard:engagement", request.business.slug)
    answer = render(request, "dashboard/gifts/engagement.html", _context(request, form, may=may))
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*MANAGERS)
def engagement_close(request: BusinessRequest, key: str) -> HttpResponse:
    """Count a kind no more."""
    if key not in EngagementKind.values:
        raise Http404
    close_engagement(kind=key, actor=request.user, now=request.now)
    messages.success(request, _("It is counted no more; what was given stays."))
    return redirect("dashboard:engagement", request.business.slug)


@require_POST
@business_page(*MANAGERS)
def engagement_take_back(request: BusinessRequest, engagement_id: UUID) -> HttpResponse:
    """Take back what one gave."""
    take_engagement_back(engagement_id=engagement_id, now=request.now)
    messages.success(request, _("Its points were taken back."))
    return redirect("dashboard:engagement", request.business.slug)


def _new(typed: Mapping[str, Any]) -> NewEngagementRule:
    kind = EngagementKind(typed["kind"])
    keeps = typed["is_activity"]
    if kind in ONCE_EVER:
        return NewEngagementRule(kind=kind, points=typed["points"], is_activity=keeps)
    return NewEngagementRule(
        kind=kind,
        points=typed["points"],
        most_times=typed["most_times"],
        span=CapSpan(typed["span"]),
        is_activity=keeps,
    )


def _context(request: BusinessRequest, form: EngagementForm, *, may: bool) -> dict[str, Any]:
    found = page(engagement_rows(), by="at", cursor=request.GET.get("cursor"))
    noted = noted_since(request.now - _LOOK_BACK)
    return {
        "form": form if may else None,
        "kpis": _kpis(noted),
        "rules": [_rule(row, noted.get(row.kind, _NOTHING)) for row in engagement_rules()],
        "rows": [_noted(row) for row in found.rows],
        "page": found,
    }


def _kpis(noted: Mapping[str, Noted]) -> list[Kpi]:
    note = _("in the last 90 days")
    points = sum(one.points for one in noted.values())
    current = program()
    worth = points * current.unit_value_rial if current else 0
    top = max(noted, key=lambda kind: noted[kind].times, default="")
    return [
        Kpi(
            label=_("Times customers did something"),
            value=words.number(sum(one.times for one in noted.values())),
            note=note,
        ),
        Kpi(label=_("Points given"), value=words.number(points), note=note),
        Kpi(
            label=_("Worth"),
            value=words.toman(worth),
            unit=_("toman"),
            note=_("at what a point is worth today"),
        ),
        Kpi(
            label=_("Most often"),
            value=str(EngagementKind(top).label) if top else _("nothing yet"),
            note=_("%(n)s times") % {"n": words.number(noted[top].times)} if top else "",
        ),
    ]


def _rule(row: Any, noted: Noted) -> RuleRow:
    facts = {"n": words.number(row.most_times), "span": row.get_span_display()}
    ever = row.span == CapSpan.EVER
    share = _("at most %(n)s times ever") if ever else _("at most %(n)s times in %(span)s")
    return RuleRow(
        kind=row.kind,
        title=row.get_kind_display(),
        gift=_("%(n)s points") % {"n": words.number(row.points)}
        if row.points
        else _("only counted"),
        share=share % facts if row.points else "",
        is_activity=row.is_activity,
        is_open=row.is_open,
        times=words.number(noted.times),
        people=words.number(noted.people),
        points=words.number(noted.points),
    )


def _noted(row: Any) -> NotedRow:
    person = row.customer
    points = _("%(n)s points") % {"n": words.number(row.points)}
    return NotedRow(
        id=row.id,
        customer_id=row.customer_id,
        customer=title_of(person.name, person.mobile, person.member_code),
        title=row.get_kind_display(),
        at=row.at,
        gift=points if row.points else row.get_why_none_display(),
        taken_back=row.taken_back_at is not None,
        can_be_taken=bool(row.points) and row.taken_back_at is None,
    )
