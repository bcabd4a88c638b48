"""The page of staff bonuses: how everybody stands, the terms, and periods worked out (C084)."""

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
from django.views.decorators.http import require_POST

from businesses.queries import employees, role_may
from core.api.paging import page
from core.calendar import add_months, business_day, month_start
from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, OWNERS, BusinessRequest, business_page, refused
from dashboard.web.forms import TomanField, Whole, refusal_to_form
from feedback.enums import BonusReason
from feedback.operations.bonus import NewPlan, freeze_bonuses, set_bonus_plan
from feedback.queries.bonus.reading import LATELY, Score, newest_plan, runs, scores, totals_of

_SPANS: Final = (("1", gettext_lazy("every month")), ("3", gettext_lazy("every three months")))


class PlanForm(forms.Form):
    """The terms."""

    most = TomanField(
        label=gettext_lazy("Most for one person, toman"),
        min_value=1,
        help_text=gettext_lazy("Whoever is at the team's level gets half of it."),
    )
    months = forms.TypedChoiceField(label=gettext_lazy("How often"), coerce=int, choices=_SPANS)
    reach_percent = Whole(
        label=gettext_lazy("All of it at"),
        min_value=1,
        max_value=50,
        help_text=gettext_lazy("content people of a hundred asked more than the team's"),
    )
    min_answers = Whole(label=gettext_lazy("Answers needed"), min_value=20, max_value=1_000)
    floor_percent = Whole(
        label=gettext_lazy("Share of those asked who must answer, percent"),
        min_value=1,
        max_value=90,
    )
    dispute_days = Whole(label=gettext_lazy("Days to object"), min_value=3, max_value=60)


@dataclass(frozen=True, kw_only=True)
class ScoreRow:
    """How one seller stands."""

    id: UUID
    name: str
    asked: str
    answers: str
    share: str
    above: str
    nameless: str
    not_counted: str


@business_page(*MANAGERS)
def bonuses(request: BusinessRequest) -> HttpResponse:
    """Show how everybody stands and what was worked out; owners set the terms."""
    may = role_may(request.role, OWNERS)
    form = PlanForm(request.POST or None, initial=_initial())
    if request.method == "POST" and may and form.is_valid():
        told = dict(form.cleaned_data)
        new = NewPlan(most_rial=told.pop("most"), **told)
        try:
            set_bonus_plan(new=new, actor=request.user, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved; it holds for periods that are not over yet."))
            return redirect("dashboard:bonuses", request.business.slug)
    context = _context(request) | {"form": form if may else None}
    answer = render(request, "dashboard/bonus/bonuses.html", context)
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*MANAGERS)
def bonus_freeze(request: BusinessRequest) -> HttpResponse:
    """Work the last period out."""
    try:
        run = freeze_bonuses(starts_on=next_period(request), actor=request.user, now=request.now)
    except Problem as problem:
        messages.error(request, str(problem.detail))
        return redirect("dashboard:bonuses", request.business.slug)
    messages.success(request, _("Worked out. Until the time to object is over nothing is paid."))
    return redirect("dashboard:bonus-run", request.business.slug, run.id)


def next_period(request: BusinessRequest) -> date:
    """Return the first day of the period that was over last."""
    plan = newest_plan()
    this = month_start(business_day(request.now, request.business.timezone))
    return add_months(this, -(plan.months if plan else 1))


def above_text(basis_points: int) -> str:
    """Return how many of a hundred above or below the team, in words."""
    points = words.number(abs(basis_points) / 100, 1)
    if not basis_points:
        return _("as the team")
    told = {"n": points}
    return _("%(n)s above") % told if basis_points > 0 else _("%(n)s below") % told


def _initial() -> dict[str, Any]:
    plan = newest_plan()
    if plan is None:
        return {"reach_percent": 10, "min_answers": 20, "floor_percent": 10, "dispute_days": 7}
    return {
        "most": plan.most_rial,
        "months": plan.months,
        "reach_percent": plan.reach_percent,
        "min_answers": plan.min_answers,
        "floor_percent": plan.floor_percent,
        "dispute_days": plan.dispute_days,
    }


def _context(request: BusinessRequest) -> dict[str, Any]:
    today = business_day(request.now, request.business.timezone)
    plan = newest_plan()
    _team, told = scores(today - LATELY, today + LATELY, plan)
    names = {one.id: one.name for one in employees()}
    rows = [_row(names.get(one.employee_id, ""), one) for one in told.values()]
    found = page(runs(), by="starts_on", cursor=request.GET.get("cursor"))
    totals = totals_of([run.id for run in found.rows])
    return {
        "plan": plan,
        "plan_most": words.toman(plan.most_rial) if plan else "",
        "period": next_period(request),
        "rows": sorted(rows, key=lambda row: row.name),
        "runs": [_run(run, *totals.get(run.id, (0, 0))) for run in found.rows],
        "page": found,
    }


def _row(name: str, one: Score) -> ScoreRow:
    counts, enough = one.counts, one.reason != BonusReason.FEW_ANSWERS
    few = _("not enough data (%(n)s)") % {"n": words.number(counts.answers)}
    return ScoreRow(
        id=one.employee_id,
        name=name,
        asked=words.number(counts.asked),
        answers=words.number(counts.answers),
        share=words.percent(counts.content / counts.asked, 0) if enough else few,
        above=above_text(one.difference_bp) if enough else "–",
        nameless=words.number(counts.nameless),
        not_counted=words.number(counts.not_counted),
    )


def _run(run: Any, people: int, rial: int) -> dict[str, Any]:
    return {
        "id": run.id,
        "starts_on": run.starts_on,
        "state": run.get_state_display(),
        "is_void": run.state == "cancelled",
        "people": words.number(people),
        "toman": words.toman(rial),
    }
