"""What a customer's page says of other profiles of the same person."""

from typing import Any
from uuid import UUID

from businesses.queries import role_may
from customers.queries.merging import merge_rows, suggestion_rows
from dashboard.web.access import MANAGERS, BusinessRequest
from dashboard.web.same import merge_row


def one_person(customer_id: UUID, request: BusinessRequest) -> dict[str, Any]:
    """Return the profiles joined to this one, and whether another may be the same person."""
    if not role_may(request.role, MANAGERS):
        return {}
    joined = merge_rows(customer_id).order_by("-merged_at", "-id")
    return {
        "doubtful": suggestion_rows(customer_id=customer_id).exists(),
        "joined": [merge_row(row, request) for row in joined],
    }
