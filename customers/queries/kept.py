"""What is kept of one person, for the person (rule R59)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.tenancy.personal import Section, sections_of
from customers.queries.merging import survivor_of
from customers.queries.naming import whom

FORMAT: Final = "vafa.person/1"
_FIRST: Final = "customers."


def kept_of(customer_id: UUID) -> list[Section]:
    """Return what is kept of a person, who they are first, without the tables that hold nothing."""
    found = [one for one in sections_of(whom(survivor_of(customer_id))) if one.rows]
    return sorted(found, key=lambda one: not one.key.startswith(_FIRST))


def person_document(customer_id: UUID, now: datetime) -> dict[str, Any]:
    """Return the same as one document: {"sections": {table: [rows]}}, each row with its id."""
    return {
        "format": FORMAT,
        "customer_id": survivor_of(customer_id),
        "made_at": now,
        "sections": {section.key: list(section.rows) for section in kept_of(customer_id)},
    }
