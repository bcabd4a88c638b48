"""Fields of a rule's form about what is known of customers, and the words for them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from customers.enums import DATED_KINDS, LISTED_KINDS, AttributeKind
from customers.queries.attributes import definition_rows
from dashboard.web import words
from dashboard.web.forms import Whole
from dashboard.web.rules.word_lists import Words
from loyalty.queries.rules.document import AttributeIs, When

_IS: Final = "is-"
_LEAST: Final = "least-"
_MOST: Final = "most-"
_YEARS: Final = 130


def attribute_fields(typed: Collection[str]) -> dict[str, forms.Field]:
    """Return fields for attributes in use and for what a rule asks about. One query."""
    return {
        name: field
        for one in definition_rows().order_by("created_at", "id")
        for name, field in _fields(one)
        if one.is_active or name in typed
    }


def asked_in(data: Mapping[str, Any], names: Sequence[str]) -> tuple[AttributeIs, ...]:
    """Return the conditions a cleaned form holds in fields of these names."""
    keys = dict.fromkeys(name.partition("-")[2] for name in names)
    asked = (
        (key, tuple(data.get(_IS + key) or ()), data.get(_LEAST + key), data.get(_MOST + key))
        for key in keys
    )
    return tuple(
        AttributeIs(key=key, values=values, least=least, most=most)
        for key, values, least, most in asked
        if values or least is not None or most is not None
    )


def typed_in(when: When) -> dict[str, Any]:
    """Return what the fields start with."""
    found: dict[str, Any] = {}
    for one in when.attributes:
        if one.values:
            found[_IS + one.key] = one.values
        found |= {
            prefix + one.key: number
            for prefix, number in ((_LEAST, one.least), (_MOST, one.most))
            if number is not None
        }
    return found


def attribute_words(when: When, known: Mapping[str, Any]) -> Iterator[str]:
    """Say what a rule asks of what is known of customers."""
    for one in when.attributes:
        definition = known.get(one.key)
        title = f"«{definition.title}»" if definition else _("(no longer here)")
        if one.values:
            told = _(", ").join(_value(definition, value) for value in one.values)
            yield _("for customers whose %(title)s is %(values)s") % {
                "title": title,
                "values": told,
            }
        else:
            yield _range(title, one)


def _range(title: str, one: AttributeIs) -> str:
    facts = {"title": title, "least": words.number(one.least), "most": words.number(one.most)}
    if one.most is None:
        return _("for customers whose %(title)s is %(least)s or more") % facts
    if one.least is None:
        return _("for customers whose %(title)s is %(most)s or less") % facts
    return _("for customers whose %(title)s is from %(least)s to %(most)s") % facts


def _value(definition: Any, value: str) -> str:
    if value in {"yes", "no"}:
        return _("yes") if value == "yes" else _("no")
    return dict(_listed(definition)).get(value, value) if definition else value


def _fields(definition: Any) -> Iterator[tuple[str, forms.Field]]:
    kind, key, title = definition.kind, definition.key, definition.title
    if kind == AttributeKind.NUMBER or kind in DATED_KINDS:
        facts = {"title": title}
        dated = kind in DATED_KINDS
        least = _("%(title)s: age from") if dated else _("%(title)s: from")
        most = _("%(title)s: age to") if dated else _("%(title)s: to")
        limits: dict[str, Any] = {"min_value": 0, "max_value": _YEARS} if dated else {}
        yield _LEAST + key, Whole(label=least % facts, required=False, **limits)
        yield _MOST + key, Whole(label=most % facts, required=False, **limits)
    elif kind in LISTED_KINDS or kind == AttributeKind.YES_NO:
        yield (
            _IS + key,
            forms.MultipleChoiceField(
                label=title,
                required=False,
                choices=_listed(definition) or [("yes", _("yes")), ("no", _("no"))],
                widget=forms.CheckboxSelectMultiple,
            ),
        )
    else:
        yield _IS + key, Words(label=title, required=False)


def _listed(definition: Any) -> list[tuple[str, str]]:
    persian = words.reads_persian()
    return [
        (one["code"], one["fa"] if persian else one["en"] or one["fa"])
        for one in definition.choices
    ]
