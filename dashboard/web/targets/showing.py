"""The targets, and one of them with its way, its history and what of today helps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from businesses.queries import role_may
from core.api.paging import page
from core.calendar import business_day
from core.errors import Problem
from core.money import RIAL_PER_TOMAN
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.forms import refusal_to_form
from dashboard.web.parts import Tone
from dashboard.web.targets import told
from dashboard.web.targets.forms import EndForm, MoveForm, SetForm, typed_goal
from dashboard.web.targets.helps import Helps, helps_of
from segmentation.enums import SHARES, Figure, Span, TargetState
from segmentation.operations import set_target
from segmentation.queries.actions.listing import actions_on
from segmentation.queries.targets.ledger import Aim, aims, target_by_id, target_rows
from segmentation.queries.targets.pace import WHOLE
from segmentation.queries.targets.reckoning import (
    Place,
    Point,
    Standing,
    course,
    places,
    standings,
)
from segmentation.queries.targets.sums import figures_of

_MILLION: Final = 1_000_000
_SHOWN: Final = 24


@dataclass(frozen=True, kw_only=True)
class Card:
    """One target as a page shows it; `share` and `due_at` are hundredths of the bar."""

    id: UUID
    name: str
    state: str
    tone: Tone
    so_far: str
    goal: str
    unit: str
    share: str
    due_at: str
    due: str
    gap: str
    time: str
    baseline: str
    baseline_note: str
    against: str
    moved: str
    foreseen: str
    by_seasons: bool
    is_running: bool
    is_open: bool


@business_page(*READERS)
def targets(request: BusinessRequest) -> HttpResponse:
    """Show every target and where the business stands; set one."""
    today = business_day(request.now, request.business.timezone)
    figures = figures_of(request.business)
    posted = request.method == "POST"
    if posted and not role_may(request.role, MANAGERS):
        raise PermissionDenied
    form = SetForm(figures, today, **_given(request, posted=posted))
    if posted and form.is_valid():
        try:
            row = set_target(
                **form.asked(), by=str(request.user), actor=request.user, now=request.now
            )
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("The target is set."))
            return redirect("dashboard:target", request.business.slug, row.id)
    answer = _listed(request, form, today, figures)
    return refused(answer) if posted else answer


def _given(request: BusinessRequest, *, posted: bool) -> dict[str, Any]:
    if posted:
        return {"data": request.POST}
    return {"initial": {"figure": request.GET.get("figure", "")}}


def _listed(
    request: BusinessRequest, form: SetForm, today: date, figures: Sequence[Figure]
) -> HttpResponse:
    found = page(target_rows(), by="starts_on", cursor=request.GET.get("cursor"), limit=_SHOWN)
    rows = standings(aims(found.rows), today)
    slug = request.business.slug
    context = {
        "running": [card(one) for one in sorted(rows, key=_urgency) if one.is_running],
        "upcoming": [card(one) for one in rows if _is_upcoming(one)],
        "past": [card(one) for one in rows if not one.is_running and not _is_upcoming(one)],
        "page": found,
        "places": [_placed(one, slug) for one in places(figures, today)],
        "month": words.day(today, "month"),
        "form": form,
        "can_edit": role_may(request.role, MANAGERS),
    }
    return render(request, "dashboard/targets/list.html", context)


def _urgency(one: Standing) -> bool:
    """Return what comes last: all that is not behind."""
    return one.state != TargetState.BEHIND


def _is_upcoming(one: Standing) -> bool:
    return one.state == TargetState.UPCOMING


def _placed(place: Place, slug: str) -> dict[str, str]:
    base = place.baseline
    return {
        "label": str(place.figure.label),
        "so_far": told.with_unit(place.figure, place.so_far),
        "baseline": told.with_unit(place.figure, base.value) if base else "",
        "note": told.baseline_note(place.figure, Span.MONTH, base),
        "href": reverse("dashboard:targets", args=[slug]) + f"?figure={place.figure.value}#set",
    }


@business_page(*READERS)
def target(request: BusinessRequest, target_id: UUID) -> HttpResponse:
    """Show one target."""
    return shown(request, target_id)


def shown(request: BusinessRequest, target_id: UUID, **forms_: forms.Form) -> HttpResponse:
    """Show a target, with forms as they were typed where something was wrong."""
    row = target_by_id(target_id)
    found = aims([row]) if row else []
    if not row or not found:
        raise Http404
    today = business_day(request.now, request.business.timezone)
    (aim,) = found
    one, points = course(aim, today)
    context = {
        "card": card(one),
        "chart": _chart(aim, points) if points else None,
        "chart_unit": _("million toman") if row.figure == Figure.NET_SALES else card(one).unit,
        "steps": _steps(aim),
        "helps": _helps(request, one, today),
        "can_edit": role_may(request.role, MANAGERS) and card(one).is_open,
        "move": forms_.get("move", _move_form(row, aim)),
        "end": forms_.get("end", EndForm()),
        "open": next(iter(forms_), ""),
    }
    answer = render(request, "dashboard/targets/one.html", context)
    return refused(answer) if forms_ else answer


def _move_form(row: Any, aim: Aim) -> MoveForm:
    return MoveForm(row.figure, initial={"goal": typed_goal(row.figure, aim.goal)})


def _helps(request: BusinessRequest, one: Standing, today: date) -> Helps | None:
    return helps_of(one, actions_on(today), request.business.slug) if one.is_running else None


def card(one: Standing) -> Card:
    """Return a target as pages show it."""
    aim, figure = one.aim, one.aim.target.figure
    base = one.baseline
    return Card(
        id=aim.target.id,
        name=told.name(aim),
        state=str(one.state.label),
        tone=told.TONES[one.state],
        so_far="" if one.state == TargetState.UPCOMING else told.value(figure, one.so_far),
        goal=told.with_unit(figure, aim.goal),
        unit=told.unit(figure),
        share=_hundredths((one.so_far or 0) / aim.goal),
        due_at="" if figure in SHARES else _hundredths(one.passed / WHOLE),
        due=told.due_note(one),
        gap=told.difference(figure, one.gap) if one.gap and one.is_running else "",
        time=told.time_note(one),
        baseline=told.with_unit(figure, base.value) if base else "—",
        baseline_note=told.baseline_note(figure, aim.target.span, base),
        against=told.against_baseline(one),
        moved=told.moved_note(aim),
        foreseen=told.foreseen_note(one),
        by_seasons=one.basis == "seasons",
        is_running=one.is_running,
        is_open=not aim.is_ended and one.today <= one.last,
    )


def _hundredths(share: float) -> str:
    return f"{100 * max(0.0, min(1.0, share)):.1f}"


def _steps(aim: Aim) -> list[dict[str, Any]]:
    """Return all a target ever was, newest first."""
    figure = aim.target.figure
    return [
        {
            "what": _step_word(step.number, step.goal),
            "goal": told.with_unit(figure, step.goal) if step.goal is not None else "",
            "by": _("a program, by its key") if step.by.startswith("api_key:") else step.by,
            "at": words.moment(step.at),
            "reason": step.reason,
        }
        for step in reversed(aim.steps)
    ]


def _step_word(number: int, goal: int | None) -> str:
    if goal is None:
        return _("Put aside")
    return _("Target set") if number == 1 else _("Moved")


def _chart(aim: Aim, points: Sequence[Point]) -> dict[str, Any]:
    figure = aim.target.figure
    return {
        "labels": [words.day(one.on, "day") for one in points],
        "series": [
            {"name": _("What is there"), "values": [_drawn(figure, one.there) for one in points]},
            {
                "name": _("What should be there"),
                "values": [_drawn(figure, one.due) for one in points],
            },
        ],
        "rows": [
            {
                "label": words.day(one.on, "day"),
                "texts": [told.value(figure, one.there), told.value(figure, one.due)],
            }
            for one in points
        ],
    }


def _drawn(figure: str, amount: int | None) -> float | None:
    if amount is None or figure != Figure.NET_SALES:
        return amount
    return amount / RIAL_PER_TOMAN / _MILLION
