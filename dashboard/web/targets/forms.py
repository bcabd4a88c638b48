"""What is asked when a target is set, moved or given up."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.calendar import add_months, jalali, month_start, read_month
from core.money import RIAL_PER_TOMAN
from dashboard.web.forms import Line, Whole
from dashboard.web.targets.told import span_name
from segmentation.enums import Figure, Span
from segmentation.queries.targets.spans import after, begins

_MONTHS_AHEAD: Final = 12
_QUARTERS_AHEAD: Final = 4
_PERCENT: Final = 100
_FACTORS: Final[dict[str, int]] = {
    Figure.NET_SALES: RIAL_PER_TOMAN,
    Figure.CONTENT: _PERCENT,
    Figure.PROMOTERS: _PERCENT,
}
_HELPS: Final = {
    Figure.NET_SALES: gettext_lazy("in toman"),
    Figure.RETURNING: gettext_lazy("number of purchases"),
    Figure.NEW: gettext_lazy("number of people"),
    Figure.CONTENT: gettext_lazy("percent of who answers, like 85"),
    Figure.PROMOTERS: gettext_lazy("percent of who answers, like 85"),
}


def kept_goal(figure: str, typed: int) -> int:
    """Return a typed goal in the unit it is kept in."""
    return typed * _FACTORS.get(figure, 1)


def typed_goal(figure: str, goal: int) -> int:
    """Return a kept goal as it is typed."""
    return goal // _FACTORS.get(figure, 1)


class _Goal(Whole):
    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Group digits while typing."""
        return {**super().widget_attrs(widget), "data-amount": ""}


def _reason(*, required: bool) -> Line:
    return Line(
        label=gettext_lazy("Why") if required else gettext_lazy("Why (optional)"), required=required
    )


class SetForm(forms.Form):
    """A figure, a time that is not over, and a goal."""

    figure = forms.ChoiceField(label=gettext_lazy("Figure"))
    month = forms.ChoiceField(label=gettext_lazy("For when"))
    goal = _Goal(
        label=gettext_lazy("Goal"),
        help_text=gettext_lazy(
            "sales in toman, purchases and customers as a number, shares of answers in percent"
        ),
    )
    reason = _reason(required=False)

    def __init__(self, figures: Sequence[Figure], today: date, **options: Any) -> None:
        super().__init__(**options)
        self.fields["figure"].choices = [(one.value, one.label) for one in figures]  # type: ignore[attr-defined]
        self.fields["month"].choices = _times(today)  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """Return what `set_target` takes."""
        data = self.cleaned_data
        span, _colon, month = data["month"].partition(":")
        return {
            "figure": data["figure"],
            "span": span,
            "starts_on": read_month(month),
            "goal": kept_goal(data["figure"], data["goal"]),
            "reason": data["reason"],
        }


class MoveForm(forms.Form):
    """The goal from now on, and why."""

    goal = _Goal(label=gettext_lazy("New goal"))
    reason = _reason(required=True)

    def __init__(self, figure: str, **options: Any) -> None:
        super().__init__(**options, auto_id="move_%s")
        self.fields["goal"].help_text = _HELPS[Figure(figure)]


class EndForm(forms.Form):
    """Why a target is given up; beside the other form's reason it has an id of its own."""

    reason = _reason(required=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, auto_id="end_%s")


def _times(today: date) -> list[tuple[str, list[tuple[str, str]]]]:
    month, quarter = month_start(today), begins(Span.QUARTER, today)
    months = (add_months(month, ahead) for ahead in range(_MONTHS_AHEAD))
    quarters = (after(Span.QUARTER, quarter, ahead) for ahead in range(_QUARTERS_AHEAD))
    return [
        (_("A month"), _choices(Span.MONTH, months)),
        (_("A quarter"), _choices(Span.QUARTER, quarters)),
    ]


def _choices(span: Span, starts: Iterable[date]) -> list[tuple[str, str]]:
    return [(f"{span.value}:{_code(one)}", span_name(span, one)) for one in starts]


def _code(start: date) -> str:
    at = jalali(start)
    return f"{at.year:04}-{at.month:02}"
