"""Sending a one-time code to the mobile of a customer, or to one nobody is known by yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.calendar import business_day
from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import active_business_id, operation
from customers.enums import CodePurpose, CodeState, CustomerStatus
from customers.models import Customer, OneTimeCode
from customers.operations.codes.limits import count_code
from customers.operations.codes.secret import code_hash, mobile_hash, new_digits
from customers.operations.codes.texts import sms_text
from customers.operations.people.payer import clean_mobile
from customers.queries.merging import survivor_of
from customers.queries.people import find_customer
from messaging.enums import Purpose
from messaging.operations import cancel_queued, queue_sms

LASTS: Final = timedelta(minutes=3)
WAIT: Final = timedelta(seconds=60)
MESSAGE_KIND: Final = "code"


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code on its way: to a mobile that ends with these digits, good until then."""

    mobile_ends: str
    expires_at: datetime


@operation
def send_code(
    *,
    customer_id: UUID,
    purpose: str,
    now: datetime,
    about: str = "",
    points: int | None = None,
) -> SentCode:
    """Text a customer a new code; the one before of the same purpose is good no more.

    `about` names what the code is for, in words of the caller's: it is checked with the same. With
    `points` the SMS says how many are to be spent. Raises NotFound, Problem `no_mobile` (409),
    `code_just_sent` (429) within a minute of the last, `too_many_codes` (429).
    """
    customer = _customer(customer_id)
    if not customer.mobile:
        raise Problem(
            "no_mobile",
            _("No mobile is known of this customer, so no code can be sent."),
            status=HTTPStatus.CONFLICT,
        )
    return _send(customer.mobile, customer.id, CodePurpose(purpose), about, points, now)


@operation
def send_code_to(*, mobile: str, purpose: str, now: datetime, about: str = "") -> SentCode:
    """Text a code to a mobile, whoever it belongs to; nobody is created by it.

    Raises Problem `invalid_mobile`, `code_just_sent` (429), `too_many_codes` (429).
    """
    address = clean_mobile(mobile)
    if address is None:
        raise Problem("invalid_mobile", _("Type your mobile number."))
    return _send(address, None, CodePurpose(purpose), about, None, now)


@operation
def send_code_if_known(*, mobile: str, purpose: str, now: datetime) -> None:
    """Text a code to the customer of a mobile; who is none cannot be told from outside.

    For a mobile nobody has, a code is kept that was told to nobody: waiting, counting and wrong
    tries are the same. Raises Problem `invalid_mobile`, `code_just_sent`, `too_many_codes` (429).
    """
    address = clean_mobile(mobile)
    if address is None:
        raise Problem("invalid_mobile", _("Type your mobile number."))
    found = find_customer(mobile=address)
    known = Customer.objects.filter(id=found, mobile=address).first() if found else None
    if known is None:
        _send(address, None, CodePurpose(purpose), "", None, now, tell=False)
    else:
        send_code(customer_id=known.id, purpose=purpose, now=now)


def _customer(customer_id: UUID) -> Customer:
    customer = Customer.objects.filter(id=survivor_of(customer_id)).first()
    if customer is None or customer.status == CustomerStatus.ERASED:
        raise NotFound(_("There is no such customer."))
    return customer


def _send(  # noqa: PLR0917 - the parts of one code
    mobile: str,
    customer_id: UUID | None,
    purpose: CodePurpose,
    about: str,
    points: int | None,
    now: datetime,
    *,
    tell: bool = True,
) -> SentCode:
    shop = business_by_id(active_business_id())
    # The meter's row makes two of one mobile wait for each other; the second then sees the first.
    count_code(
        mobile=mobile,
        customer=str(customer_id or ""),
        purpose=purpose,
        day=business_day(now, shop.timezone),
    )
    owner = mobile_hash(mobile)
    _replace(owner, customer_id, purpose, now)
    digits, code_id = new_digits(), new_id()
    row = OneTimeCode.objects.create(
        id=code_id,
        customer_id=customer_id,
        mobile_hmac=owner,
        purpose=purpose,
        code_hmac=code_hash(code_id, about, digits),
        sent_at=now,
        expires_at=now + LASTS,
    )
    if tell:
        body = sms_text(purpose=purpose, digits=digits, shop=shop.name, points=points)
        _text(mobile, body, row, now)
    return SentCode(mobile[-4:], row.expires_at)


def _text(mobile: str, body: str, row: OneTimeCode, now: datetime) -> None:
    queue_sms(
        address=mobile,
        body=body,
        purpose=Purpose.OTP,
        dedupe_key=f"code:{row.id}",
        expires_at=row.expires_at,
        ref_kind=MESSAGE_KIND,
        ref_id=row.id,
        now=now,
    )


def _replace(owner: bytes, customer_id: UUID | None, purpose: CodePurpose, now: datetime) -> None:
    """Close the code before; refuse when it has only just been sent."""
    whose = Q(mobile_hmac=owner)
    if customer_id is not None:
        whose |= Q(customer_id=customer_id)
    before = OneTimeCode.objects.select_for_update().filter(whose, purpose=purpose)
    live = list(before.filter(state=CodeState.LIVE).order_by("id"))
    for row in live:
        left = row.sent_at + WAIT - now
        if left > timedelta(0):
            raise _just_sent(left)
    ids = [row.id for row in live]
    OneTimeCode.objects.filter(id__in=ids).update(state=CodeState.REPLACED, finished_at=now)
    cancel_queued(ref_kind=MESSAGE_KIND, ref_ids=ids, now=now)


def _just_sent(left: timedelta) -> Problem:
    return Problem(
        "code_just_sent",
        _("A code was sent a moment ago; a new one can be asked for after a minute."),
        status=HTTPStatus.TOO_MANY_REQUESTS,
        headers={"Retry-After": str(max(1, round(left.total_seconds())))},
    )
