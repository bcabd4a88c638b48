"""How many of the points owed will be spent: what history says, what is expected from now on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Line, Whole, refusal_to_form
from dashboard.web.parts import Interval
from loyalty.operations.books import expect_as_before, expect_spent
from loyalty.queries.books import (
    WHOLE,
    Expectation,
    History,
    Lack,
    allowance_now,
    cohorts,
    not_expected,
    spending_history,
    valuations,
)

_HUNDRED: Final = 100
_STEP_DAYS: Final = 30
_SHOWN: Final = 12
_BEFORE, _BY_HAND = "before", "hand"
_STEPS: Final = (
    ("", gettext_lazy("Exact")),
    ("1000", gettext_lazy("Tenths of a percent")),
    ("100", gettext_lazy("Whole percents")),
)


class EstimateForm(forms.Form):
    """How many points will be spent, and why we think so."""

    source = forms.ChoiceField(
        label=gettext_lazy("Points will be spent"), widget=forms.RadioSelect, initial=_BY_HAND
    )
    percent = Whole(
        label=gettext_lazy("Of a hundred points, will be spent"),
        min_value=1,
        max_value=_HUNDRED,
        required=False,
        help_text=gettext_lazy("Of those customers hold now and of those they earn from now on."),
    )
    steps = forms.ChoiceField(
        label=gettext_lazy("Shares of sales are rounded to"),
        choices=_STEPS,
        required=False,
        help_text=gettext_lazy("Exact, unless your accountant asks for another."),
    )
    reason = Line(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: Any, can_repeat: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(_BY_HAND, _("As I say below"))]
        if can_repeat:
            choices.insert(0, (_BEFORE, _("As they were so far, by their age")))
        self.fields["source"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["source"].initial = choices[0][0]

    def clean(self) -> dict[str, Any]:
        """Demand a number from whoever says it by hand."""
        data = super().clean() or self.cleaned_data
        by_hand = data.get("source") == _BY_HAND
        if by_hand and "percent" not in self.errors and not data.get("percent"):
            self.add_error("percent", _("Say how many of a hundred."))
        return data


@dataclass(frozen=True, kw_only=True)
class EstimateRow:
    """An estimate or value that once began to hold."""

    since: datetime
    share: str
    interval: str
    unit: str
    reason: str
    by: str


@business_page(*READERS)
def points_estimate(request: BusinessRequest) -> HttpResponse:
    """Show what history says and what is expected; take a new estimate."""
    told = spending_history(request.now)
    may = role_may(request.role, MANAGERS)
    form = EstimateForm(request.POST or None, can_repeat=told.lack is None)
    if request.method == "POST" and may and form.is_valid():
        try:
            _expect(request, form.cleaned_data)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("The estimate is in the books."))
            return redirect("dashboard:points-owed", request.business.slug)
    context = {
        "form": form if may else None,
        "enough": told.lack is None,
        "lack": _lack(told),
        "share": words.percent(told.curve.rate) if told.curve.spent else "",
        "said": _said(told),
        "interval": _interval(told),
        "effect": _effect(told, request.now),
        "picture": _picture(told),
        "rows": [_row(row) for row in valuations()[:_SHOWN]],
    }
    answer = render(request, "dashboard/points/estimate.html", context)
    return refused(answer) if form.is_bound else answer


def _expect(request: BusinessRequest, data: dict[str, Any]) -> None:
    steps = int(data["steps"]) if data["steps"] else None
    if data["source"] == _BEFORE:
        expect_as_before(
            share_steps=steps, reason=data["reason"], actor=request.user, now=request.now
        )
        return
    expect_spent(
        spent_ppm=data["percent"] * WHOLE // _HUNDRED,
        share_steps=steps,
        reason=data["reason"],
        actor=request.user,
        now=request.now,
    )


def _lack(told: History) -> str:
    if told.lack is Lack.YOUNG:
        return _("No points are thirty days old yet.")
    if told.lack is Lack.UNDECIDED:
        return _(
            "Of the oldest points %(share)s are neither spent nor ended yet: what becomes of them "
            "nobody has seen. Points that never end may always be spent."
        ) % {"share": words.percent(told.curve.undecided)}
    if told.lack is Lack.FEW:
        return _(
            "Only %(lots)s grants to %(people)s customers are old enough; a hundred grants to "
            "thirty customers are needed."
        ) % {"lots": words.number(told.lots), "people": words.number(told.people)}
    return ""


def _said(told: History) -> str:
    return _("between %(low)s and %(high)s, from %(lots)s grants to %(people)s customers") % {
        "low": words.percent(told.low),
        "high": words.percent(told.high),
        "lots": words.number(told.lots),
        "people": words.number(told.people),
    }


def _interval(told: History) -> Interval:
    return Interval(
        low=told.low,
        point=told.curve.rate if told.curve.spent else 0.0,
        high=told.high,
        axis_low=0,
        axis_high=1,
    )


def _effect(told: History, now: datetime) -> str:
    """Return by how much what is owed would change if history were believed, in toman."""
    if told.lack is not None:
        return ""
    expected = Expectation(told.spent_ppm, told.curve.rates())
    return words.toman(allowance_now() - not_expected(cohorts(), expected, now))


def _picture(told: History) -> dict[str, Any] | None:
    curve = told.curve
    if not curve.spent:
        return None
    labels = [
        _("%(n)s days") % {"n": words.number((n + 1) * _STEP_DAYS)} for n in range(len(curve.spent))
    ]
    return {
        "labels": labels,
        "min": 0,
        "series": [
            {"name": _("Spent"), "values": _percents(curve.spent)},
            {"name": _("Ended unspent"), "values": _percents(curve.ended)},
        ],
        "rows": [
            {"label": label, "texts": [words.percent(spent), words.percent(ended)]}
            for label, spent, ended in zip(labels, curve.spent, curve.ended, strict=True)
        ],
    }


def _percents(shares: Sequence[float]) -> list[float]:
    return [round(share * _HUNDRED, 1) for share in shares]


def _row(row: Any) -> EstimateRow:
    low, high = row.low_ppm, row.high_ppm
    return EstimateRow(
        since=row.since,
        share=words.percent(row.spent_ppm / WHOLE),
        interval=""
        if low is None
        else _("%(low)s to %(high)s")
        % {"low": words.percent(low / WHOLE), "high": words.percent(high / WHOLE)},
        unit=words.toman(row.unit_value_rial),
        reason=row.reason,
        by=row.by,
    )
