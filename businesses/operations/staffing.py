"""Branches, employees and the business's own particulars."""

from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
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
_MAX_URL: Final = 300
_ENAMAD: Final = "enamad.ir"


@operation
def open_branch(*, code: str, name: str, now: datetime) -> Branch:
    """Open a branch. Raises Problem `invalid_code`, `invalid_name` or `code_taken`."""
    del now
    fields = {"code": _code(code), "name": _name(name)}
    try:
        with transaction.atomic():
            return Branch.objects.create(**fields)
    except IntegrityError as error:
        raise Problem("code_taken", _("This code is already in use."), about="code") from error


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
        raise Problem("code_taken", _("This code is already in use."), about="code") from error


@operation
def update_business(
    *,
    name: str,
    vertical: str,
    timezone: str,
    phone: str,
    enamad_url: str,
    now: datetime,
) -> None:
    """Change the active business's particulars.

    Raises Problem `invalid_name`, `invalid_vertical`, `invalid_timezone` or `invalid_enamad`.
    """
    del now
    if vertical not in Vertical.values:
        raise Problem("invalid_vertical", _("This trade is not known."), about="vertical")
    if timezone not in available_timezones():
        raise Problem("invalid_timezone", _("This time zone is not known."), about="timezone")
    Business.objects.filter(id=active_business_id()).update(
        name=business_name(name),
        vertical=vertical,
        timezone=timezone,
        phone=normalise_code(phone),
        enamad_url=enamad_address(enamad_url),
    )
    transaction.on_commit(forget_business)


def enamad_address(text: str) -> str:
    """Return the address of a business's eNamad page, or "". Raises Problem `invalid_enamad`.

    Buyers follow it to see who they pay, so it leads to eNamad's own site and nowhere else.
    """
    clean = text.strip()
    if not clean:
        return ""
    try:
        parts = urlsplit(clean)
        host = (parts.hostname or "").lower()
        plain = parts.scheme == "https" and parts.port is None and parts.username is None
    except ValueError:  # brackets or a port that are none
        host, plain = "", False
    if not plain or len(clean) > _MAX_URL or not (host == _ENAMAD or host.endswith(f".{_ENAMAD}")):
        detail = _("Write the address of your page at enamad.ir, beginning with https://.")
        raise Problem("invalid_enamad", detail, fields={"enamad_url": [detail]})
    return clean


def clean_label(text: str, *, code: bool) -> str:
    """Return a code or a name in its one spelling. Raises Problem `invalid_code|name`."""
    return _code(text) if code else _name(text)


def _code(text: str) -> str:
    clean = normalise_code(text)
    if not clean or len(clean) > _MAX_CODE:
        raise Problem("invalid_code", _("Give a code of at most 40 letters."), about="code")
    return clean


def _name(text: str) -> str:
    clean = normalise(text)
    if not clean or len(clean) > _MAX_NAME:
        raise Problem("invalid_name", _("Give a name of at most 120 letters."), about="name")
    return clean
