"""Branches, employees and the business's own particulars."""

from datetime import datetime
from uuid import UUID
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from businesses.models import Branch, Business, Employee
from core.errors import Problem
from core.tenancy import active_business_id, operation
from core.text import normalise, normalise_code


@operation
def open_branch(*, code: str, name: str, now: datetime) -> Branch:
    """Open a branch. Raises Problem `code_taken`."""
    del now
    try:
        with transaction.atomic():
            return Branch.objects.create(code=normalise_code(code), name=normalise(name))
    except IntegrityError as error:
        raise Problem("code_taken", _("This code is already in use.")) from error


@operation
def hire_employee(
    *, code: str, name: str, branch_id: UUID | None = None, now: datetime
) -> Employee:
    """Register an employee. Raises Problem `code_taken`."""
    del now
    try:
        with transaction.atomic():
            return Employee.objects.create(
                code=normalise_code(code), name=normalise(name), branch_id=branch_id
            )
    except IntegrityError as error:
        raise Problem("code_taken", _("This code is already in use.")) from error


@operation
def update_business(*, name: str, vertical: str, timezone: str, phone: str, now: datetime) -> None:
    """Change the active business's particulars. Raises Problem `invalid_timezone`."""
    del now
    if timezone not in available_timezones():
        raise Problem("invalid_timezone", _("This time zone is not known."))
    Business.objects.filter(id=active_business_id()).update(
        name=normalise(name), vertical=vertical, timezone=timezone, phone=normalise_code(phone)
    )
