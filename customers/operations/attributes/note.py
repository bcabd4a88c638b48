"""Writing down what was said of somebody: every version stays."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import operation
from customers.enums import AttributeSource, TimelineKind
from customers.events import ProfileTold
from customers.models import AttributeDefinition, AttributeValue
from customers.operations.people.profiles import held_profile
from customers.operations.stories import note_timeline
from customers.queries.attributes import Given, clean_value
from customers.queries.merging import survivor_of
from outbox.operations import publish

MOST_AT_ONCE: Final = 50
_PEOPLE: Final = frozenset({AttributeSource.CUSTOMER, AttributeSource.STAFF})


@operation
def note_attributes(
    *,
    customer_id: UUID,
    given: Mapping[str, Given | None],
    source: str,
    now: datetime,
    observed_at: datetime | None = None,
    valid_to: datetime | None = None,
    by: str = "",
) -> list[str]:
    """Write down values by their attributes' keys; None takes back what was known until then.

    The same value of the same source and moment again changes nothing. Returns the keys written.
    Raises NotFound, Problem `unknown_attribute`, `invalid_attribute`, `invalid_moment`,
    `customer_closed` (409).
    """
    at = observed_at or now
    _check_times(source, at, valid_to, now)
    known = _known(given)
    values = {
        key: None if value is None else clean_value(known[key], value)
        for key, value in given.items()
    }
    person = held_profile(survivor_of(customer_id))
    return _write(
        AttributeValue(
            customer=person,
            definition=known[key],
            key=key,
            value=value,
            source=source,
            said_by=by,
            observed_at=at,
            valid_to=valid_to if value is not None else None,
            recorded_at=now,
        )
        for key, value in values.items()
    )


def _check_times(source: str, at: datetime, valid_to: datetime | None, now: datetime) -> None:
    if source not in AttributeSource.values:
        raise Problem("invalid_source", _("Say where it is from, by one of the ways offered."))
    if at > now or (valid_to is not None and valid_to <= at):
        raise Problem("invalid_moment", _("Known from a moment that has come, until a later one."))


def _known(given: Mapping[str, Given | None]) -> dict[str, AttributeDefinition]:
    if len(given) > MOST_AT_ONCE:
        raise Problem("too_many_attributes", _("At most 50 attributes at once."))
    rows = AttributeDefinition.objects.filter(key__in=list(given), is_active=True)
    known = {row.key: row for row in rows}
    missing = sorted(given.keys() - known.keys())
    if missing:
        sentence = _("There is no attribute of this key.")
        raise Problem("unknown_attribute", sentence, fields={key: [sentence] for key in missing})
    return known


def _write(rows: Iterable[AttributeValue]) -> list[str]:
    fresh = _unsaid(list(rows))
    AttributeValue.objects.bulk_create(fresh)
    for one in fresh[:1]:
        note_timeline(
            customer_id=one.customer_id,
            kind=TimelineKind.PROFILE_CHANGED,
            data={"source": one.source},
            occurred_at=one.recorded_at,
            now=one.recorded_at,
        )
        if one.source in _PEOPLE:
            publish([ProfileTold(customer_id=one.customer_id)], now=one.recorded_at)
    return [one.key for one in fresh]


def _unsaid(rows: list[AttributeValue]) -> list[AttributeValue]:
    """Leave out what the same source said of the same moment already; the profile is locked."""
    said = set(
        AttributeValue.objects.filter(
            customer_id__in={one.customer_id for one in rows}, key__in=[one.key for one in rows]
        ).values_list("key", "source", "observed_at", "value", "valid_to")
    )
    return [
        one
        for one in rows
        if (one.key, one.source, one.observed_at, one.value, one.valid_to) not in said
    ]
