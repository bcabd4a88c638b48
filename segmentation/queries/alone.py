"""Who is not to be called: by their own wish, or by a decision of two people (C051, C058)."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from customers.queries.measures import in_force_on
from loyalty.queries.leaving import away_among


def left_alone(customer_ids: Collection[UUID], today: date) -> set[UUID]:
    """Return who left the club, or is under a measure: nobody tries to keep them. Two queries."""
    return away_among(customer_ids) | set(in_force_on(customer_ids, today))
