"""Today's actions: what to do, why, what it brings, one button, and whether it was done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.calendar import business_day, jalali
from core.errors import NotFound, Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.actions_told import told_action
from dashboard.web.forms import JalaliDay, Whole, problem_to_form
from dashboard.web.leads.words_of_leads import owners
from dashboard.web.parts import Todo, Tone
from dashboard.web.targets.helps import strip
from dashboard.web.targets.showing import card
from segmentation.enums import ActionKind, ActionState, Basis
from segmentation.operations import answer_action, assign_action, plan_actions, state_margin
from segmentation.queries.actions.listing import actions_on, margin_percent
from segmentation.queries.retention import foreseen_by

_ICONS: Final[dict[str, tuple[str, Tone]]] = {
    ActionKind.CALL: ("phone", "amber"),
    ActionKind.ANSWER: ("mood-sad", "bad"),
    ActionKind.WIN_BACK: ("user-heart", "amber"),
    ActionKind.SECOND_VISIT: ("user-plus", "brand"),
    ActionKind.PRODUCT: ("package", "amber"),
    ActionKind.DEBIT: ("calendar-repeat", "bad"),
    ActionKind.LEAD: ("user-question", "brand"),
    ActionKind.CORNER: ("layout-grid", "brand"),
}


@dataclass(frozen=True, kw_only=True)
class ActionLine:
    """One action as the page shows it."""

    id: UUID
    place: str
    icon: str
    tone: Tone
    title: str
    why: str
    href: str
    button: str
    expected: str
    between: str
    effort: str
    chance: str
    state: str
    is_open: bool
    is_done: bool
    owner: str
    owner_code: str
    due: str
    due_typed: str
    is_late: bool
    helps: str
    wrong: str = ""


@dataclass(frozen=True, kw_only=True)
class Mistyped:
    """What was typed of who and until when, and why it was refused."""

    id: UUID
    owner_code: str
    due: str
    said: str


class MarginForm(forms.Form):
    """What the business earns of a sale."""

    margin = Whole(
        label=gettext_lazy("Your margin, percent"), required=False, min_value=1, max_value=100
    )


class DueForm(forms.Form):
    """The day an action is due on."""

    due_on = JalaliDay()


@business_page(*READERS)
def actions(request: BusinessRequest) -> HttpResponse:
    """Show today's actions; reckon them anew, or take the margin, when asked."""
    if request.method == "POST":
        return _asked(request)
    return _page(request)


def _page(
    request: BusinessRequest, form: MarginForm | None = None, typed: Mistyped | None = None
) -> HttpResponse:
    today = business_day(request.now, request.business.timezone)
    margin = margin_percent()
    rows = actions_on(today)
    aims = strip(rows, today)
    context = {
        "rows": [
            _as_typed(_line(row, request.business.slug, today, aims.helped.get(row.id)), typed)
            for row in rows
        ],
        "targets": [card(one) for one in aims.standings],
        "owners": owners(),
        "open": sum(row.state == ActionState.OPEN for row in rows),
        "first_guess": foreseen_by() == Basis.HEURISTIC,
        "unit": _("toman of profit") if margin else _("toman of sales"),
        "margin": margin,
        "form": form or MarginForm(initial={"margin": margin}),
        "can_edit": role_may(request.role, MANAGERS),
        "on": words.day(rows[0].on, "week") if rows else "",
    }
    answer = render(request, "dashboard/actions.html", context)
    return refused(answer) if form or typed else answer


def _as_typed(line: ActionLine, typed: Mistyped | None) -> ActionLine:
    if typed is None or typed.id != line.id:
        return line
    return replace(line, owner_code=typed.owner_code, due_typed=typed.due, wrong=typed.said)


def open_todos(today: date, slug: str, *, most: int) -> list[Todo]:
    """Return the first of today's actions nobody answered yet, as home shows them. Two queries."""
    unit = _("toman of profit") if margin_percent() else _("toman of sales")
    found = []
    for row in [one for one in actions_on(today) if one.state == ActionState.OPEN][:most]:
        icon, tone = _ICONS[row.kind]
        title, why, _href, _button = told_action(row, slug)
        found.append(
            Todo(
                icon=icon,
                tone=tone,
                title=title,
                why=why,
                href=reverse("dashboard:actions", args=[slug]),
                worth=words.toman_about(row.expected_rial),
                worth_note=_("%(unit)s expected") % {"unit": unit},
            )
        )
    return found


@require_POST
@business_page(*READERS)
def action_answer(request: BusinessRequest, action_item_id: UUID) -> HttpResponse:
    """Say that an action was done or will not be."""
    done = request.POST.get("answer") == "done"
    answer_action(action_item_id=action_item_id, done=done, actor=request.user, now=request.now)
    messages.success(
        request,
        _("Noted; in thirty days we look at what came of it.")
        if done
        else _("Noted; its like come later from now on."),
    )
    return redirect("dashboard:actions", request.business.slug)


@require_POST
@business_page(*READERS)
def action_assign(request: BusinessRequest, action_item_id: UUID) -> HttpResponse:
    """Say who sees to an action, and until when."""
    said = _assign(request, action_item_id)
    if not said:
        messages.success(request, _("Noted; it stays on the list until it is answered."))
        return redirect("dashboard:actions", request.business.slug)
    typed = Mistyped(
        id=action_item_id,
        owner_code=request.POST.get("owner", ""),
        due=request.POST.get("due_on", ""),
        said=said,
    )
    return _page(request, typed=typed)


def _assign(request: BusinessRequest, action_item_id: UUID) -> str:
    """Write down who sees to it; return why not, "" when it is done."""
    form = DueForm(request.POST)
    if not form.is_valid():
        return str(form.errors["due_on"][0])
    try:
        assign_action(
            action_item_id=action_item_id,
            owner_code=request.POST.get("owner", ""),
            due_on=form.cleaned_data["due_on"],
            actor=request.user,
            now=request.now,
        )
    except NotFound:
        raise
    except Problem as problem:
        return str(problem.detail)
    return ""


def _typed(day: date) -> str:
    found = jalali(day)
    return f"{found.year}/{found.month}/{found.day}"


def _asked(request: BusinessRequest) -> HttpResponse:
    if not role_may(request.role, MANAGERS):
        return redirect("dashboard:actions", request.business.slug)
    form = MarginForm(request.POST)
    if "margin" in request.POST and not _state(form, request):
        return _page(request, form=form)
    plan_actions(now=request.now)
    return redirect("dashboard:actions", request.business.slug)


def _state(form: MarginForm, request: BusinessRequest) -> bool:
    if form.is_valid():
        try:
            state_margin(percent=form.cleaned_data["margin"], actor=request.user, now=request.now)
        except Problem as problem:
            problem_to_form(form, problem.detail)
    return form.is_valid()


def _line(row: Any, slug: str, today: date, helped: Sequence[str] | None) -> ActionLine:
    icon, tone = _ICONS[row.kind]
    title, why, href, button = told_action(row, slug)
    bounds = {
        "low": words.toman_about(row.low_rial),
        "high": words.toman_about(row.high_rial),
    }
    return ActionLine(
        id=row.id,
        place=words.number(row.place),
        icon=icon,
        tone=tone,
        title=title,
        why=why,
        href=href,
        button=button,
        expected=words.toman_about(row.expected_rial),
        between=_("%(low)s to %(high)s") % bounds,
        effort=_("%(n)s minutes") % {"n": words.number(row.effort_minutes)},
        chance=_chance(row),
        state=str(row.get_state_display()),
        is_open=row.state == ActionState.OPEN,
        is_done=row.state == ActionState.DONE,
        owner=row.owner.name if row.owner else "",
        owner_code=row.owner.code if row.owner else "",
        due=words.day(row.due_on) if row.due_on else "",
        due_typed=words.digits(_typed(row.due_on)) if row.due_on else "",
        is_late=row.due_on is not None and row.due_on < today,
        helps=_("; ").join(helped or ()),
    )


def _chance(row: Any) -> str:
    percent = words.percent(row.chance / 1_000)
    seen = row.facts.get("seen", 0)
    if not seen:
        return _("chance of an effect %(percent)s, an assumption until you have done some") % {
            "percent": percent
        }
    return _("chance of an effect %(percent)s, from %(n)s you have done") % {
        "percent": percent,
        "n": words.number(seen),
    }
