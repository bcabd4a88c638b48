"""What is known of customers beside who they are: definitions, what holds now, what was said."""

from customers.queries.attributes.asking import Fact, can_be_asked, is_among, is_between
from customers.queries.attributes.definitions import (
    definition_by_id,
    definition_rows,
    definitions,
)
from customers.queries.attributes.standing import Known, attributes_of, known_at, version_rows
from customers.queries.attributes.values import Given, age_of, clean_value, read_value

__all__ = [
    "Fact",
    "Given",
    "Known",
    "age_of",
    "attributes_of",
    "can_be_asked",
    "clean_value",
    "definition_by_id",
    "definition_rows",
    "definitions",
    "is_among",
    "is_between",
    "known_at",
    "read_value",
    "version_rows",
]
