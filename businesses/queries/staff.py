"""By what people who work here are known: employees by their mobile, members by their login."""

from collections.abc import Collection
from uuid import UUID

from businesses.models import Employee, Membership


def works_here(business_id: UUID, contacts: Collection[str]) -> bool:
    """Tell whether a mobile or e-mail among these is that of somebody who works here."""
    if not contacts:
        return False
    rows = Membership.objects.filter(business_id=business_id)
    reached = rows.filter(user__mobile__in=contacts) | rows.filter(user__email__in=contacts)
    sellers = Employee.objects.filter(is_active=True, mobile__in=contacts)
    return reached.exists() or sellers.exists()


def contacts_here(business_id: UUID) -> set[str]:
    """Return the mobiles and e-mails of a business's people. Two queries."""
    rows = Membership.objects.filter(business_id=business_id)
    both = rows.values_list("user__mobile", "user__email")
    sellers = Employee.objects.filter(is_active=True).exclude(mobile=None)
    found = {contact for one in both for contact in one if contact}
    return found | {mobile for mobile in sellers.values_list("mobile", flat=True) if mobile}


def sellers_by_contact(business_id: UUID) -> dict[str, UUID]:
    """Return {mobile or e-mail: employee} of those with a mobile or a login. Two queries."""
    rows = Employee.objects.filter(is_active=True).values_list("id", "mobile", "login_id")
    told = list(rows)
    found = {mobile: employee for employee, mobile, _login in told if mobile}
    by_login = {login: employee for employee, _mobile, login in told if login}
    members = Membership.objects.filter(business_id=business_id, user_id__in=by_login)
    for user_id, *contacts in members.values_list("user_id", "user__mobile", "user__email"):
        for contact in filter(None, contacts):
            found.setdefault(contact, by_login[user_id])
    return found


def employee_by_id(employee_id: UUID) -> Employee | None:
    """Return one employee of the active business, or None."""
    return Employee.objects.select_related("branch").filter(id=employee_id).first()


def employee_of_login(user_id: UUID) -> Employee | None:
    """Return the employee who signs in as this user, None where nobody said so."""
    return Employee.objects.filter(login_id=user_id, is_active=True).first()
