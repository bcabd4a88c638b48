"""Making sums due under a permission: once, or again and again."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.calendar import TEHRAN, business_day, day_start
from core.errors import NotFound, Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import JalaliDay, Line, TomanField, Whole, refusal_to_form
from payments.enums.debits import (
    MANDATE_IN_FORCE,
    Collects,
    Every,
    HolidayShift,
    ScheduleState,
)
from payments.operations.debits import (
    NewDebit,
    NewSchedule,
    end_schedule,
    pause_schedule,
    resume_schedule,
    schedule_debits,
    start_schedule,
)
from payments.queries.mandates import mandate_by_id, schedule_by_id, schedule_rows

_ONCE: Final = "once"
_OFTEN: Final = (
    (_ONCE, gettext_lazy("once")),
    ("month-1", gettext_lazy("every month")),
    ("month-2", gettext_lazy("every two months")),
    ("month-3", gettext_lazy("every three months")),
    ("month-6", gettext_lazy("every six months")),
    ("month-12", gettext_lazy("every year")),
    ("week-1", gettext_lazy("every week")),
    ("week-2", gettext_lazy("every two weeks")),
)
_SETTLES: Final = (
    (Collects.SALE, gettext_lazy("a sale of its own, each time")),
    (Collects.RECEIVABLE, gettext_lazy("part of what the customer owes already")),
)
_MOST_TIMES: Final = 600
_HOURS: Final = tuple((str(hour), f"{hour}:00") for hour in range(7, 22))
_SHOWN: Final = 50
_TONES: Final = {ScheduleState.ACTIVE: "chip-good", ScheduleState.PAUSED: "chip-amber"}


class CollectForm(forms.Form):
    """How much, from which day on, how often."""

    amount = TomanField(label=gettext_lazy("Amount, toman"))
    description = Line(
        label=gettext_lazy("For what"),
        max_length=200,
        help_text=gettext_lazy("The customer reads it on their page and in messages."),
    )
    often = forms.ChoiceField(label=gettext_lazy("How often"), choices=_OFTEN, initial="month-1")
    first_on = JalaliDay(
        label=gettext_lazy("First day"),
        help_text=gettext_lazy("Empty: tomorrow. Months keep its day, the 31st as well."),
    )
    times = Whole(
        label=gettext_lazy("How many times"),
        required=False,
        min_value=1,
        max_value=_MOST_TIMES,
        help_text=gettext_lazy("Empty: until the permission ends."),
    )
    hour = forms.ChoiceField(label=gettext_lazy("Hour"), initial="10")
    shift = forms.ChoiceField(
        label=gettext_lazy("On a holiday"),
        choices=HolidayShift.choices,
        initial=HolidayShift.NONE,
    )
    collects = forms.ChoiceField(label=gettext_lazy("What it settles"), choices=_SETTLES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hours = [(value, words.digits(text)) for value, text in _HOURS]
        self.fields["hour"].choices = hours  # type: ignore[attr-defined]

    def collect(self, mandate_id: UUID, request: BusinessRequest) -> None:
        """Make the sum due. Raises what the operations do."""
        data = self.cleaned_data
        first = data["first_on"] or business_day(request.now, TEHRAN) + timedelta(days=1)
        if data["often"] == _ONCE:
            schedule_debits(debits=[self._debit(mandate_id, first)], now=request.now)
            return
        every, _dash, step = data["often"].partition("-")
        new = NewSchedule(
            mandate_id=mandate_id,
            amount_rial=data["amount"],
            first_on=first,
            every=every,
            step=int(step),
            times=data["times"],
            hour=int(data["hour"]),
            shift=data["shift"],
            description=data["description"],
            collects=data["collects"],
        )
        start_schedule(new=new, now=request.now)

    def _debit(self, mandate_id: UUID, day: date) -> NewDebit:
        data = self.cleaned_data
        return NewDebit(
            mandate_id=mandate_id,
            amount_rial=data["amount"],
            due_at=day_start(day, TEHRAN) + timedelta(hours=int(data["hour"])),
            description=data["description"],
            collects=data["collects"],
        )


@dataclass(frozen=True, kw_only=True)
class ScheduleRow:
    """A row of debits as the permission's page shows it."""

    id: UUID
    title: str
    often: str
    amount_rial: int
    state: str
    tone: str
    made: str
    is_active: bool
    is_paused: bool


@business_page(*MANAGERS)
def collect(request: BusinessRequest, mandate_id: UUID) -> HttpResponse:
    """Make a sum due, once or again and again."""
    found = mandate_by_id(mandate_id)
    if found is None:
        raise Http404
    form = CollectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            form.collect(mandate_id, request)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("It will be collected on its day."))
            return redirect("dashboard:mandate", request.business.slug, mandate_id)
    context = {
        "form": form,
        "mandate": found,
        "customer": found.customer.name or words.code(found.mobile),
        "in_force": found.state in MANDATE_IN_FORCE,
    }
    answer = render(request, "dashboard/debits/collect.html", context)
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*MANAGERS)
def schedule_change(request: BusinessRequest, debit_schedule_id: UUID) -> HttpResponse:
    """Pause a row of debits, go on with it or end it."""
    deeds = {"pause": pause_schedule, "resume": resume_schedule, "end": end_schedule}
    found = schedule_by_id(debit_schedule_id)
    deed = deeds.get(request.POST.get("action", ""))
    if found is None or deed is None:
        raise Http404
    try:
        deed(schedule_id=debit_schedule_id, now=request.now)
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Saved."))
    return redirect("dashboard:mandate", request.business.slug, found.mandate_id)


def schedules_of(mandate_id: UUID) -> list[ScheduleRow]:
    """Return the rows of debits under a permission, newest first."""
    rows = schedule_rows(mandate_id=mandate_id).order_by("-created_at", "-id")[:_SHOWN]
    return [_row(row) for row in rows]


def _row(row: Any) -> ScheduleRow:
    state = ScheduleState(row.state)
    return ScheduleRow(
        id=row.id,
        title=row.description,
        often=_often(row),
        amount_rial=row.amount_rial,
        state=str(state.label),
        tone=_TONES.get(state, ""),
        made=_made(row),
        is_active=state is ScheduleState.ACTIVE,
        is_paused=state is ScheduleState.PAUSED,
    )


def _often(row: Any) -> str:
    known = dict(_OFTEN).get(f"{row.every}-{row.step}")
    n = words.number(row.step)
    if row.every == Every.WEEK:
        return str(known or _("every %(n)s weeks") % {"n": n})
    said = str(known or _("every %(n)s months") % {"n": n})
    return _("%(often)s, day %(day)s") % {"often": said, "day": words.number(row.anchor_day)}


def _made(row: Any) -> str:
    if row.times is None:
        return _("%(n)s made") % {"n": words.number(row.made)}
    return _("%(n)s of %(all)s made") % {
        "n": words.number(row.made),
        "all": words.number(row.times),
    }
