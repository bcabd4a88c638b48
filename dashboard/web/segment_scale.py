"""How marks are given: the cut points in words, what counts, and the index of prices."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.calendar import jalali, read_month
from core.errors import Problem
from core.text import latin_digits
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Whole, refusal_to_form
from segmentation.enums import Money, Scale
from segmentation.operations import change_scoring
from segmentation.queries import latest_run
from segmentation.queries.source import Level, Terms, price_levels, terms

_THOUSAND: Final = 1_000
_MARKS: Final = range(1, 6)


class IndexField(forms.CharField):
    """An index of prices: a Jalali month and a level in each line; the cleaned value are levels."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[Level]:
        """Return the levels, in thousandths."""
        lines = (super().clean(value) or "").splitlines()
        return [self._level(n, line) for n, line in enumerate(lines, 1) if line.strip()]

    def _level(self, place: int, line: str) -> Level:
        month, _space, level = latin_digits(line).replace("٫", ".").strip().partition(" ")
        month_on, number = _month_of(month), _decimal(level)
        if month_on is None or number is None:
            raise ValidationError(
                _("Line %(n)s: write a month and a level, like 1405/01 123.4."),
                params={"n": words.number(place)},
            )
        return Level(month_on, number)


class ScaleForm(forms.Form):
    """What counts when scoring."""

    window_months = Whole(
        label=gettext_lazy("Months counted"),
        required=False,
        min_value=1,
        max_value=120,
        help_text=gettext_lazy("Empty: everything they ever bought counts."),
    )
    money = forms.ChoiceField(label=gettext_lazy("The mark of money is of"), choices=Money.choices)
    levels = IndexField(
        label=gettext_lazy("Index of prices"),
        required=False,
        max_length=8_000,
        help_text=gettext_lazy(
            "A Jalali month and a level in each line, like 1405/01 123.4. Any index will do: only"
            " its rises count. Empty: none."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "ltr"}),
    )

    def terms(self) -> Terms:
        """Return the cleaned terms."""
        data = self.cleaned_data
        return Terms(window_months=data["window_months"], money=Money(data["money"]))


@business_page(*READERS)
def scale(request: BusinessRequest) -> HttpResponse:
    """Explain the marks; let managers change what counts."""
    may_change = role_may(request.role, MANAGERS)
    form = ScaleForm(request.POST or None, initial=_initial())
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        if form.is_valid() and _changed(form, request):
            return redirect("dashboard:segment-scale", request.business.slug)
    run = latest_run()
    context = {
        "form": form if may_change else None,
        "run": run,
        "scale": Scale(run.scale).label if run else "",
        "is_fixed": run is not None and run.scale != Scale.QUANTILE,
        "rows": _rows(run) if run else [],
        "money": Money(run.money).label if run else "",
        "since": words.day(run.since_on) if run and run.since_on else "",
        "index": [(words.day(one.month_on, "month"), _shown(one)) for one in price_levels()],
    }
    answer = render(request, "dashboard/segment_scale.html", context)
    return refused(answer) if form.errors else answer


def _changed(form: ScaleForm, request: BusinessRequest) -> bool:
    levels = form.cleaned_data["levels"]
    try:
        change_scoring(terms=form.terms(), levels=levels, actor=request.user, now=request.now)
    except Problem as problem:
        refusal_to_form(form, problem)
        return False
    messages.success(request, _("Saved; everybody was scored anew."))
    return True


def _initial() -> dict[str, Any]:
    agreed = terms()
    lines = [
        f"{j.year:04}/{j.month:02} {one.level / _THOUSAND:g}"
        for one in price_levels()
        for j in [jalali(one.month_on)]
    ]
    return {
        "window_months": agreed.window_months,
        "money": agreed.money.value,
        "levels": "\n".join(lines),
    }


def _rows(run: Any) -> list[dict[str, str]]:
    return [
        {
            "mark": words.number(mark),
            "r": _recency(run.r_cuts, mark, run.as_of),
            "f": _reach(run.f_cuts, mark, words.number),
            "m": _reach(run.m_cuts, mark, words.toman_short),
        }
        for mark in reversed(_MARKS)
    ]


def _recency(cuts: list[date], mark: int, as_of: date) -> str:
    """Return between how many and how many days ago the last purchase was."""
    ago = [max((as_of - cut).days, 0) for cut in cuts]
    if not ago:
        return _("everybody alike")
    if mark == 1:
        return _("more than %(n)s days ago") % {"n": words.number(ago[0])}
    low = 0 if mark == _MARKS[-1] else ago[mark - 1] + 1
    high = ago[mark - 2]
    return _span(low, high, _("%(low)s to %(high)s days ago"), _("%(n)s days ago"), words.number)


def _reach(cuts: list[int], mark: int, told: Any) -> str:
    """Return between which numbers this mark lies."""
    if not cuts:
        return _("everybody alike")
    if mark == 1:
        return _("less than %(n)s") % {"n": told(cuts[0])}
    if mark == _MARKS[-1]:
        return _("%(n)s and more") % {"n": told(cuts[-1])}
    low, high = cuts[mark - 2], cuts[mark - 1] - 1
    return _span(low, high, _("%(low)s to %(high)s"), "%(n)s", told)


def _span(low: int, high: int, many: str, one: str, told: Any) -> str:
    if low > high:
        return _("nobody")
    if told(low) == told(high):
        return one % {"n": told(low)}
    return many % {"low": told(low), "high": told(high)}


def _shown(level: Level) -> str:
    return words.number(Decimal(level.level) / _THOUSAND, 3)


def _month_of(text: str) -> date | None:
    year, _slash, month = text.replace("-", "/").partition("/")
    return read_month(f"{year}-{month.zfill(2)}") if month.isdecimal() else None


def _decimal(text: str) -> int | None:
    """Return a level in thousandths, or None when it is no number of three decimals."""
    try:
        found = Decimal(text.strip().replace(",", "").replace("٬", "")) * _THOUSAND
    except InvalidOperation:
        return None
    return int(found) if found.is_finite() and found == found.to_integral_value() else None
