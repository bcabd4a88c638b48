"""Writing down that somebody looked at a customer (rule R59)."""

from uuid import UUID

from customers.enums import ViewPlace
from customers.operations import note_view
from dashboard.web.access import BusinessRequest


def note_look(customer_id: UUID, request: BusinessRequest, place: ViewPlace) -> None:
    """Write down that the person behind a request looked at a profile."""
    note_view(
        customer_id=customer_id,
        place=place,
        viewer_id=request.user.id,
        viewer_name=str(request.user),
        now=request.now,
    )
