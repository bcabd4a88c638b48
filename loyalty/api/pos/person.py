"""A customer as a till may see one."""

from typing import Any, Final

from customers.queries.people import CustomerView

_SHOWN: Final = 4


def person_document(person: CustomerView, standing: Any) -> dict[str, Any]:
    """Return a customer with the mobile masked, and their tier's name."""
    mobile = f"****{person.mobile[-_SHOWN:]}" if person.mobile else ""
    return {
        "id": person.id,
        "name": person.name,
        "mobile": mobile,
        "member_code": person.member_code,
        "tier": standing.name if standing else None,
    }
