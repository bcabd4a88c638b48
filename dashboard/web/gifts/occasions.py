"""The page of customers' own days: who comes in the next thirty days, and what was celebrated."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.api.paging import page
from core.calendar import business_day
from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Line, Whole, refusal_to_form
from dashboard.web.parts import Kpi
from dashboard.web.people import title_of
from loyalty.enums.presents import OccasionKind
from loyalty.operations.occasions import NewRules, celebrate_occasions
from loyalty.queries.occasions import (
    celebrated_in,
    celebrations,
    coming,
    jalali_year,
    occasion_rules,
)

_AHEAD: Final = 30
_SHOWN: Final = 200
_MOST: Final = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class OccasionRow:
    """One customer's day, ahead or behind."""

    customer_id: UUID
    customer: str
    what: str
    on: date
    today: bool = False
    note: str = ""


class RulesForm(forms.Form):
    """What is done on customers' days."""

    is_open = forms.BooleanField(
        label=gettext_lazy("Celebrate customers' days"), required=False, initial=True
    )
    greets = forms.BooleanField(
        label=gettext_lazy("Greet by SMS who agreed to offers"), required=False, initial=True
    )
    text = Line(
        label=gettext_lazy("Your own text"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Empty: ours. Where {name} stands comes the customer's name."),
    )
    birthday_points = Whole(label=gettext_lazy("Points on a birthday"), max_value=_MOST)
    wedding_points = Whole(label=gettext_lazy("Points on a wedding anniversary"), max_value=_MOST)
    own_points = Whole(label=gettext_lazy("Points on another day"), max_value=_MOST)
    least_days = Whole(
        label=gettext_lazy("Days somebody must be a customer before"),
        max_value=3_650,
        help_text=gettext_lazy("Newcomers are greeted and get no points."),
    )


@business_page(*READERS)
def occasions(request: BusinessRequest) -> HttpResponse:
    """Show who comes and what was."""
    found = page(celebrations(), by="at", cursor=request.GET.get("cursor"))
    today = business_day(request.now, request.business.timezone)
    context: dict[str, Any] = {
        "rules": occasion_rules(),
        "kpis": _kpis(jalali_year(today)),
        "coming": [_coming(row, today) for row in coming(request.now, _AHEAD, _SHOWN)],
        "rows": [_celebrated(row) for row in found.rows],
        "page": found,
        "can_change": role_may(request.role, MANAGERS),
    }
    return render(request, "dashboard/gifts/occasions.html", context)


@business_page(*MANAGERS)
def occasion_settings(request: BusinessRequest) -> HttpResponse:
    """Show what is done as a form; change it."""
    form = RulesForm(request.POST or None, initial=_initial())
    if request.method == "POST" and form.is_valid():
        new = NewRules(**form.cleaned_data)
        try:
            celebrate_occasions(new=new, actor=request.user, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved; it counts from the next morning."))
            return redirect("dashboard:occasions", request.business.slug)
    answer = render(request, "dashboard/gifts/occasion_rules.html", {"form": form})
    return refused(answer) if form.errors else answer


def what_day(row: Any) -> str:
    """Return what day it is: its title, or its kind."""
    return getattr(row, "title", "") or str(OccasionKind(row.kind).label)


def _kpis(year: int) -> list[Kpi]:
    told = celebrated_in(year)
    note = _("in %(year)s") % {"year": words.code(str(year))}
    return [
        Kpi(label=_("Days celebrated"), value=words.number(told.times), note=note),
        Kpi(label=_("Greeted by SMS"), value=words.number(told.greeted), note=note),
        Kpi(label=_("With points"), value=words.number(told.gifts), note=note),
        Kpi(label=_("Points given"), value=words.number(told.points), note=note),
    ]


def _coming(row: Any, today: date) -> OccasionRow:
    person = row.customer
    return OccasionRow(
        customer_id=row.customer_id,
        customer=title_of(person.name, person.mobile, person.member_code),
        what=what_day(row),
        on=row.next_on,
        today=row.next_on == today,
    )


def _celebrated(row: Any) -> OccasionRow:
    person = row.customer
    gift = _("%(n)s points") % {"n": words.number(row.points)}
    return OccasionRow(
        customer_id=row.customer_id,
        customer=title_of(person.name, person.mobile, person.member_code),
        what=what_day(row),
        on=row.on,
        note=gift if row.points else row.get_no_gift_display(),
    )


def _initial() -> dict[str, Any]:
    row = occasion_rules()
    if row is None:
        return {"birthday_points": 50, "wedding_points": 0, "own_points": 0, "least_days": 30}
    return {name: getattr(row, name) for name in RulesForm.base_fields}
