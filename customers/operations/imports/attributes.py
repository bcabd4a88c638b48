"""Columns of a file that tell attributes of customers: reading cells, writing what they say."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.tenancy import part_of_operation
from core.text import latin_digits, normalise, search_key
from customers.enums import AttributeKind, AttributeSource
from customers.models import AttributeDefinition, AttributeValue, Customer
from customers.queries.attributes import Given, clean_value, definitions

# How a field of a mapping names an attribute.
PREFIX: Final = "attribute:"
_YES: Final = frozenset({"بله", "بلی", "آری", "دارد", "yes", "true", "1"})
_NO: Final = frozenset({"خیر", "نه", "ندارد", "no", "false", "0"})
_BETWEEN: Final = re.compile(r"[،,؛;|/]")


@dataclass(frozen=True, slots=True)
class Said:
    """What the rows of a purchase say of its customer."""

    customer_id: UUID
    key: str
    value: str
    at: datetime


def attribute_fields() -> dict[str, AttributeDefinition]:
    """Return {field of a mapping: attribute} of those in use. One query."""
    return {f"{PREFIX}{one.key}": one for one in definitions()}


def titled_fields(headers: Sequence[str]) -> dict[str, str]:
    """Return {field: header} for headers that are an attribute's title or key."""
    names = {
        search_key(name): field
        for field, one in attribute_fields().items()
        for name in (one.title_fa, one.title_en, one.key)
        if name
    }
    found = {header: names.get(search_key(header)) for header in headers if header.strip()}
    return {field: header for header, field in found.items() if field}


def read_cell(definition: AttributeDefinition, cell: str) -> str | None:
    """Return what a cell says in the attribute's form, None for a blank. Raises Problem."""
    text = normalise(cell.replace("\x00", ""))
    if not text or text in {"-", "--", "—"}:
        return None
    read = _READ.get(definition.kind)
    return clean_value(definition, read(definition, text) if read else text)


@part_of_operation
def write_said(*, said: Iterable[Said], now: datetime) -> None:
    """Write the last thing a file said of each attribute; what it said before is left out.

    Customers are locked in order of id, as a merge locks them.
    """
    last: dict[tuple[UUID, str], Said] = {}
    for one in sorted(said, key=lambda one: one.at):
        last[one.customer_id, one.key] = one
    if not last:
        return
    people = sorted({one.customer_id for one in last.values()})
    list(Customer.objects.select_for_update(no_key=True).filter(id__in=people).order_by("id"))
    known = _known(people)
    fields = {one.key: one for one in attribute_fields().values()}
    AttributeValue.objects.bulk_create(
        AttributeValue(
            customer_id=one.customer_id,
            definition=fields[one.key],
            key=one.key,
            value=one.value,
            source=AttributeSource.IMPORT,
            observed_at=min(one.at, now),
            recorded_at=now,
        )
        for place, one in last.items()
        if one.key in fields and known.get(place) != one.value
    )


def _known(people: Sequence[UUID]) -> dict[tuple[UUID, str], str | None]:
    """Return what files said last of each."""
    rows = AttributeValue.objects.filter(
        customer_id__in=people, source=AttributeSource.IMPORT
    ).order_by("observed_at", "id")
    return {(row.customer_id, row.key): row.value for row in rows}


def _number(_definition: AttributeDefinition, text: str) -> Given:
    digits = latin_digits(text).translate(str.maketrans("", "", ",٬ "))
    return int(digits) if re.fullmatch(r"-?\d{1,12}", digits) else text


def _yes_no(_definition: AttributeDefinition, text: str) -> Given:
    word = latin_digits(text).casefold()
    return True if word in _YES else False if word in _NO else text


def _choice(definition: AttributeDefinition, text: str) -> Given:
    return _codes(definition).get(search_key(text), text)


def _several(definition: AttributeDefinition, text: str) -> Given:
    codes = _codes(definition)
    parts = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    return [codes.get(search_key(part), part) for part in parts]


def _codes(definition: AttributeDefinition) -> Mapping[str, str]:
    return {
        search_key(name): one["code"]
        for one in definition.choices
        for name in (one["code"], one["fa"], one["en"])
        if name
    }


_READ: Final[Mapping[str, Callable[[AttributeDefinition, str], Any]]] = {
    AttributeKind.NUMBER: _number,
    AttributeKind.YES_NO: _yes_no,
    AttributeKind.CHOICE: _choice,
    AttributeKind.CHOICES: _several,
}
