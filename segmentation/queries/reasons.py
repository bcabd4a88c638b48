"""Why a retention score is what it is, in words: the same on the page and over the API."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from core.spelling import number
from customers.queries.scoring import Known
from segmentation.queries.retention import Night, OutlookView
from segmentation.queries.scores import ScoreView, rhythm

_HIGH: Final = 4
_LOW: Final = 2


@dataclass(frozen=True, slots=True)
class ScoreReason:
    """One thing that speaks for staying (`good`) or against it, by a name that never changes."""

    code: str
    text: str
    good: bool


def reasons_of(
    bought: Known | None,
    score: ScoreView | None,
    today: date,
    *,
    open_cases: int,
    outlook: OutlookView | None = None,
    found: Night | None = None,
) -> list[ScoreReason]:
    """Return the reasons, what weighs most first."""
    reasons = _once(bought, outlook, found)
    own = bought and rhythm(bought.first_on, bought.last_on, bought.days, today)
    if bought is not None and own:
        late = own.overdue_days > 0
        reasons.append(_pace((today - bought.last_on).days, own.usual_gap_days, late=late))
    if open_cases:
        reasons.append(ScoreReason("open_case", _("A case is still open"), good=False))
    return reasons + (_marks(score) if score is not None else [])


def _once(
    bought: Known | None, outlook: OutlookView | None, found: Night | None
) -> list[ScoreReason]:
    if bought is None or bought.days != 1 or outlook is None or found is None:
        return []
    text = _("Bought on one day only; of 100 such, %(score)s come within %(days)s days")
    values = {"score": number(outlook.score), "days": number(found.horizon_days)}
    return [ScoreReason("once", text % values, good=outlook.score >= found.mean_score)]


def _pace(since: int, gap: int, *, late: bool) -> ScoreReason:
    values = {"since": number(since), "gap": number(gap)}
    if late:
        text = _("%(since)s days without a purchase; usually %(gap)s") % values
    else:
        text = _("On their usual pace: every %(gap)s days") % values
    return ScoreReason("late" if late else "on_pace", text, good=not late)


def _marks(score: ScoreView) -> list[ScoreReason]:
    said = {
        "often": (score.f, _("Comes more often than most"), _("Comes more rarely than most")),
        "much": (score.m, _("Buys more than most"), _("Buys less than most")),
    }
    high = [
        ScoreReason(f"{name}_high", text, good=True)
        for name, (mark, text, _less) in said.items()
        if mark >= _HIGH
    ]
    low = [
        ScoreReason(f"{name}_low", text, good=False)
        for name, (mark, _more, text) in said.items()
        if mark <= _LOW
    ]
    return high + low
