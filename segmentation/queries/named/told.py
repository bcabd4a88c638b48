"""The rules of ready-made segments in words, and what speaks for one customer's being in."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core.calendar import format_jalali
from core.money import RIAL_PER_TOMAN
from core.spelling import number, toman
from feedback.enums import SurveyKind
from loyalty.enums import SuspicionRule
from segmentation.enums import NamedSegment
from segmentation.queries.named.facts import BACK_DAYS, ENOUGH, LEAST, NEW_DAYS
from segmentation.queries.named.rules import BAD_GRADE, GOOD_GRADE, LEAST_SIGNS

Evidence = Mapping[str, Any]

_RULES: Final[dict[NamedSegment, Promise]] = {
    NamedSegment.HIGH_PROFIT: _(
        "Of those with whom something was earned in a year, the fifth with whom the most was."
    ),
    NamedSegment.VALUE_AT_RISK: _(
        "Bought on more than one day, at least 20 in 100 that they have left, and of a year's"
        " purchases more at risk than with four of five others."
    ),
    NamedSegment.HIGH_RISK: _(
        "Gives back, complains without ground or pays late far more often than is usual here, has"
        " confirmed misuse, or a payment grade of at most %(bad)s."
    ),
    NamedSegment.NEW_TO_BUSINESS: _("First purchase within the last %(new)s days."),
    NamedSegment.NEW_TO_PRODUCT: _(
        "Known for longer than %(back)s days, and bought a kind of goods within them for the first"
        " time in two years."
    ),
    NamedSegment.LEAD: _("Left their number, has not bought yet and has not said no."),
    NamedSegment.WON_BACK: _(
        "Came again within the last %(back)s days after staying away too long."
    ),
    NamedSegment.GOOD_PAYER: _(
        "A payment grade of at least %(good)s, by the published card, from three dues on."
    ),
    NamedSegment.LAPSED: _(
        "Stays away longer than 95 in 100 of their own pauses, or, with fewer than five of them,"
        " of everybody's; or less than 30 in 100 that they are still there."
    ),
    NamedSegment.DISSATISFIED: _(
        "Stays away too long, and was unhappy: a low latest answer, a complaint or low score about"
        " the last month of theirs, or the goods of the last purchase came back."
    ),
    NamedSegment.NEGLECTED: _(
        "Stays away too long without a sign of being unhappy, and since the last purchase we have"
        " not been in touch: no offer arrived, no call was made. Receipts and surveys do not count."
    ),
    NamedSegment.LAPSED_UNKNOWN: _(
        "Stays away too long without a sign of being unhappy, although we were in touch."
    ),
    NamedSegment.HAPPY_STAYING: _(
        "Was content in the latest answer of a year, and keeps their rhythm."
    ),
    NamedSegment.UNHAPPY_STAYING: _(
        "Was not content in the latest answer of a year, and keeps their rhythm all the same."
    ),
    NamedSegment.HAPPY_LEAVING: _(
        "Was content in the latest answer of a year, and stays away too long all the same."
    ),
    NamedSegment.UNHAPPY_LEAVING: _(
        "Was not content in the latest answer of a year, and stays away too long."
    ),
    NamedSegment.SERIAL_RETURNER: _(
        "Of at least %(returns)s purchases in two years more came back than of 95 in 100 others,"
        " and more than comes by chance once in a thousand."
    ),
    NamedSegment.SERIAL_COMPLAINER: _(
        "At least %(complaints)s complaints in two years were decided, under a fifth of them were"
        " right, and more were without ground than comes by chance once in a thousand. Who was"
        " right is never counted."
    ),
    NamedSegment.LATE_PAYER: _(
        "Of at least %(late)s dues in two years 60 in 100 or more were paid after the days of"
        " grace, and more than comes by chance once in a thousand."
    ),
    NamedSegment.DEAL_SEEKER: _(
        "Of at least %(discounts)s purchases in two years 80 in 100 or more were with a discount of"
        " 30 percent or more, and more than comes by chance once in a thousand."
    ),
    NamedSegment.ABUSIVE: _(
        "At least %(signs)s signs of misuse in two years that a person of yours looked after and"
        " did not dismiss."
    ),
}
_NUMBERS: Final = {
    "new": NEW_DAYS,
    "back": BACK_DAYS,
    "good": GOOD_GRADE,
    "bad": BAD_GRADE,
    "signs": LEAST_SIGNS,
    **LEAST,
}
_BASES: Final = {
    NamedSegment.SERIAL_RETURNER: "returns",
    NamedSegment.SERIAL_COMPLAINER: "complaints",
    NamedSegment.LATE_PAYER: "late",
    NamedSegment.DEAL_SEEKER: "discounts",
}


def rule_told(segment: str) -> str:
    """Return a segment's rule in words."""
    spelled = {name: number(value) for name, value in _NUMBERS.items()}
    return str(_RULES[NamedSegment(segment)]) % spelled


def usual_told(segment: str, usual: Mapping[str, Any]) -> str:
    """Return what a night compared with for this segment; nothing where with nothing."""
    one = NamedSegment(segment)
    if one in _BASES:
        return _base_told(usual["bases"][_BASES[one]])
    cut = {
        NamedSegment.HIGH_PROFIT: usual["profit_cut"],
        NamedSegment.VALUE_AT_RISK: usual["risk_cut"],
    }
    if one not in cut:
        return ""
    if cut[one] is None:
        return _silent()
    return gettext("Last night that was from %(amount)s toman on.") % {"amount": _whole(cut[one])}


def evidence_told(segment: str, evidence: Evidence) -> str:
    """Return what speaks for somebody's being in a segment."""
    return _TELLERS[NamedSegment(segment)](evidence)


def _whole(rial: int) -> str:
    """Return what was reckoned as whole toman: a tenth of one would say more than is known."""
    return toman(rial - rial % RIAL_PER_TOMAN)


def _base_told(base: Mapping[str, int]) -> str:
    if base["people"] < ENOUGH or not base["things"]:
        return _silent()
    percent = round(100 * base["signs"] / base["things"])
    facts = {
        # What is seldom is not never.
        "percent": number(percent)
        if percent or not base["signs"]
        else gettext("less than %(n)s") % {"n": number(1)},
        "people": number(base["people"]),
    }
    return gettext("Usual here are %(percent)s in 100, of %(people)s customers.") % facts


def _silent() -> str:
    facts = {"n": number(ENOUGH)}
    return gettext("There is not enough to compare with yet: %(n)s customers are needed.") % facts


def _day(value: str) -> str:
    day = date.fromisoformat(value)
    return format_jalali(day) if (get_language() or "fa").startswith("fa") else value


def _profit(one: Evidence) -> str:
    facts = {"rial": toman(one["year_rial"]), "profit": _whole(one["profit_rial"])}
    if one["year_rial"] == one["profit_rial"]:
        return gettext("%(rial)s toman bought in a year") % facts
    return gettext("%(profit)s toman earned in a year, of %(rial)s bought") % facts


def _at_risk(one: Evidence) -> str:
    facts = {"risk": _whole(one["risk_rial"]), "n": number(100 - one["staying"])}
    return gettext("%(n)s in 100 that they have left; %(risk)s toman a year at risk") % facts


def _risks(one: Evidence) -> str:
    found = [
        str(NamedSegment(name).label) for name, held in one.items() if name != "grade" and held
    ]
    if one["grade"] is not None:
        found.append(gettext("payment grade %(n)s") % {"n": number(one["grade"])})
    return gettext(" · ").join(found)


def _new(one: Evidence) -> str:
    return gettext("first purchase on %(day)s") % {"day": _day(one["first_on"])}


def _new_goods(one: Evidence) -> str:
    facts = {"goods": gettext(" and ").join(f"«{name}»" for name in one["goods"])}
    return gettext("for the first time: %(goods)s") % facts


def _lead(one: Evidence) -> str:
    return gettext("known since %(day)s") % {"day": _day(one["known_on"])}


def _won(one: Evidence) -> str:
    facts = {"pause": number(one["pause"]), "line": number(one["line"])}
    return gettext("came after %(pause)s days; too long is over %(line)s") % facts


def _payer(one: Evidence) -> str:
    facts = {name: number(one[name]) for name in ("grade", "n", "on_time")}
    return gettext("grade %(grade)s; %(on_time)s of %(n)s dues in time") % facts


def _away(one: Evidence) -> str:
    facts = {"day": _day(one["last_on"]), "line": number(one["line"])}
    text = (
        gettext("last here on %(day)s; too long is over %(line)s days by their own rhythm")
        if one["own_line"]
        else gettext("last here on %(day)s; too long is over %(line)s days by everybody's rhythm")
    )
    if one.get("quiet"):
        text += gettext(", without the %(quiet)s days that the season was quiet")
    return text % (facts | {"quiet": number(one.get("quiet") or 0)})


def _upset(one: Evidence) -> str:
    signs = []
    if one["said"] is not None:
        signs.append(_answer(one))
    if one["upset_on"] is not None:
        signs.append(
            gettext("a complaint or low score on %(day)s") % {"day": _day(one["upset_on"])}
        )
    if one["gave_back"]:
        signs.append(gettext("the last purchase came back"))
    return gettext(" · ").join([*signs, _away(one)])


def _neglected(one: Evidence) -> str:
    return gettext(" · ").join([gettext("nobody was in touch since"), _away(one)])


def _unknown(one: Evidence) -> str:
    touch = gettext("in touch on %(day)s") % {"day": _day(one["reached_on"])}
    return gettext(" · ").join([touch, _away(one)])


def _answer(one: Evidence) -> str:
    facts = {"score": number(one["said"]), "survey": str(SurveyKind(one["kind"]).label)}
    return gettext("answered %(score)s to «%(survey)s»") % facts


def _said(one: Evidence) -> str:
    return gettext(" · ").join([_answer(one), _away(one)])


def _counted(text: Promise) -> Callable[[Evidence], str]:
    def tell(one: Evidence) -> str:
        facts = {name: number(one[name]) for name in ("k", "n", "needed")}
        return str(text) % facts

    return tell


def _misuse(one: Evidence) -> str:
    facts = {
        "k": number(one["k"]),
        "rules": gettext(" and ").join(f"«{SuspicionRule(name).label}»" for name in one["rules"]),
    }
    return gettext("%(k)s signs looked after: %(rules)s") % facts


_TELLERS: Final[dict[NamedSegment, Callable[[Evidence], str]]] = {
    NamedSegment.HIGH_PROFIT: _profit,
    NamedSegment.VALUE_AT_RISK: _at_risk,
    NamedSegment.HIGH_RISK: _risks,
    NamedSegment.NEW_TO_BUSINESS: _new,
    NamedSegment.NEW_TO_PRODUCT: _new_goods,
    NamedSegment.LEAD: _lead,
    NamedSegment.WON_BACK: _won,
    NamedSegment.GOOD_PAYER: _payer,
    NamedSegment.LAPSED: _away,
    NamedSegment.DISSATISFIED: _upset,
    NamedSegment.NEGLECTED: _neglected,
    NamedSegment.LAPSED_UNKNOWN: _unknown,
    NamedSegment.HAPPY_STAYING: _said,
    NamedSegment.UNHAPPY_STAYING: _said,
    NamedSegment.HAPPY_LEAVING: _said,
    NamedSegment.UNHAPPY_LEAVING: _said,
    NamedSegment.SERIAL_RETURNER: _counted(
        _("%(k)s of %(n)s purchases came back; from %(needed)s on it is no chance")
    ),
    NamedSegment.SERIAL_COMPLAINER: _counted(
        _("%(k)s complaints without ground at %(n)s purchases; from %(needed)s on it is no chance")
    ),
    NamedSegment.LATE_PAYER: _counted(
        _("%(k)s of %(n)s dues late; from %(needed)s on it is no chance")
    ),
    NamedSegment.DEAL_SEEKER: _counted(
        _("%(k)s of %(n)s purchases at a discount; from %(needed)s on it is no chance")
    ),
    NamedSegment.ABUSIVE: _misuse,
}
