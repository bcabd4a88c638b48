"""Which sales a condition means, in words."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core.calendar import WEEKDAY_NAMES
from core.spelling import number, toman
from core.text import persian_digits
from segmentation.queries.own import document
from segmentation.queries.own.names import Names

_ENGLISH_DAYS: Final = (
    "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
)  # fmt: skip


def listed(names: Sequence[object]) -> str:
    """Return names joined by «or»."""
    return gettext(" or ").join(f"«{name}»" for name in names)


def weekdays() -> Sequence[str]:
    """Return the days of the week, from Saturday, as the reader calls them."""
    return WEEKDAY_NAMES if (get_language() or "fa").startswith("fa") else _ENGLISH_DAYS


def which(one: document.OfSales, known: Names) -> str:
    """Return what sales are narrowed to, with a space before it; nothing for all."""
    parts = [part for tell in _TELLERS for part in tell(one, known)]
    return "".join(f" {part}" for part in parts)


def _goods(one: document.OfSales, known: Names) -> Iterator[str]:
    if one.goods:
        yield gettext("of %(goods)s") % {"goods": listed(one.goods)}
    if one.field and one.values:
        field = known.fields.get(one.field)
        values = [_value(field, value) for value in one.values]
        said = {"field": field.title if field else one.field, "values": listed(values)}
        yield gettext("with %(field)s %(values)s") % said


def _value(field: Any, value: str) -> str:
    is_persian = (get_language() or "fa").startswith("fa")
    for choice in field.choices if field else ():
        if choice["code"] == value:
            return str((not is_persian and choice.get("en")) or choice["fa"])
    said = {"true": gettext("yes"), "false": gettext("no")}.get(value, value)
    return persian_digits(said) if is_persian and said.isdecimal() else said


def _where(one: document.OfSales, known: Names) -> Iterator[str]:
    if one.branch_id:
        yield gettext("at %(branch)s") % {"branch": known.branches.get(one.branch_id, "—")}
    if one.employee_id:
        yield gettext("from %(who)s") % {"who": known.employees.get(one.employee_id, "—")}
    if one.channel:
        yield gettext("by «%(channel)s»") % {"channel": one.channel.label}


def _at(one: document.OfSales, _known: Names) -> Iterator[str]:
    if one.weekdays:
        days = gettext(" or ").join(weekdays()[day] for day in sorted(set(one.weekdays)))
        yield gettext("on %(days)s") % {"days": days}
    if one.from_hour is not None and one.to_hour is not None:
        hours = {"since": number(one.from_hour), "until": number(one.to_hour)}
        yield gettext("between %(since)s and %(until)s o'clock") % hours


def _amount(one: document.OfSales, _known: Names) -> Iterator[str]:
    if one.least_rial:
        yield gettext("for %(amount)s toman or more") % {"amount": toman(one.least_rial)}


_TELLERS: Final[tuple[Callable[[document.OfSales, Names], Iterator[str]], ...]] = (
    _goods, _where, _at, _amount,
)  # fmt: skip
COMING: Final = {
    "this_month": _("in this month of the year"),
    "next_month": _("in the next month of the year"),
}


def coming(one: document.Day) -> str:
    """Return when a day of the year comes."""
    if one.month is not None:
        return str(COMING[one.month])
    return gettext("in the coming %(n)s days") % {"n": number(one.coming_days or 0)}
