"""Branches, employees and the business's own particulars."""

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from businesses.enums import Vertical
from businesses.models import Branch, Business, Employee
from businesses.operations.found import business_name
from businesses.queries.tenants import forget_business
from core.errors import NotFound, Problem
from core.tenancy import active_business_id, operation
from core.text import normalise, normalise_code

_MAX_CODE: Final = 40
_MAX_NAME: Final = 120


@operation
def open_branch(*, code: str, name: str, now: datetime) -> Branch:
    """Open a branch. Raises Problem `invalid_code`, `invalid_name` or `code_taken`."""
    del now
    fields = {"code": _code(code), "name": _name(name)}
    try:
        with transaction.atomic():
            return Branch.objects.create(**fields)
    except IntegrityError as error:
        raise Problem("code_taken", _("This code is already in use.")) from error


@operation
def hire_employee(
    *, code: str, name: str, branch_id: UUID | None = None, now: datetime
) -> Employee:
    """Register an employee. Raises NotFound for a branch of others, Problem as `open_branch`."""
    del now
    if branch_id is not None and not Branch.objects.filter(id=branch_id).exists():
        raise NotFound(_("There is no such branch."))
    fields = {"code": _code(code), "name": _name(name)}
    try:
        with transaction.atomic():
            return Employee.objects.create(branch_id=branch_id, **fields)
    except IntegrityError as error:
        raise Problem("code_taken", _("This code is already in use.")) from error


@operation
def update_business(*, name: str, vertical: str, timezone: str, phone: str, now: datetime) -> None:
    """Change the active business's particulars.

    Raises Problem `invalid_name`, `invalid_vertical` or `invalid_timezone`.
    """
    del now
    if vertical not in Vertical.values:
        raise Problem("invalid_vertical", _("This trade is not known."))
    if timezone not in available_timezones():
        raise Problem("invalid_timezone", _("This time zone is not known."))
    Business.objects.filter(id=active_business_id()).update(
        name=business_name(name),
        vertical=vertical,
        timezone=timezone,
        phone=normalise_code(phone),
    )
    transaction.on_commit(forget_business)


def _code(text: str) -> str:
    clean = normalise_code(text)
    if not clean or len(clean) > _MAX_CODE:
        raise Problem("invalid_code", _("Give a code of at most 40 letters."))
    return clean


def _name(text: str) -> str:
    clean = normalise(text)
    if not clean or len(clean) > _MAX_NAME:
        raise Problem("invalid_name", _("Give a name of at most 120 letters."))
    return clean
