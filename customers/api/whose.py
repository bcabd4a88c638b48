"""The customer an address names."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from customers.queries import CustomerView, customer_view


def seen(customer_id: UUID) -> CustomerView:
    """Return a customer, a merged one as its survivor. Raises NotFound."""
    view = customer_view(customer_id)
    if view is None:
        raise NotFound(_("There is no such customer."))
    return view
