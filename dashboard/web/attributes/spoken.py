"""Values of attributes as people read them."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from businesses.queries import role_may
from core.calendar import MONTH_NAMES
from customers.enums import DATED_KINDS, LISTED_KINDS, AttributeKind, AttributePrivacy
from customers.queries.attributes import age_of
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest


def spoken(definition: Any, value: str, today: date) -> str:
    """Return a value in words; of a day or month also the age that follows from it."""
    kind = definition.kind
    if kind in LISTED_KINDS:
        return _(", ").join(_title(definition, code) for code in value.split(","))
    if kind in DATED_KINDS:
        return f"{jalali_words(value)} · {_age(value, today)}"
    if kind == AttributeKind.NUMBER:
        return words.number(int(value))
    if kind == AttributeKind.YES_NO:
        return _("yes") if value == "yes" else _("no")
    return words.digits(value) if value.isdigit() else value


def may_see(definition: Any, request: BusinessRequest) -> bool:
    """Tell whether who looks may see values of an attribute."""
    return definition.privacy != AttributePrivacy.SENSITIVE or role_may(request.role, MANAGERS)


def jalali_words(value: str) -> str:
    """Return a Jalali day or month in words."""
    parts = value.split("-")
    month = MONTH_NAMES[int(parts[1]) - 1]
    return words.digits(" ".join([*(str(int(day)) for day in parts[2:]), month, parts[0]]))


def _age(value: str, today: date) -> str:
    years, months = age_of(value, today)
    if years:
        return ngettext("%(n)s year old", "%(n)s years old", years) % {"n": words.number(years)}
    return ngettext("%(n)s month old", "%(n)s months old", months) % {"n": words.number(months)}


def _title(definition: Any, code: str) -> str:
    listed = next(one for one in definition.choices if one["code"] == code)
    return str((not words.reads_persian() and listed["en"]) or listed["fa"])
