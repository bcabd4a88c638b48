"""A rule in one sentence, as its owner would say it; it grows while the rule is composed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from businesses.queries import branches, employees
from core.calendar import WEEKDAY_NAMES
from core.spelling import times
from customers.enums import Channel
from customers.queries.attributes import definition_rows
from dashboard.web import words
from dashboard.web.rules.after_fields import after_words
from dashboard.web.rules.attribute_fields import attribute_words
from dashboard.web.rules.more_conditions import calendar_words, customer_words
from dashboard.web.rules.present_fields import gives_present, present_names
from loyalty.enums import BestFor, CapSpan, RuleEffect
from loyalty.queries import tiers
from loyalty.queries.rules.document import Bonus, Rate, When
from loyalty.queries.rules.segments import segment_names

_WEEK: Final = len(WEEKDAY_NAMES)
_HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class Names:
    """What tiers, branches, employees and presents are called; one that is gone is called so.

    `attributes` are the business's own by their keys.
    """

    of: Mapping[UUID, str]
    attributes: Mapping[str, Any]

    @classmethod
    def here(cls) -> "Names":
        """Return the names of the active business. Seven queries."""
        rows: Any = (*tiers(), *branches(), *employees())
        known = {one.key: one for one in definition_rows()}
        return cls({row.id: row.name for row in rows} | present_names(), known)

    def list(self, ids: Sequence[Any]) -> str:
        """Return names in a list."""
        return listed([self.of.get(one, _("(no longer here)")) for one in ids])


def listed(names: Sequence[str]) -> str:
    """Return names as a list in quotes."""
    return _(", ").join(f"«{name}»" for name in names)


def rate_sentence(rate: Rate) -> str:
    """Return the rate in a sentence."""
    parts = [
        _("%(n)s points for every %(per)s toman of every purchase")
        % {"n": words.number(rate.num), "per": words.toman(rate.den)}
    ]
    if rate.minimum_rial:
        parts.append(_("from %(least)s toman on") % {"least": words.toman(rate.minimum_rial)})
    if rate.cap_points is not None:
        parts.append(
            _("at most %(most)s points a purchase") % {"most": words.number(rate.cap_points)}
        )
    if rate.by_line:
        parts.append(_("each item rounded down by itself"))
    if rate.best_for == BestFor.MARGIN:
        parts.append(_("of rules and coupons that exclude each other the one that costs you less"))
    return _(", ").join(parts)


def rule_sentence(bonus: Bonus, names: Names) -> str:
    """Return a rule in a sentence: when, what it gives, and its limits."""
    when = _(", ").join(_when(bonus.when, names)) or _("Always")
    said = f"{when}: {_gives(bonus, names)}"
    limits = _(", ").join(_limits(bonus))
    return _("%(said)s; %(limits)s.") % {"said": said, "limits": limits} if limits else f"{said}."


def promise(bonus: Bonus, names: Names) -> str:
    """Return a rule as customers are told it: when and what, without what it may cost the shop."""
    when = _(", ").join(_when(bonus.when, names)) or _("Always")
    said = f"{when}: {_gives(bonus, names)}"
    shares = _(", ").join(
        _limits(bonus.model_copy(update={"budget_rial": None, "group": "", "funder": ""}))
    )
    return _("%(said)s; %(limits)s.") % {"said": said, "limits": shares} if shares else f"{said}."


def clock(minute: int) -> str:
    """Return a minute of the day like ۸:۳۰."""
    return words.digits(f"{minute // _HOUR}:{minute % _HOUR:02}")


def _when(when: When, names: Names) -> Iterator[str]:
    yield from after_words(when)
    yield from _dates(when)
    yield from calendar_words(when)
    yield from _times_of_day(when)
    named = (
        (when.channels, _("sold through %(names)s"), _channels),
        (when.branches, _("at the branch %(names)s"), names.list),
        (when.employees, _("sold by %(names)s"), names.list),
        (when.tiers, _("for customers of the level %(names)s"), names.list),
        (when.segments, _("for customers of the segment %(names)s"), _segments),
    )
    for values, sentence, told in named:
        if values:
            yield sentence % {"names": told(values)}
    yield from attribute_words(when, names.attributes)
    yield from customer_words(when)
    yield from _numbers(when)
    if when.least_rial:
        yield _("in purchases from %(amount)s toman on") % {"amount": words.toman(when.least_rial)}
    if when.least_lines:
        yield _("with at least %(n)s items") % {"n": words.number(when.least_lines)}


def _times_of_day(when: When) -> Iterator[str]:
    if when.weekdays and len(set(when.weekdays)) < _WEEK:
        yield _("on %(days)s") % {
            "days": _(", ").join(WEEKDAY_NAMES[day] for day in sorted(set(when.weekdays)))
        }
    if when.from_minute is not None and when.to_minute is not None:
        span = {"start": clock(when.from_minute), "end": clock(when.to_minute)}
        yield _("from %(start)s to %(end)s o'clock") % span


def _dates(when: When) -> Iterator[str]:
    if when.since and when.until:
        span = {"since": words.day(when.since), "until": words.day(when.until)}
        yield _("from %(since)s to the end of %(until)s") % span
    elif when.since:
        yield _("from %(since)s on") % {"since": words.day(when.since)}
    elif when.until:
        yield _("until the end of %(until)s") % {"until": words.day(when.until)}


def _numbers(when: When) -> Iterator[str]:
    if when.number == 1:
        yield _("on a customer's first purchase")
    elif when.number is not None:
        yield _("on a customer's purchase number %(n)s") % {"n": words.number(when.number)}
    if when.every is not None:
        yield _("on every %(n)s purchases of a customer once") % {"n": words.number(when.every)}


def _channels(values: Sequence[Any]) -> str:
    return listed([str(Channel(one).label) if one in Channel.values else one for one in values])


def _segments(values: Sequence[Any]) -> str:
    labels = dict(segment_names())
    return listed([str(labels.get(one, one)) for one in values])


def _gives(bonus: Bonus, names: Names) -> str:
    if bonus.present is not None:
        said = gives_present(bonus, bonus.present, names.of)
        goods = listed([*bonus.when.categories, *bonus.when.skus])
        told = {"present": said, "goods": goods}
        return _("%(present)s when %(goods)s is in it") % told if goods else said
    goods = listed([*bonus.when.categories, *bonus.when.skus]) or _("the whole purchase")
    facts = {"goods": goods, "n": words.number(bonus.num)}
    if bonus.effect == RuleEffect.TIMES:
        facts["times"] = times(bonus.num, bonus.den)
        return _("the points on %(goods)s become %(times)s times as many") % facts
    if bonus.effect == RuleEffect.RATE:
        facts["per"] = words.toman(bonus.den)
        return _("%(n)s points more for every %(per)s toman of %(goods)s") % facts
    if bonus.when.names_goods:
        return _("%(n)s points at once when %(goods)s is in it") % facts
    return _("%(n)s points at once") % facts


def _limits(bonus: Bonus) -> Iterator[str]:
    if bonus.cap_points is not None:
        yield _("at most %(most)s points a purchase") % {"most": words.number(bonus.cap_points)}
    if bonus.customer_cap_points is not None:
        share = {"most": words.number(bonus.customer_cap_points)}
        spans = _SHARES if bonus.present is None else _TIMES
        yield spans[bonus.customer_span]() % share
    if bonus.budget_rial is not None:
        yield _("a budget of %(amount)s toman in all") % {"amount": words.toman(bonus.budget_rial)}
    if bonus.group:
        yield _("of the group «%(group)s» only the best counts") % {"group": bonus.group}
    if bonus.funder:
        yield _("paid for by %(name)s") % {"name": bonus.funder}


_SHARES: Final = {
    CapSpan.DAY: lambda: _("at most %(most)s points a customer each day"),
    CapSpan.WEEK: lambda: _("at most %(most)s points a customer each week"),
    CapSpan.MONTH: lambda: _("at most %(most)s points a customer each month"),
    CapSpan.YEAR: lambda: _("at most %(most)s points a customer each year"),
    CapSpan.EVER: lambda: _("at most %(most)s points a customer for ever"),
}
_TIMES: Final = {
    CapSpan.DAY: lambda: _("at most %(most)s a customer each day"),
    CapSpan.WEEK: lambda: _("at most %(most)s a customer each week"),
    CapSpan.MONTH: lambda: _("at most %(most)s a customer each month"),
    CapSpan.YEAR: lambda: _("at most %(most)s a customer each year"),
    CapSpan.EVER: lambda: _("at most %(most)s a customer for ever"),
}
