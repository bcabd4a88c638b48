"""The public rules in plain sentences; every number in them is the engine's own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Sentence
from core.spelling import number, times, toman
from loyalty.enums import CapSpan, ClawBack, ExpiryEnds, TierFall, TierWindow
from loyalty.enums.engagement import EngagementKind

Facts = Mapping[str, Any]
_WINDOWS: Final[Mapping[TierWindow, Callable[[], str]]] = {
    TierWindow.DAYS: lambda: _(
        "Purchases of %(days)s days count. Who reaches a level has it at once, and keeps it at "
        "least until these days are over."
    ),
    TierWindow.YEAR: lambda: _(
        "Purchases of the Jalali year count. Who reaches a level has it at once, and keeps it at "
        "least until the year is over."
    ),
    TierWindow.ANNIVERSARY: lambda: _(
        "Purchases of a year count, from the day of the first purchase to the same day of the next "
        "year. Who reaches a level has it at once, and keeps it at least until that year is over."
    ),
    TierWindow.ROLLING: lambda: _(
        "Purchases of the last %(days)s days count. Who reaches a level has it at once, and keeps "
        "it as long as these are enough for it."
    ),
}
_CLAWBACK: Final[Mapping[str, Sentence]] = {
    ClawBack.WITHIN_BALANCE: gettext_lazy("It never takes more points than are there."),
    ClawBack.ONLY_PENDING: gettext_lazy("Of these it takes only points that cannot be spent yet."),
}
_WITHIN: Final[Mapping[str, Sentence]] = {
    CapSpan.DAY: gettext_lazy("in a day"),
    CapSpan.WEEK: gettext_lazy("in a week"),
    CapSpan.MONTH: gettext_lazy("in a month"),
    CapSpan.YEAR: gettext_lazy("in a year"),
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """One subject of the rules, in sentences; `key` names it for programs."""

    key: str
    title: str
    sentences: Sequence[str]


def chapters_of(document: Facts) -> list[Chapter]:
    """Return the rules in the active language."""
    points, returns = document["points"], document["returns"]
    found = []
    if points is not None:
        found = [
            Chapter("earning", _("How points are earned"), list(_earning(points))),
            Chapter("spending", _("What points are worth"), list(_spending(points))),
            Chapter("expiry", _("When points end"), list(_expiry(points))),
            Chapter("tiers", _("Levels"), list(_tiers(points))),
        ]
    found.append(Chapter("returns", _("Returns"), list(_returns(returns, points))))
    if points is not None:
        found.append(Chapter("leaving", _("Leaving the club"), list(_leaving(points))))
    return [one for one in found if one.sentences]


def _earning(points: Facts) -> Iterator[str]:
    yield from _rate(points)
    yield _("What is paid with points earns no points, and neither does a gift of the shop.")
    if not points["gift_cards_earn"]:
        yield _("What is paid with a gift card earns no points.")
    for one in points.get("engagements", ()):
        yield _engagement(one)


def _rate(points: Facts) -> Iterator[str]:
    yield _("Every %(per)s toman of a purchase earns %(n)s points.") % {
        "per": toman(points["den"]),
        "n": number(points["num"]),
    }
    if points["minimum_rial"]:
        least = {"least": toman(points["minimum_rial"])}
        yield _("Purchases of less than %(least)s toman earn none.") % least
    if points["cap_points"] is not None:
        most = {"most": number(points["cap_points"])}
        yield _("One purchase earns at most %(most)s points by this rate.") % most
    if points.get("by_line"):
        yield _("Points are rounded down for each item of a purchase by itself.")
    if points.get("best_for"):
        yield _("Of offers that exclude each other the one that costs the shop less counts.")


def _engagement(one: Facts) -> str:
    facts = {
        "what": EngagementKind(one["kind"]).label,
        "points": number(one["points"]),
        "times": number(one["most_times"]),
    }
    if one["span"] == CapSpan.EVER:
        text = _("«%(what)s»: %(points)s points, at most %(times)s times.")
    else:
        text = _("«%(what)s»: %(points)s points, at most %(times)s times %(span)s.")
        facts["span"] = str(_WITHIN[CapSpan(one["span"])])
    return text % facts


def _spending(points: Facts) -> Iterator[str]:
    yield _("A point is worth %(toman)s toman at the till.") % {
        "toman": toman(points["unit_value_rial"])
    }
    if points["pending_days"]:
        days = {"days": number(points["pending_days"])}
        yield _("Points can be spent %(days)s days after the purchase.") % days
    else:
        yield _("Points can be spent right after the purchase.")
    if points.get("waits_for_returns"):
        yield _("Points of goods that can be returned wait until the days to return them are over.")
    yield _("The points that end first are spent first.")


def _expiry(points: Facts) -> Iterator[str]:
    months = points["expiry_months"]
    if months is None:
        yield _("Points never end.")
        return
    yield _ending(points["expiry_ends"]) % {"months": number(months)}
    if ExpiryEnds(points["expiry_ends"]).by_activity:
        if points["spending_counts"]:
            yield _("A purchase is an activity, and so is spending points; a return is none.")
        else:
            yield _("A purchase is an activity; spending points and returns are none.")
        if kinds := points.get("activities"):
            what = [f"«{EngagementKind(kind).label}»" for kind in kinds]
            yield _("These are activities too: %(what)s.") % {"what": "، ".join(what)}
    yield _("Points that come back after their date are good for %(days)s more days.") % {
        "days": number(points["grace_days"])
    }


def _ending(ends: str) -> str:
    sentences: dict[str, Sentence] = {
        ExpiryEnds.DAY: _("Points are good for %(months)s months, to the end of the day."),
        ExpiryEnds.MONTH: _(
            "Points are good for %(months)s months, to the end of the Jalali month."
        ),
        ExpiryEnds.YEAR: _("Points are good for %(months)s months, to the end of the Jalali year."),
        ExpiryEnds.IDLE_DAY: _(
            "All points are good for %(months)s months after the last activity, to the end of the "
            "day."
        ),
        ExpiryEnds.IDLE_MONTH: _(
            "All points are good for %(months)s months after the last activity, to the end of the "
            "Jalali month."
        ),
        ExpiryEnds.IDLE_YEAR: _(
            "All points are good for %(months)s months after the last activity, to the end of the "
            "Jalali year."
        ),
    }
    return str(sentences[ends])


def _tiers(points: Facts) -> Iterator[str]:
    for tier in points["tiers"]:
        facts = {
            "name": tier["name"],
            "from": toman(tier["threshold_rial"]),
            "times": times(tier["num"], tier["den"]),
        }
        if not tier["threshold_rial"]:
            yield _("«%(name)s»: from the first purchase on, points × %(times)s.") % facts
        else:
            yield _("«%(name)s»: from purchases of %(from)s toman on, points × %(times)s.") % facts
    if len(points["tiers"]) > 1:
        yield from _staying(points)


def _staying(points: Facts) -> Iterator[str]:
    """Say which purchases count towards a level, and when it is lost."""
    days = {"days": number(points["tier_window_days"])}
    yield _WINDOWS[TierWindow(points.get("tier_window", TierWindow.DAYS))]() % days
    if grace := points.get("tier_grace_days"):
        yield _("What is missing then can still be bought within %(days)s days.") % {
            "days": number(grace)
        }
    fall = points.get("tier_fall")
    if fall == TierFall.ONE_LEVEL:
        yield _("A level falls one step at a time.")
    elif fall == TierFall.NEVER:
        yield _("A level once reached is never lost.")
    if fresh := points.get("tier_revoke_days"):
        yield _(
            "A level reached less than %(days)s days ago falls back if what it was reached by is "
            "returned and nothing was had of it yet."
        ) % {"days": number(fresh)}


def _returns(returns: Facts, points: Facts | None) -> Iterator[str]:
    yield _days(returns["days"], _("Goods"))
    for one in returns["categories"]:
        yield _days(one["days"], f"«{one['category']}»")
    for one in returns.get("tiers", ()):
        if one["days"] != 0:  # no day is never longer than another's
            yield _of_tier(one)
    if returns["categories"] or returns["days"] is not None:
        yield _("Later the shop decides, and says why.")
    if points is not None:
        yield from _of_points(points)


def _of_points(points: Facts) -> Iterator[str]:
    yield _(
        "A return takes back the points of what came back, and gives back the points it was paid "
        "with."
    )
    if sentence := _CLAWBACK.get(points.get("clawback", "")):
        yield str(sentence)


def _days(days: int | None, what: str) -> str:
    if days is None:
        return _("%(what)s can be returned at any time.") % {"what": what}
    if not days:
        return _("%(what)s cannot be returned.") % {"what": what}
    facts = {"what": what, "days": number(days)}
    return _("%(what)s can be returned within %(days)s days of the payment.") % facts


def _of_tier(one: Facts) -> str:
    facts = {"tier": one["name"], "days": number(one["days"] or 0)}
    if one["days"] is None:
        return _("At level «%(tier)s» goods can be returned at any time.") % facts
    return (
        _(
            "At level «%(tier)s» goods can be returned within %(days)s days of the payment, where "
            "that is longer."
        )
        % facts
    )


def _leaving(points: Facts) -> Iterator[str]:
    yield _("Everybody may leave the club on their own page, in two steps and without a fee.")
    yield _(
        "Points end with it; who comes back within %(days)s days has them again. Gift cards and "
        "coupons stay."
    ) % {"days": number(points["back_within_days"])}
