"""What decided about a customer, condition by condition, as a reader takes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from dashboard.web import words
from segmentation.queries.own.why import Reason


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """A condition, whether it holds, and what was seen."""

    sentence: str
    holds: bool
    seen: str


def told_reasons(reasons: Sequence[Reason]) -> list[ReasonShown]:
    """Return reasons with their numbers in words."""
    return [
        ReasonShown(
            one.sentence,
            one.holds,
            "" if one.value is None else _SEEN.get(one.kind, words.number)(one.value),
        )
        for one in reasons
    ]


def _times(n: int) -> str:
    return _("%(n)s times") % {"n": words.number(n)}


def _days_ago(n: int) -> str:
    return _("%(n)s days ago") % {"n": words.number(n)}


def _toman(rial: int) -> str:
    return _("%(amount)s toman") % {"amount": words.toman(rial)}


def _percent(n: int) -> str:
    return words.percent(n / 100)


def _points(n: int) -> str:
    return _("%(n)s points") % {"n": words.number(n)}


_SEEN: Final[Mapping[str, Callable[[int], str]]] = {
    "bought": _times,
    "gave_back": _times,
    "cases": _times,
    "moved": _times,
    "spent": _toman,
    "worth": _toman,
    "last_purchase": _days_ago,
    "first_purchase": _days_ago,
    "prefers": _percent,
    "points": _points,
    "points_ending": _points,
}
