"""A comparison of like people in words: the difference, how sure it is, or that it is unclear."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.queries.matching import ENOUGH_PEOPLE, Matched, Verdict
from dashboard.web import words
from dashboard.web.parts import Interval


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One measure: what may be said, the figures behind it, and its interval where there is one."""

    title: str
    chip: str
    tone: str
    text: str
    note: str
    interval: Interval | None


def told(one: Matched, *, title: str, write: Callable[[float], str]) -> Compared:
    """Return a comparison in words; `write` writes a value of the measure."""
    return Compared(
        title=title,
        chip=_chip(one.verdict),
        tone="" if one.verdict is Verdict.UNCLEAR else "chip-amber",
        text=_text(one, write),
        note=_note(one),
        interval=_interval(one),
    )


def _chip(verdict: Verdict) -> str:
    return {
        Verdict.UNCLEAR: _("unclear"),
        Verdict.LESS: _("less"),
        Verdict.MORE: _("more"),
    }[verdict]


def _text(one: Matched, write: Callable[[float], str]) -> str:
    if one.mean is None or one.like_mean is None:
        return _("Nobody like them was found yet.")
    return _("%(mean)s against %(like)s of those like them") % {
        "mean": write(one.mean),
        "like": write(one.like_mean),
    }


def _note(one: Matched) -> str:
    people = _("%(people)s of them, %(like)s like them") % {
        "people": words.number(one.people),
        "like": words.number(one.like),
    }
    if one.unmatched:
        alone = _("%(n)s with nobody like them left out") % {"n": words.number(one.unmatched)}
        people = f"{people} · {alone}"
    return f"{people} · {_why(one)}"


def _why(one: Matched) -> str:
    if min(one.people, one.like) < ENOUGH_PEOPLE:
        least = words.number(ENOUGH_PEOPLE)
        return _("fewer than %(least)s people say nothing") % {"least": least}
    if one.verdict is Verdict.UNCLEAR:
        return _("the difference may be chance")
    return _("zero lies outside the interval")


def _interval(one: Matched) -> Interval | None:
    if one.low is None or one.high is None or one.difference is None or one.low == one.high:
        return None
    reach = max(abs(one.low), abs(one.high)) * 1.1 or 1.0
    return Interval(
        low=one.low, point=one.difference, high=one.high, axis_low=-reach, axis_high=reach
    )
