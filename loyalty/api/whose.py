"""Which customer a call means."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from customers.queries import customer_view, find_customer
from loyalty.api.bodies import Whose


def demand_customer(customer_id: UUID) -> UUID:
    """Return the customer an id stands for today: a merged profile's is its survivor's.

    Raises NotFound unless the customer is one of ours.
    """
    person = customer_view(customer_id)
    if person is None:
        raise NotFound(_("There is no such customer."))
    return person.id


def asked_customer(text: str) -> UUID:
    """Return the customer a query string names. Raises Problem `invalid_customer`, NotFound."""
    try:
        customer_id = UUID(text)
    except ValueError as error:
        raise Problem("invalid_customer", _("Give a UUID.")) from error
    return demand_customer(customer_id)


def customer_meant(body: Whose) -> UUID | None:
    """Return the customer meant; raise NotFound for an id nobody has."""
    if body.customer_id is not None:
        return demand_customer(body.customer_id)
    identity = body.identity()
    return find_customer(**identity) if identity else None
