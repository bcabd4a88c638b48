"""What was known of buyers when they bought, as far as rules ask about it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from customers.queries.attributes import Fact, can_be_asked, definitions, known_at
from loyalty.queries.rules.document import When

Moment = tuple[UUID, datetime]


def attributes_at(
    asked: Collection[tuple[UUID | None, datetime]], whens: Iterable[When]
) -> Mapping[Moment, Mapping[str, Fact]]:
    """Return what was written down of customers before moments. One query at most."""
    keys = {one.key for when in whens for one in when.attributes}
    known = {(customer, at) for customer, at in asked if customer is not None}
    return known_at(known, keys) if keys and known else {}


def makes_no_sense(whens: Iterable[When]) -> bool:
    """Tell whether rules ask about an attribute that is not there, or for what it cannot be."""
    asked = [one for when in whens for one in when.attributes]
    known = {one.key: one for one in definitions()} if asked else {}
    return not all(
        one.key in known
        and can_be_asked(
            known[one.key].kind,
            [listed["code"] for listed in known[one.key].choices],
            one.values,
            ranged=one.is_range,
        )
        for one in asked
    )
