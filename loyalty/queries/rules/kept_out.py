"""Who gets nothing without a purchase, and why."""

from collections.abc import Mapping
from uuid import UUID

from businesses.queries.staff import contacts_here
from core.tenancy import active_business_id
from customers.enums import CustomerStatus
from customers.queries.people import customer_views
from loyalty.enums import Verdict
from loyalty.queries.rules.facts import Standing


def kept_out(held: Mapping[UUID | None, Standing]) -> dict[UUID, Verdict]:
    """Return who gets nothing without a purchase, and why. Three queries."""
    people = customer_views([one for one in held if one is not None])
    staff = contacts_here(active_business_id()) if people else set()
    found = {}
    for one, person in people.items():
        if held[one].away:
            found[one] = Verdict.LEFT
        elif person.status != CustomerStatus.ACTIVE:
            found[one] = Verdict.STRANGER
        elif staff & {person.mobile, person.email}:
            found[one] = Verdict.STAFF
    return found
