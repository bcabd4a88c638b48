"""What is kept of one person, for the person (rule R59)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.tenancy.personal import Section, sections_of
from customers.queries.merging import survivor_of
from customers.queries.naming import whom

FORMAT: Final = "vafa.person/1"


def kept_of(customer_id: UUID) -> list[Section]:
    """Return what is kept of a person, table by table, without the empty ones."""
    return [section for section in sections_of(whom(survivor_of(customer_id))) if section.rows]


def person_document(customer_id: UUID, now: datetime) -> dict[str, Any]:
    """Return the same as one document: {"sections": {table: [rows]}}, each row with its id."""
    return {
        "format": FORMAT,
        "customer_id": survivor_of(customer_id),
        "made_at": now,
        "sections": {section.key: list(section.rows) for section in kept_of(customer_id)},
    }
