"""The page of days of the calendar: planned, changed, left out, and whom they reached (C083)."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.api.paging import page
from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.forms import JalaliDay, Line, Whole, refusal_to_form
from loyalty.enums.presents import SharedDayKind, SharedDayState
from loyalty.operations.shared_days import NewSharedDay, cancel_shared_day, plan_shared_day
from loyalty.queries.shared_days import shared_days, shared_sums, shared_title

_MOST: Final = 1_000_000_000


class SharedDayForm(forms.Form):
    """A day for everybody."""

    kind = forms.ChoiceField(label=gettext_lazy("Occasion"), choices=SharedDayKind.choices)
    title = Line(
        label=gettext_lazy("Which other day"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Only for «another day»."),
    )
    on = JalaliDay(
        label=gettext_lazy("Date"),
        help_text=gettext_lazy("Nowruz, nature day and Yalda need none."),
    )
    source = Line(
        label=gettext_lazy("Where the date is from"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Lunar days are announced every year: name the calendar you read."),
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
    points = Whole(label=gettext_lazy("Points for each"), max_value=_MOST, initial=0)
    least_days = Whole(
        label=gettext_lazy("Days somebody must be a customer before"),
        max_value=3_650,
        initial=30,
        help_text=gettext_lazy("Newcomers are greeted and get no points."),
    )


@business_page(*READERS)
def shared_day_page(request: BusinessRequest) -> HttpResponse:
    """Show the days; plan one."""
    form = SharedDayForm(request.POST or None)
    may = role_may(request.role, MANAGERS)
    if request.method == "POST" and may and form.is_valid():
        told = dict(form.cleaned_data)
        new = NewSharedDay(kind=SharedDayKind(told.pop("kind")), **told)
        try:
            plan_shared_day(new=new, actor=request.user, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("dashboard:shared-days", request.business.slug)
    answer = render(request, "dashboard/gifts/shared_days.html", _context(request, form, may=may))
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*MANAGERS)
def shared_day_cancel(request: BusinessRequest, shared_day_id: UUID) -> HttpResponse:
    """Leave a day out."""
    try:
        cancel_shared_day(day_id=shared_day_id, actor=request.user, now=request.now)
    except Problem as problem:
        if problem.code != "shared_day_over":
            raise
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("It is left out."))
    return redirect("dashboard:shared-days", request.business.slug)


def _context(request: BusinessRequest, form: SharedDayForm, *, may: bool) -> dict[str, Any]:
    found = page(shared_days(), by="on", cursor=request.GET.get("cursor"))
    sums = shared_sums([row.id for row in found.rows])
    return {
        "form": form if may else None,
        "rows": [_row(row, sums.get(row.id, (0, 0, 0))) for row in found.rows],
        "page": found,
    }


def _row(row: Any, sums: tuple[int, int, int]) -> dict[str, Any]:
    people, greeted, points = sums
    return {
        "id": row.id,
        "title": shared_title(row),
        "on": row.on,
        "source": row.source,
        "state": row.get_state_display(),
        "is_planned": row.state == SharedDayState.PLANNED and row.after_id is None,
        "points": words.number(row.points) if row.points else "",
        "people": words.number(people),
        "greeted": words.number(greeted),
        "given": words.number(points),
    }
