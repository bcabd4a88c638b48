"""The business days a page of points is asked for: a choice of four, or two days."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.calendar import business_day, jalali, month_start
from dashboard.web import words
from dashboard.web.access import BusinessRequest
from dashboard.web.forms import JalaliDay
from dashboard.web.parts import Choice

_ONE: Final = timedelta(days=1)


class DaysForm(forms.Form):
    """From one day to another, both counted."""

    since = JalaliDay(label=gettext_lazy("From day"))
    until = JalaliDay(label=gettext_lazy("To day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


@dataclass(frozen=True, kw_only=True)
class Days:
    """The span a page shows, and how it is asked for again."""

    since: date
    last: date
    form: DaysForm
    choices: list[Choice]

    @property
    def title(self) -> str:
        """Return the span in words."""
        if self.since == self.last:
            return words.day(self.since, "week")
        return _("%(since)s to %(until)s") % {
            "since": words.day(self.since),
            "until": words.day(self.last),
        }

    @property
    def query(self) -> str:
        """Return the span as the query of an address."""
        return query_of(self.since, self.last)


def query_of(since: date, last: date) -> str:
    """Return a span as `since` and `until` in the Jalali calendar."""
    return urlencode({"since": jalali_text(since), "until": jalali_text(last)})


def asked_days(request: BusinessRequest) -> Days:
    """Return the span of a request: today unless told; the later day never before the earlier."""
    today = business_day(request.now, request.business.timezone)
    form = DaysForm(request.GET if request.GET.keys() & {"since", "until"} else None)
    told = form.cleaned_data if form.is_valid() else {}
    last = told.get("until") or told.get("since") or today
    since = min(told.get("since") or last, last)
    if not form.is_bound:
        form = DaysForm(initial={"since": jalali_text(since), "until": jalali_text(last)})
    return Days(since=since, last=last, form=form, choices=_choices(today, since, last))


def _choices(today: date, since: date, last: date) -> list[Choice]:
    first = month_start(today)
    spans = (
        (_("Today"), today, today),
        (_("Yesterday"), today - _ONE, today - _ONE),
        (_("This month"), first, today),
        (_("Last month"), month_start(first - _ONE), first - _ONE),
    )
    return [
        Choice(
            value=label,
            label=label,
            chosen=(since, last) == (start, end),
            href=f"?{query_of(start, end)}",
        )
        for label, start, end in spans
    ]


def jalali_text(day: date) -> str:
    """Return a day as people type it, in Latin digits: 1405/09/02."""
    j = jalali(day)
    return f"{j.year}/{j.month:02}/{j.day:02}"
