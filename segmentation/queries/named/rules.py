"""The rules of ready-made segments: who is in, and which numbers speak for it.

A rule is true of a row `f` of the facts; its evidence is what it decided by. Parameters beside
those of the facts: cuts and, for what may be held against somebody, how many signs are more than
chance at each count (`chance.py`). Where there is too little to compare with these are NULL, and
the rule holds for nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from segmentation.enums import NamedSegment
from segmentation.queries.named.facts import LEAST, NEW_DAYS

GOOD_GRADE: Final = 80
BAD_GRADE: Final = 40
MOST_RIGHT: Final = 5
LEAST_SIGNS: Final = 2


@dataclass(frozen=True, slots=True)
class NamedRule:
    """Who is in (`where`), and what speaks for it: names of JSON and their columns."""

    where: str
    evidence: Mapping[str, str]

    @property
    def json(self) -> str:
        """Return the evidence as an expression."""
        parts = ", ".join(f"'{name}', {column}" for name, column in self.evidence.items())
        return f"jsonb_build_object({parts})"


_AWAY: Final = {
    "last_on": "f.last_on",
    "line": "f.line",
    "own_line": "f.own_line",
    "quiet": "f.quiet",
    "staying": "round(100 * f.staying)",
    "worth_rial": "f.worth_rial",
}
_UPSET: Final = {
    "said": "CASE WHEN f.unhappy THEN f.mood_score END",
    "kind": "CASE WHEN f.unhappy THEN f.mood_kind END",
    "upset_on": "CASE WHEN f.upset_on >= f.last_on - 30 THEN f.upset_on END",
    "gave_back": "f.gave_back_last",
}
# A sign of being upset: a low answer, a complaint or low score about the last month of theirs that
# was not found to be without ground, goods of the last purchase that came back.
_IS_UPSET: Final = (
    "(coalesce(f.unhappy, false) OR coalesce(f.upset_on >= f.last_on - 30, false)"
    " OR f.gave_back_last)"
)
_REACHED: Final = "coalesce(f.reached_on > f.last_on, false)"
_SAID: Final = {"said": "f.mood_score", "kind": "f.mood_kind", "said_on": "f.said_on", **_AWAY}


def _signs(name: str, signs: str, things: str) -> tuple[str, dict[str, str]]:
    """Return the part that holds for more signs than chance, and its evidence."""
    line = f"(%({name})s::int[])[{things} + 1]"
    where = f"{things} >= {LEAST[name]} AND {signs} >= {line}"
    return where, {"n": things, "k": signs, "needed": line}


_RETURNS, _RETURNS_SAID = _signs("returns", "f.returned", "f.bought")
_DEALS, _DEALS_SAID = _signs("discounts", "f.discounted", "f.bought")
_LATE, _LATE_SAID = _signs("late", "f.late_lately", "f.lately")
_MOANS, _MOANS_SAID = _signs("complaints", "f.unfounded", "f.bought")

RULES: Final[dict[NamedSegment, NamedRule]] = {
    NamedSegment.HIGH_PROFIT: NamedRule(
        "f.year_profit >= %(profit_cut)s",
        {"year_rial": "f.year_rial", "profit_rial": "f.year_profit", "cut_rial": "%(profit_cut)s"},
    ),
    NamedSegment.VALUE_AT_RISK: NamedRule(
        "f.days > 1 AND f.staying < 0.8 AND f.risk_rial >= %(risk_cut)s",
        {"risk_rial": "f.risk_rial", "cut_rial": "%(risk_cut)s", "worth_rial": "f.worth_rial",
         "staying": "round(100 * f.staying)"},
    ),
    NamedSegment.NEW_TO_BUSINESS: NamedRule(
        f"f.first_on > %(today)s::date - {NEW_DAYS}",
        {"first_on": "f.first_on", "days": "f.days"},
    ),
    NamedSegment.NEW_TO_PRODUCT: NamedRule(
        "f.new_goods IS NOT NULL AND f.first_on < %(fresh)s::date",
        {"goods": "to_jsonb(f.new_goods)", "first_on": "f.first_on"},
    ),
    NamedSegment.LEAD: NamedRule(
        "f.days = 0 AND f.known_on IS NOT NULL", {"known_on": "f.known_on"}
    ),
    NamedSegment.WON_BACK: NamedRule(
        "f.came_after > f.line AND NOT f.lapsed",
        {"pause": "f.came_after", "line": "f.line", "own_line": "f.own_line",
         "last_on": "f.last_on"},
    ),
    NamedSegment.GOOD_PAYER: NamedRule(
        f"f.grade >= {GOOD_GRADE}",
        {"grade": "f.grade", "n": "f.dues", "on_time": "f.on_time"},
    ),
    NamedSegment.LAPSED: NamedRule("f.lapsed", _AWAY),
    NamedSegment.DISSATISFIED: NamedRule(f"f.lapsed AND {_IS_UPSET}", {**_AWAY, **_UPSET}),
    NamedSegment.NEGLECTED: NamedRule(
        f"f.lapsed AND NOT {_IS_UPSET} AND NOT {_REACHED}",
        {**_AWAY, "reached_on": "f.reached_on"},
    ),
    NamedSegment.LAPSED_UNKNOWN: NamedRule(
        f"f.lapsed AND NOT {_IS_UPSET} AND {_REACHED}", {**_AWAY, "reached_on": "f.reached_on"}
    ),
    NamedSegment.HAPPY_STAYING: NamedRule("f.days > 0 AND f.content AND NOT f.lapsed", _SAID),
    NamedSegment.UNHAPPY_STAYING: NamedRule("f.days > 0 AND NOT f.content AND NOT f.lapsed", _SAID),
    NamedSegment.HAPPY_LEAVING: NamedRule("f.days > 0 AND f.content AND f.lapsed", _SAID),
    NamedSegment.UNHAPPY_LEAVING: NamedRule("f.days > 0 AND NOT f.content AND f.lapsed", _SAID),
    NamedSegment.SERIAL_RETURNER: NamedRule(
        f"{_RETURNS} AND f.returned > %(returns_p95)s * f.bought",
        {**_RETURNS_SAID, "p95": "%(returns_p95)s"},
    ),
    NamedSegment.SERIAL_COMPLAINER: NamedRule(
        f"f.decided >= {LEAST['complaints']}"
        f" AND {MOST_RIGHT} * (f.decided - f.unfounded) < f.decided AND {_MOANS}",
        {**_MOANS_SAID, "decided": "f.decided"},
    ),
    NamedSegment.LATE_PAYER: NamedRule(
        f"{_LATE} AND 10 * f.late_lately >= 6 * f.lately", _LATE_SAID
    ),
    NamedSegment.DEAL_SEEKER: NamedRule(
        f"{_DEALS} AND 10 * f.discounted >= 8 * f.bought", _DEALS_SAID
    ),
    NamedSegment.ABUSIVE: NamedRule(
        f"f.signs >= {LEAST_SIGNS}",
        {"k": "f.signs", "rules": "to_jsonb(f.sign_rules)", "newest_on": "f.sign_on"},
    ),
}  # fmt: skip
_RISKS: Final = (
    NamedSegment.SERIAL_RETURNER,
    NamedSegment.SERIAL_COMPLAINER,
    NamedSegment.LATE_PAYER,
    NamedSegment.ABUSIVE,
)
# Who stands for more than one risk, or pays so badly that the grade says it.
RULES[NamedSegment.HIGH_RISK] = NamedRule(
    " OR ".join(f"({RULES[one].where})" for one in _RISKS) + f" OR f.grade <= {BAD_GRADE}",
    {
        **{one.value: f"({RULES[one].where})" for one in _RISKS},
        "grade": f"CASE WHEN f.grade <= {BAD_GRADE} THEN f.grade END",
    },
)
