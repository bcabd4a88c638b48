"""What holds for a customer: the end of the relationship for who sells, all files for managers."""

from typing import Any
from uuid import UUID

from businesses.queries import role_may
from core.calendar import business_day
from customers.queries.measures import end_of, told_to
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest


def measures_on_page(customer_id: UUID, request: BusinessRequest) -> dict[str, Any]:
    """Return what a customer's page says of measures (C058). One query.

    Who sells learns that a relationship was ended and until when, never why.
    """
    held = told_to(customer_id, business_day(request.now, request.business.timezone))
    end = end_of(held)
    return {
        "ended": words.day(end) if end else "",
        "held": [
            {"id": row.id, "step": row.get_step_display(), "until": words.day(row.ends_on)}
            for row in held
            if row.ends_on and role_may(request.role, MANAGERS)
        ],
    }
