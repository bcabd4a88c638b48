"""A rule as a sentence of the reader's language."""

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core.calendar import format_jalali
from core.spelling import number, toman
from core.text import persian_digits
from segmentation.queries.own import document
from segmentation.queries.own.names import Names
from segmentation.queries.own.told_sales import coming, listed, which

_WITHIN: Final = {
    "this_month": _("this month"),
    "last_month": _("last month"),
    "this_year": _("this year"),
    "last_year": _("last year"),
}
_MARKS: Final = {
    "r": _("the mark of recency"),
    "f": _("the mark of frequency"),
    "m": _("the mark of money"),
    "staying": _("the staying score"),
}


def told(rule: Any, known: Names) -> str:
    """Return the sentence of a whole rule."""
    return gettext("Customers who %(what)s.") % {"what": told_part(rule, known)}


def told_part(rule: Any, known: Names) -> str:
    """Return what a rule, or a part of one, says of those it is about."""
    if isinstance(rule, document.Not):
        return gettext("do not fit «%(what)s»") % {"what": told_part(rule.of, known)}
    if isinstance(rule, document.All | document.AnyOf):
        parts = [_inside(one, known) for one in rule.of]
        word = gettext(" and ") if isinstance(rule, document.All) else gettext(" or ")
        return word.join(parts)
    # A language may put «when» first, and there may be none.
    return " ".join(_TELLERS[type(rule)](rule, known).split())


def _inside(rule: Any, known: Names) -> str:
    """Return a part of a group; a group in it stands in brackets."""
    text = told_part(rule, known)
    is_group = isinstance(rule, document.All | document.AnyOf) and len(rule.of) > 1
    return f"({text})" if is_group else text


def _range(one: Any, spelled: Callable[[int], str]) -> str:
    """Return a range in words."""
    if one.most is not None and one.most in {one.least, 0}:
        return gettext("exactly %(n)s") % {"n": spelled(one.most)}
    if one.most is None:
        return gettext("at least %(n)s") % {"n": spelled(one.least)}
    if one.least is None:
        return gettext("at most %(n)s") % {"n": spelled(one.most)}
    return gettext("%(least)s to %(most)s") % {
        "least": spelled(one.least),
        "most": spelled(one.most),
    }


def _when(one: document.Dated) -> str:
    """Return when, with a space before it; nothing for ever."""
    if one.days is not None:
        return " " + gettext("in the last %(n)s days") % {"n": number(one.days)}
    if one.months is not None:
        return " " + gettext("in the last %(n)s months, this one too") % {"n": number(one.months)}
    if one.within is not None:
        return f" {_WITHIN[one.within]}"
    return _dates(one)


def _dates(one: document.Dated) -> str:
    if one.since and one.until:
        days = {"since": _day(one.since), "until": _day(one.until)}
        return " " + gettext("from %(since)s to %(until)s") % days
    if one.since:
        return " " + gettext("from %(since)s on") % {"since": _day(one.since)}
    if one.until:
        return " " + gettext("until %(until)s") % {"until": _day(one.until)}
    return ""


def _day(day: Any) -> str:
    return format_jalali(day) if (get_language() or "fa").startswith("fa") else day.isoformat()


def _bought(one: document.Bought, known: Names) -> str:
    facts = {"times": _range(one, number), "when": _when(one), "which": which(one, known)}
    if one.most == 0:
        return gettext("did not buy%(when)s%(which)s") % facts
    return gettext("bought%(when)s %(times)s times%(which)s") % facts


def _spent(one: document.Spent, known: Names) -> str:
    facts = {"amount": _range(one, toman), "when": _when(one), "which": which(one, known)}
    return gettext("bought%(when)s for %(amount)s toman in all%(which)s") % facts


def _gave_back(one: document.GaveBack, _known: Names) -> str:
    facts = {"times": _range(one, number), "when": _when(one)}
    return gettext("returned goods%(when)s %(times)s times") % facts


def _prefers(one: document.Prefers, _known: Names) -> str:
    facts = {"n": number(one.least), "goods": listed(one.goods), "when": _when(one)}
    return gettext("took%(when)s at least %(n)s percent of their pieces from %(goods)s") % facts


def _cases(one: document.HasCases, _known: Names) -> str:
    facts = {
        "times": _range(one, number),
        "when": _when(one),
        "case": gettext(" of «%(case)s»") % {"case": one.case.label} if one.case else "",
    }
    if one.open:
        return gettext("have%(when)s %(times)s open cases%(case)s") % facts
    return gettext("had%(when)s %(times)s cases%(case)s") % facts


def _answered(one: document.Answered, _known: Names) -> str:
    facts = {
        "score": _range(one, number),
        "when": _when(one),
        "survey": one.survey.label if one.survey else gettext("any survey"),
    }
    return gettext("gave %(score)s in their latest answer%(when)s to «%(survey)s»") % facts


def _last(one: document.LastPurchase, known: Names) -> str:
    facts = {"n": _range(one, number), "which": which(one, known)}
    return gettext("bought last%(which)s %(n)s days ago") % facts


def _first(one: document.FirstPurchase, known: Names) -> str:
    facts = {"n": _range(one, number), "which": which(one, known)}
    return gettext("bought first%(which)s %(n)s days ago") % facts


def _segment(one: document.InSegment, _known: Names) -> str:
    return gettext("are in %(segments)s") % {"segments": _labels(one)}


def _named(one: document.InNamed, _known: Names) -> str:
    named = listed([segment.label for segment in one.named])
    return gettext("are in %(segments)s") % {"segments": named}


def _moved(one: document.Moved, _known: Names) -> str:
    facts = {"segments": _labels(one), "when": _when(one), "times": _range(one, number)}
    if (one.least, one.most) == (1, None):
        return gettext("moved%(when)s into %(segments)s") % facts
    return gettext("moved%(when)s into %(segments)s %(times)s times") % facts


def _labels(one: Any) -> str:
    return listed([segment.label for segment in one.segments])


def _mark(one: document.Mark, _known: Names) -> str:
    return gettext("have %(mark)s of %(n)s") % {"mark": _MARKS[one.mark], "n": _range(one, number)}


def _fits(one: document.Fits, _known: Names) -> str:
    facts = {"n": _range(one, number)}
    return gettext("suit us by %(n)s of 10 tenths") % facts


def _worth(one: document.Worth, _known: Names) -> str:
    facts = {"amount": _range(one, toman)}
    return gettext("are expected to bring %(amount)s toman in a year") % facts


def _points(one: document.Points, _known: Names) -> str:
    return gettext("have %(n)s points to spend") % {"n": _range(one, number)}


def _points_ending(one: document.PointsEnding, _known: Names) -> str:
    facts = {"n": _range(one, number), "days": number(one.days)}
    return gettext("have %(n)s points that end within %(days)s days") % facts


def _occasion(one: document.HasOccasion, _known: Names) -> str:
    what = one.occasion.label if one.occasion else gettext("a day of their own")
    return gettext("have %(what)s %(when)s") % {"what": what, "when": coming(one)}


def _tier(one: document.InTier, known: Names) -> str:
    names = [known.tiers.get(tier, "—") for tier in one.tiers]
    return gettext("are in tier %(tiers)s") % {"tiers": listed(names)}


def _attribute(one: document.HasAttribute, known: Names) -> str:
    definition = known.attributes.get(one.key)
    title = definition.title if definition else one.key
    if one.comes:
        return gettext("have «%(name)s» %(when)s") % {"name": title, "when": coming(one)}
    if one.values is None:
        spelled = {"name": title, "n": _range(one, number)}
        return gettext("have «%(name)s» of %(n)s") % spelled
    return gettext("have «%(name)s» as %(values)s") % {
        "name": title,
        "values": listed([_value(definition, value) for value in one.values]),
    }


def _taste(one: document.HasTaste, known: Names) -> str:
    definition = known.attributes.get(one.key)
    return gettext("mostly take %(values)s of «%(name)s»") % {
        "name": definition.title if definition else one.key,
        "values": listed([_value(definition, value) for value in one.values]),
    }


def _value(definition: Any, value: str) -> str:
    persian = (get_language() or "fa").startswith("fa")
    for choice in definition.choices if definition else ():
        if choice["code"] == value:
            return str((not persian and choice.get("en")) or choice["fa"])
    plain = {"yes": gettext("yes"), "no": gettext("no")}.get(value, value)
    return persian_digits(plain) if persian else plain


_TELLERS: Final[dict[type, Callable[[Any, Names], str]]] = {
    document.LastPurchase: _last,
    document.FirstPurchase: _first,
    document.Bought: _bought,
    document.Spent: _spent,
    document.GaveBack: _gave_back,
    document.Prefers: _prefers,
    document.HasCases: _cases,
    document.Answered: _answered,
    document.InSegment: _segment,
    document.InNamed: _named,
    document.Moved: _moved,
    document.Mark: _mark,
    document.Fits: _fits,
    document.Worth: _worth,
    document.Points: _points,
    document.PointsEnding: _points_ending,
    document.InTier: _tier,
    document.HasOccasion: _occasion,
    document.HasAttribute: _attribute,
    document.HasTaste: _taste,
}
