"""Branches, employees and the business's own particulars."""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import available_timezones

import phonenumbers
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from businesses.enums import Vertical
from businesses.models import Branch, Business, Employee, Membership
from businesses.operations.found import business_name
from businesses.operations.trail import Actor, record_audit
from businesses.queries.tenants import forget_business
from core.errors import NotFound, Problem, Sentence
from core.tenancy import active_business_id, operation
from core.text import normalise, normalise_code

_MAX_CODE: Final = 40
_IRAN: Final = 98
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
def tie_employee(
    *,
    employee_id: UUID,
    mobile: str,
    login_id: UUID | None,
    actor: Actor | None,
    now: datetime,
) -> Employee:
    """Say which mobile is an employee's own, and which login; empty: none is known.

    Sales at the till under that login are theirs from now on. Raises NotFound, Problem
    `invalid_mobile`, `unknown_login`, `mobile_taken`, `login_taken` (409).
    """
    row = Employee.objects.select_for_update(of=("self",)).filter(id=employee_id).first()
    if row is None:
        raise NotFound(_("There is no such employee."))
    business_id, number = active_business_id(), _mobile(mobile)
    members = Membership.objects.filter(business_id=business_id)
    if login_id and not members.filter(user_id=login_id).exists():
        raise Problem("unknown_login", _("Nobody with this login works here."), about="login_id")
    others = Employee.objects.exclude(id=row.id)
    if number and others.filter(mobile=number).exists():
        raise _taken("mobile", "mobile", _("This mobile is another employee's."))
    if login_id and others.filter(login_id=login_id).exists():
        raise _taken("login", "login_id", _("This login is another employee's."))
    row.mobile, row.login_id = number, login_id
    row.save(update_fields=["mobile", "login_id"])
    # The trail is kept for good: the number of somebody who may be a customer does not go in.
    data = {"code": row.code, "mobile": bool(number), "login": str(login_id or "")}
    record_audit(action="employee.tied", subject="employee", data=data, actor=actor, now=now)
    return row


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


def _mobile(text: str) -> str | None:
    """Return an Iranian mobile as E.164, None for nothing. Raises Problem `invalid_mobile`."""
    clean = normalise_code(text)
    if not clean:
        return None
    try:
        number = phonenumbers.parse(clean, "IR")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or number.country_code != _IRAN or not phonenumbers.is_valid_number(number):
        raise Problem("invalid_mobile", _("Give an Iranian mobile number."), about="mobile")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _taken(what: str, field: str, detail: Sentence) -> Problem:
    return Problem(f"{what}_taken", detail, status=HTTPStatus.CONFLICT, about=field)


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
