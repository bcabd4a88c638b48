"""Who was erased, who asked for it, and who looked at whose profile."""

from uuid import UUID

from django.db.models import QuerySet

from customers.enums import ErasureState
from customers.models import Erasure, ProfileView


def asked_erasure(customer_id: UUID) -> Erasure | None:
    """Return the erasure that waits to be confirmed, or None."""
    return Erasure.objects.filter(customer_id=customer_id, state=ErasureState.ASKED).first()


def erasure(erasure_id: UUID) -> Erasure | None:
    """Return one erasure, or None."""
    return Erasure.objects.filter(id=erasure_id).first()


def view_rows(customer_id: UUID | None = None) -> QuerySet[ProfileView]:
    """Return looks at profiles with their customers, of one customer when given."""
    rows = ProfileView.objects.select_related("customer")
    return rows if customer_id is None else rows.filter(customer_id=customer_id)
