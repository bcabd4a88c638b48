"""What a customer keeps buying, as chips, and one sentence where it has changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from core.calendar import business_day
from customers.enums import AttributePrivacy, DriftState
from customers.queries.people import CustomerView
from customers.queries.tastes import Drift, Taste, tastes_and_drifts
from dashboard.web import words
from dashboard.web.access import BusinessRequest
from dashboard.web.attributes.spoken import may_see, spoken

_OF_EACH: Final = 3


@dataclass(frozen=True, kw_only=True)
class TasteChip:
    """A taste with what it stands on."""

    title: str
    name: str
    times: str
    sensitive: bool


def tastes(person: CustomerView, request: BusinessRequest, said: Collection[str]) -> dict[str, Any]:
    """Return a customer's tastes but those of attributes a person spoke of. Two queries."""
    today = business_day(request.now, request.business.timezone)
    found, drifts = tastes_and_drifts(person.id, today)
    shown = [
        one for one in found if one.definition.key not in said and may_see(one.definition, request)
    ]
    changed = [
        one
        for one in drifts
        if one.state == DriftState.CHANGED and may_see(one.definition, request)
    ]
    return {
        "tastes": [chip(one, today) for one in _first_of_each(shown)],
        "taste_text": _("of %(n)s purchases") % {"n": words.number(person.purchases)},
        "drift": _sentence(changed, today),
    }


def chip(taste: Taste, today: date) -> TasteChip:
    """Return a taste as a chip."""
    return TasteChip(
        title=taste.definition.title,
        name=spoken(taste.definition, taste.value, today),
        times=_("%(n)s times") % {"n": words.number(taste.purchases)},
        sensitive=taste.definition.privacy == AttributePrivacy.SENSITIVE,
    )


def _first_of_each(found: Collection[Taste]) -> list[Taste]:
    seen: dict[str, int] = {}
    kept = []
    for one in found:
        seen[one.definition.key] = seen.get(one.definition.key, 0) + 1
        if seen[one.definition.key] <= _OF_EACH:
            kept.append(one)
    return kept


def _sentence(changed: Collection[Drift], today: date) -> str:
    """Say the surest change."""
    if not changed:
        return ""
    one = min(changed, key=lambda drift: drift.p_value or 0.0)
    facts = {
        "title": one.definition.title,
        "now": spoken(one.definition, one.grew or "", today),
        "before": spoken(one.definition, one.shrank or "", today),
    }
    return (
        _("%(title)s has changed in the last three months: more of %(now)s, less of %(before)s.")
        % facts
    )
