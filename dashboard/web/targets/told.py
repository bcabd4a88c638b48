"""How targets and their numbers are said."""

from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.calendar import jalali
from dashboard.web import words
from dashboard.web.parts import Tone
from segmentation.enums import SHARES, BaselineKind, Figure, Span, TargetState
from segmentation.queries.targets.ledger import Aim
from segmentation.queries.targets.pace import WHOLE
from segmentation.queries.targets.reckoning import Baseline, Standing

_QUARTERS: Final = (
    gettext_lazy("Spring %(year)s"),
    gettext_lazy("Summer %(year)s"),
    gettext_lazy("Autumn %(year)s"),
    gettext_lazy("Winter %(year)s"),
)
_QUARTER: Final = 3
TONES: Final[dict[TargetState, Tone]] = {
    TargetState.UPCOMING: "",
    TargetState.TOO_EARLY: "",
    TargetState.ON_TRACK: "good",
    TargetState.BEHIND: "amber",
    TargetState.REACHED: "good",
    TargetState.MISSED: "bad",
    TargetState.UNKNOWN: "",
    TargetState.ENDED: "",
}
_UNITS: Final[dict[str, Promise]] = {
    Figure.NET_SALES: gettext_lazy("toman"),
    Figure.RETURNING: gettext_lazy("purchase"),
    Figure.NEW: gettext_lazy("people"),
}


def span_name(span: str, starts_on: date) -> str:
    """Return «آذر ۱۴۰۵» or «پاییز ۱۴۰۵»."""
    if span == Span.MONTH:
        return words.day(starts_on, "month")
    at = jalali(starts_on)
    return str(_QUARTERS[(at.month - 1) // _QUARTER]) % {"year": words.digits(at.year)}


def name(aim: Aim) -> str:
    """Return a target's name: its figure and its span."""
    return _("%(figure)s, %(span)s") % {
        "figure": Figure(aim.target.figure).label,
        "span": span_name(aim.target.span, aim.target.starts_on),
    }


def value(figure: str, amount: int | None) -> str:
    """Return a value of a figure, without its unit; a share as a percentage."""
    if amount is None:
        return "—"
    if figure == Figure.NET_SALES:
        return words.toman(words.whole_toman(amount))
    if figure in SHARES:
        return words.percent(amount / WHOLE, 1)
    return words.number(amount)


def about(figure: str, amount: int) -> str:
    """Return an estimate of a figure to as many digits as are known, with its unit."""
    if figure == Figure.NET_SALES:
        return _with_unit(figure, words.toman_about(amount))
    return with_unit(figure, amount)


def unit(figure: str) -> str:
    """Return what a figure is counted in; a share in nothing."""
    return str(_UNITS.get(figure, ""))


def with_unit(figure: str, amount: int | None) -> str:
    """Return a value of a figure with its unit."""
    return _with_unit(figure, value(figure, amount))


def difference(figure: str, amount: int | None) -> str:
    """Return how far two values of a figure are apart; of shares in points of a percent."""
    if figure not in SHARES or amount is None:
        return with_unit(figure, amount)
    return _("%(n)s points of a percent") % {"n": words.number(100 * amount / WHOLE, 1)}


def _with_unit(figure: str, shown: str) -> str:
    if figure not in _UNITS or shown == "—":
        return shown
    return f"\u2068{shown}\u2069 {_UNITS[figure]}"


def baseline_note(figure: str, span: str, baseline: Baseline | None) -> str:
    """Say what a baseline is, or that there is none."""
    if baseline is None and figure in SHARES:
        return _("too few answers before to hold it against")
    if baseline is None:
        return _("no whole month before to hold it against")
    if baseline.kind == BaselineKind.YEAR_BEFORE:
        return _("the same time a year before")
    if figure in SHARES:
        text = ngettext(
            "answers of the last whole month",
            "answers of the last %(n)s whole months",
            baseline.months,
        )
    elif span == Span.QUARTER:
        text = ngettext(
            "a quarter like the last whole month",
            "a quarter like the last %(n)s whole months",
            baseline.months,
        )
    else:
        text = ngettext(
            "mean of the last whole month", "mean of the last %(n)s whole months", baseline.months
        )
    return text % {"n": words.number(baseline.months)}


def against_baseline(one: Standing) -> str:
    """Say how much above or below its baseline the goal is."""
    if one.baseline is None or not one.baseline.value:
        return ""
    figure, more = one.aim.target.figure, one.aim.goal - one.baseline.value
    if not more:
        return _("the goal is just as much")
    off = (
        difference(figure, abs(more))
        if figure in SHARES
        else words.percent(abs(more) / one.baseline.value)
    )
    text = _("the goal is %(percent)s more") if more > 0 else _("the goal is %(percent)s less")
    return text % {"percent": off}


def due_note(one: Standing) -> str:
    """Say what should be there by yesterday's end, and how far from it things are."""
    figure = one.aim.target.figure
    if one.state == TargetState.UPCOMING:
        return _("It begins on %(day)s.") % {"day": words.day(one.first)}
    if figure in SHARES:
        return _content_note(one)
    if not one.is_running or one.due is None or one.ahead is None:
        return ""
    said = {
        "due": with_unit(figure, one.due),
        "there": with_unit(figure, one.until_yesterday),
        "off": with_unit(figure, abs(one.ahead)),
    }
    if one.ahead >= 0:
        text = _("By yesterday's end %(due)s should have been there; there were %(there)s.")
    else:
        text = _("By yesterday's end %(due)s should have been there; it is %(off)s less.")
    return text % said


def _content_note(one: Standing) -> str:
    found = one.content
    if found is None:
        return _("Fewer than five have answered of who was asked in this time: no number yet.")
    text = _("%(n)s answers; 95 times of 100 the true share lies between %(low)s and %(high)s.")
    return text % {
        "n": words.number(found.answers),
        "low": words.percent(found.low / WHOLE),
        "high": words.percent(found.high / WHOLE),
    }


def moved_note(aim: Aim) -> str:
    """Say what was aimed at in the beginning, where it was moved since."""
    if len({step.goal for step in aim.steps if step.goal is not None}) == 1:
        return ""
    return _("in the beginning %(goal)s") % {"goal": with_unit(aim.target.figure, aim.first_goal)}


def foreseen_note(one: Standing) -> str:
    """Say what the end will be if it goes on so, or why nobody can tell."""
    figure, end = one.aim.target.figure, one.foreseen
    if figure in SHARES or not one.is_running:
        return ""
    if end is None:
        return _(
            "What it will be at the end is told after a week, once the same reckoning could be"
            " tried on six whole spans before."
        )
    text = _(
        "If it goes on like this, about %(value)s at the end; with the errors the same reckoning"
        " made in %(n)s spans before, between %(low)s and %(high)s."
    )
    return text % {
        "value": about(figure, end.value),
        "low": about(figure, end.low),
        "high": about(figure, end.high),
        "n": words.number(end.tried),
    }


def time_note(one: Standing) -> str:
    """Say how much of the span has passed, and by what that is told."""
    left = (one.last - one.today).days + 1
    text = ngettext("%(n)s day left, today included", "%(n)s days left, today included", left)
    return text % {"n": words.number(left)} if one.is_running else ""
