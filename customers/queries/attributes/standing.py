"""What holds of a customer, given all that was ever said of them (capability C005).

Sources are of three classes: said by people, written down by systems, inferred. A stronger class
beats a weaker one, within a class what was observed later beats what was observed earlier, also
when it has run out since. A value taken back goes with everything as weak or weaker that was
observed until then.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from customers.enums import AttributeSource
from customers.models import AttributeDefinition, AttributeValue
from customers.queries.attributes.asking import Fact

CLASSES: Final[Mapping[str, int]] = {
    AttributeSource.STAFF: 0,
    AttributeSource.CUSTOMER: 0,
    AttributeSource.IMPORT: 1,
    AttributeSource.PURCHASE: 1,
    AttributeSource.INFERRED: 2,
}
_INFERRED: Final = CLASSES[AttributeSource.INFERRED]


@dataclass(frozen=True, slots=True)
class Known:
    """A value that holds: where it is from, since when, and when somebody last said the same."""

    definition: AttributeDefinition
    value: str
    source: str
    said_by: str
    observed_at: datetime
    confirmed_at: datetime | None
    valid_to: datetime | None


def attributes_of(customer_ids: Collection[UUID], at: datetime) -> dict[UUID, dict[str, Known]]:
    """Return {customer: {key: what holds}} for attributes in use. One query."""
    rows = AttributeValue.objects.filter(
        customer_id__in=customer_ids, definition__is_active=True
    ).select_related("definition")
    found: dict[UUID, dict[str, Known]] = {one: {} for one in customer_ids}
    for (customer, key), said in _grouped(rows).items():
        known = _known(said, at)
        if known is not None:
            found[customer][key] = known
    return {one: _in_order(known) for one, known in found.items()}


def known_at(
    asked: Collection[tuple[UUID, datetime]], keys: Collection[str]
) -> dict[tuple[UUID, datetime], dict[str, Fact]]:
    """Return {(customer, moment): {key: fact}} as it was written down before each moment.

    What is said later never changes what was known: asked again, a moment answers the same. One
    query for any number.
    """
    rows = AttributeValue.objects.filter(
        customer_id__in={customer for customer, _at in asked}, key__in=keys
    ).select_related("definition")
    said = _grouped(rows)
    return {
        (customer, at): {
            key: Fact(row.definition.kind, row.value)
            for key in keys
            if (row := standing(_before(said.get((customer, key), ()), at), at)) and row.value
        }
        for customer, at in asked
    }


def standing(said: Sequence[AttributeValue], at: datetime) -> AttributeValue | None:
    """Return the row that holds at a moment, of all rows about one thing, oldest first."""
    newest: dict[int, AttributeValue] = {_strength(one.source): one for one in said}
    taken_back: datetime | None = None
    for strength in sorted(newest):
        one = newest[strength]
        gone = taken_back is not None and one.observed_at <= taken_back
        if one.value is None:
            taken_back = max(taken_back or one.observed_at, one.observed_at)
        elif not gone and (one.valid_to is None or one.valid_to > at):
            return one
    return None


def version_rows(customer_id: UUID, key: str = "") -> "QuerySet[AttributeValue]":
    """Return everything said of a customer, of one attribute when named, with its attribute."""
    rows = AttributeValue.objects.filter(customer_id=customer_id).select_related("definition")
    return rows.filter(key=key) if key else rows


def _strength(source: str) -> int:
    """Return a source's class; one that is not known is as weak as a guess."""
    return CLASSES.get(source, _INFERRED)


def _grouped(rows: "QuerySet[AttributeValue]") -> dict[tuple[UUID, str], list[AttributeValue]]:
    found: dict[tuple[UUID, str], list[AttributeValue]] = {}
    for row in rows.order_by("observed_at", "recorded_at", "id"):
        found.setdefault((row.customer_id, row.key), []).append(row)
    return found


def _before(said: Iterable[AttributeValue], at: datetime) -> list[AttributeValue]:
    return [one for one in said if one.recorded_at < at]


def _known(said: Sequence[AttributeValue], at: datetime) -> Known | None:
    held = standing(said, at)
    if held is None or held.value is None:
        return None
    same = [
        one.observed_at
        for one in said
        if one.value == held.value and _strength(one.source) < _INFERRED
    ]
    return Known(
        definition=held.definition,
        value=held.value,
        source=held.source,
        said_by=held.said_by,
        observed_at=held.observed_at,
        confirmed_at=max(same, default=None),
        valid_to=held.valid_to,
    )


def _in_order(known: Mapping[str, Known]) -> dict[str, Known]:
    def place(one: tuple[str, Known]) -> tuple[Any, ...]:
        return one[1].definition.created_at, one[1].definition.id

    return dict(sorted(known.items(), key=place))
