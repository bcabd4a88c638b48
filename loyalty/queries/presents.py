"""What a customer was given besides points and can use by a code: by rules and on the spot."""

from datetime import datetime
from uuid import UUID

from loyalty.queries.goodwill_codes import goodwill_presents
from loyalty.queries.rules.presents import PresentView, presents_of_customer


def presents_to(customer_id: UUID, *, live_at: datetime | None = None) -> list[PresentView]:
    """Return the presents of a customer; with a moment what can still be used then."""
    given = goodwill_presents(customer_id, live_at=live_at)
    return [*given, *presents_of_customer(customer_id, live_at=live_at)]
