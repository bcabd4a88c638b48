"""How likely a customer is to stay: the score of last night, its reasons, and what it foresees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from typing import Any, Final

from django.utils.translation import gettext as _

from customers.queries.people import CustomerView
from customers.queries.scoring import Known
from dashboard.web import words
from dashboard.web.parts import Reason, Ring, Tone
from segmentation.enums import Basis
from segmentation.queries import ScoreView, rhythm
from segmentation.queries.prices import in_todays_prices
from segmentation.queries.reasons import reasons_of
from segmentation.queries.retention import Night, OutlookView, night, outlook_of, soon, waits_of
from segmentation.queries.scores import Rhythm

_GOOD: Final = 70
_FAIR: Final = 35
_FAR_DAYS: Final = 365


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing foreseen: what, how much, and how sure."""

    label: str
    value: str
    note: str = ""


def staying(
    person: CustomerView, score: ScoreView | None, today: date, cases: int
) -> dict[str, Any]:
    """Return the ring, what its number means, and what is foreseen.

    Before their first night the ring is a plain reading of their own rhythm, and says so.
    """
    outlook, found = outlook_of(person.id), night()
    if outlook is None or found is None:
        reasons = _reasons(person, score, today, cases)
        return {
            "ring": _by_rhythm(person, today, reasons),
            "ring_meaning": _("From their own rhythm, 0 to 100"),
            "foreseen": [],
        }
    reasons = _reasons(person, score, today, cases, outlook=outlook, found=found)
    return {
        "ring": Ring(
            score=outlook.score,
            tone=_tone(outlook.score, found.mean_score),
            reasons=reasons,
        ),
        "ring_meaning": _meaning(found),
        "foreseen": _foreseen(person, outlook, found, today, score),
    }


def rhythm_of(person: CustomerView, today: date) -> Rhythm | None:
    """Return a customer's own rhythm, or None under three days of purchases."""
    if person.first_on is None or person.last_on is None:
        return None
    return rhythm(person.first_on, person.last_on, person.purchase_days, today)


def _meaning(found: Night) -> str:
    values = {"days": words.number(found.horizon_days)}
    if found.basis == Basis.HEURISTIC:
        return _("A first guess: chance in 100 to buy within %(days)s days") % values
    return _("Chance in 100 to buy within %(days)s days") % values


def _tone(score: int, mean: float) -> Tone:
    """Return the colour beside this business's own average: few shops have many sure ones."""
    return "brand" if score >= mean else "amber" if score >= mean / 2 else "bad"


def _by_rhythm(person: CustomerView, today: date, reasons: Sequence[Reason]) -> Ring | None:
    """Return 100 until the usual gap has passed, then less by the usual gap's own measure."""
    own = rhythm_of(person, today)
    if own is None:
        return None
    value = round(100 * exp(-own.overdue_days / own.usual_gap_days))
    tone: Tone = "brand" if value >= _GOOD else "amber" if value >= _FAIR else "bad"
    return Ring(score=value, tone=tone, reasons=reasons)


def _reasons(
    person: CustomerView, score: ScoreView | None, today: date, cases: int, **night: Any
) -> list[Reason]:
    bought = None
    if person.first_on is not None and person.last_on is not None:
        bought = Known(person.first_on, person.last_on, person.purchase_days)
    found = reasons_of(bought, score, today, open_cases=cases, **night)
    return [Reason(text=one.text, good=one.good) for one in found]


def _foreseen(
    person: CustomerView,
    outlook: OutlookView,
    found: Night,
    today: date,
    score: ScoreView | None,
) -> list[Line]:
    lines = [
        *_soon(person, outlook, found, today),
        Line(
            label=_("A usual day of theirs"),
            value=_("%(amount)s toman") % {"amount": words.toman_about(outlook.day_rial)},
        ),
        Line(
            label=_("In a year, as of today"),
            value=_("%(amount)s toman") % {"amount": words.toman_about(outlook.worth_rial)},
            note=_("at 15 percent a year"),
        ),
        *_real(outlook, score),
    ]
    return lines + _next(person, outlook, found)


def _real(outlook: OutlookView, score: ScoreView | None) -> list[Line]:
    """Return the same in today's prices, where the business keeps an index of prices (N25)."""
    if score is None or score.real_rial is None or score.monetary_rial <= 0:
        return []
    rial = in_todays_prices(outlook.worth_rial, score.monetary_rial, score.real_rial)
    return [
        Line(
            label=_("The same in today's prices"),
            value=_("%(amount)s toman") % {"amount": words.toman_about(rial)},
            note=_("by your index of prices"),
        )
    ]


def _soon(person: CustomerView, outlook: OutlookView, found: Night, today: date) -> list[Line]:
    if person.first_on is None or person.last_on is None:
        return []
    between = soon(found.buying, person.first_on, person.last_on, person.purchase_days, today)
    values = {
        "low": words.number(between.low),
        "high": words.number(between.high),
        "days": words.number(between.days),
    }
    return [
        Line(
            label=_("Purchase days in %(days)s days") % values,
            value=words.number(outlook.purchases_90, 1),
            note=_("8 times of 10 between %(low)s and %(high)s") % values,
        )
    ]


def _next(person: CustomerView, outlook: OutlookView, found: Night) -> list[Line]:
    """Return when they come next and between which days that lies; nothing beyond a year (C070)."""
    if person.first_on is None or person.last_on is None:
        return []
    bought = Known(person.first_on, person.last_on, person.purchase_days)
    waits = waits_of(found.buying, bought, outlook.as_of)
    if waits.half > _FAR_DAYS:
        return []
    low, half, high = (
        words.day(outlook.as_of + timedelta(days=days))
        for days in (waits.low, waits.half, min(waits.high, _FAR_DAYS))
    )
    note = _("8 times of 10 from %(low)s to %(high)s")
    if waits.high > _FAR_DAYS:
        note = _("8 times of 10 from %(low)s to more than a year ahead")
    values = {"low": low, "high": high}
    label = _("If they stay, half like them are back by")
    return [Line(label=label, value=half, note=note % values)]
