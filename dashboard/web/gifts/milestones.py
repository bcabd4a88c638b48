"""The page of milestones: what is celebrated, who reached it, and the team's wall (C085)."""

from collections.abc import Mapping, Sequence
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

from businesses.queries import role_may
from core.api.paging import page
from core.calendar import MONTH_NAMES, business_day, jalali
from core.errors import Problem
from core.money import RIAL_PER_TOMAN
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Line, Whole, refusal_to_form
from dashboard.web.parts import Kpi
from dashboard.web.people import title_of as name_of
from loyalty.enums.presents import MilestoneKind
from loyalty.operations.milestones import NewMilestone, close_milestone, offer_milestone
from loyalty.queries.milestones import (
    Month,
    Reached,
    milestone_title,
    milestones,
    reached_rows,
    sums_of,
    wall,
)

_MOST: Final = 1_000_000_000
_MONTHS: Final = 6
# A share of fewer is no share (rule R63).
_LEAST: Final = 20


@dataclass(frozen=True, kw_only=True)
class MilestoneRow:
    """A milestone, and what became of it."""

    id: UUID
    title: str
    badge: str
    gift: str
    note: str
    is_open: bool
    since: date
    times: str


@dataclass(frozen=True, kw_only=True)
class ReachedRow:
    """Who reached which one."""

    customer_id: UUID
    customer: str
    title: str
    on: date
    gift: str
    greeted: bool


class MilestoneForm(forms.Form):
    """What is celebrated, and how."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=MilestoneKind.choices)
    number = Whole(
        label=gettext_lazy("How many, or how many toman bought"),
        min_value=1,
        max_value=_MOST * RIAL_PER_TOMAN,
    )
    points = Whole(label=gettext_lazy("Points as a gift"), max_value=_MOST, initial=0)
    greets = forms.BooleanField(
        label=gettext_lazy("Congratulate by SMS who agreed to offers"), required=False, initial=True
    )
    text = Line(
        label=gettext_lazy("Your own text"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Empty: ours. Where {name} stands comes the customer's name."),
    )
    badge = Line(
        label=gettext_lazy("Badge"),
        required=False,
        max_length=30,
        help_text=gettext_lazy(
            "A name whoever reached it bears, on their own page and on yours; also who did before."
        ),
    )
    wait_days = Whole(
        label=gettext_lazy("Days a purchase waits before it counts"),
        max_value=365,
        initial=0,
        help_text=gettext_lazy(
            "As long as goods may come back: a gift once given is not taken back."
        ),
    )


@business_page(*READERS)
def milestone_page(request: BusinessRequest) -> HttpResponse:
    """Show the wall, what is celebrated and who reached it; take a new one."""
    form = MilestoneForm(request.POST or None)
    may = role_may(request.role, MANAGERS)
    if request.method == "POST" and may and form.is_valid():
        try:
            offer_milestone(new=_new(form.cleaned_data), actor=request.user, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved; it counts from today."))
            return redirect("dashboard:milestones", request.business.slug)
    answer = render(request, "dashboard/gifts/milestones.html", _context(request, form, may=may))
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*MANAGERS)
def milestone_close(request: BusinessRequest, milestone_id: UUID) -> HttpResponse:
    """Celebrate one no more."""
    close_milestone(milestone_id=milestone_id, actor=request.user, now=request.now)
    messages.success(request, _("It is celebrated no more; what was given stays."))
    return redirect("dashboard:milestones", request.business.slug)


def _new(typed: Mapping[str, Any]) -> NewMilestone:
    kind, number = MilestoneKind(typed["kind"]), typed["number"]
    if kind == MilestoneKind.SPENT:
        number *= RIAL_PER_TOMAN
    return NewMilestone(**{**typed, "kind": kind, "number": number})


def _context(request: BusinessRequest, form: MilestoneForm, *, may: bool) -> dict[str, Any]:
    found = page(reached_rows(), by="at", cursor=request.GET.get("cursor"))
    months = wall(business_day(request.now, request.business.timezone), _MONTHS)
    sums = sums_of()
    return {
        "form": form if may else None,
        "kpis": _kpis(months[-2:]),
        "picture": _picture(months) if any(one.new or one.kept for one in months) else None,
        "milestones": [_milestone(row, sums.get(row.id)) for row in milestones()],
        "rows": [_reached(row) for row in found.rows],
        "page": found,
    }


def _kpis(months: Sequence[Month]) -> list[Kpi]:
    before, now = months
    return [
        Kpi(
            label=_("New customers this month"),
            value=words.number(now.new),
            note=_("%(n)s the month before") % {"n": words.number(before.new)},
        ),
        Kpi(
            label=_("Came a second time"),
            value=words.number(now.second),
            note=_("%(n)s the month before") % {"n": words.number(before.second)},
        ),
        Kpi(
            label=_("Stayed with us"),
            value=words.number(now.kept),
            note=_("of %(n)s buyers of last month, so far") % {"n": words.number(now.earlier)},
        ),
        Kpi(
            label=_("Stayed the month before"),
            value=_share(before),
            note=_("%(kept)s of %(n)s buyers")
            % {"kept": words.number(before.kept), "n": words.number(before.earlier)},
        ),
    ]


def _share(month: Month) -> str:
    if month.earlier < _LEAST:
        return _("too few to say")
    return words.percent(month.kept / month.earlier, 0)


def _picture(months: Sequence[Month]) -> dict[str, Any]:
    labels = [MONTH_NAMES[jalali(one.first).month - 1] for one in months]
    told = [
        (_("New"), [one.new for one in months]),
        (_("Second time"), [one.second for one in months]),
        (_("Stayed"), [one.kept for one in months]),
    ]
    return {
        "labels": labels,
        "series": [{"name": name, "values": values} for name, values in told],
        "rows": [
            {"label": label, "texts": [words.number(values[place]) for _name, values in told]}
            for place, label in enumerate(labels)
        ],
    }


def _milestone(row: Any, told: Reached | None) -> MilestoneRow:
    greeted = told.greeted if told else 0
    return MilestoneRow(
        id=row.id,
        title=milestone_title(row.kind, row.number),
        badge=row.badge,
        gift=_("%(n)s points") % {"n": words.number(row.points)} if row.points else _("a greeting"),
        note=_("%(n)s by SMS") % {"n": words.number(greeted)} if greeted else "",
        is_open=row.is_open,
        since=row.since,
        times=words.number(told.times if told else 0),
    )


def _reached(row: Any) -> ReachedRow:
    person = row.customer
    gift = _("%(n)s points") % {"n": words.number(row.points)}
    return ReachedRow(
        customer_id=row.customer_id,
        customer=name_of(person.name, person.mobile, person.member_code),
        title=milestone_title(row.kind, row.number),
        on=row.on,
        gift=gift if row.points else row.get_no_gift_display(),
        greeted=row.greeted,
    )
