"""Asking for a sum of money, and taking the question back."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from businesses.queries import (
    branch_ids_by_code,
    business_by_id,
    employee_ids_by_code,
    identity_key,
)
from core.errors import NotFound, Problem
from core.spelling import number
from core.tenancy import active_business_id, operation
from core.text import normalise, normalise_code
from customers.operations import CustomerHint, NewLine
from customers.operations.purchases.context import check_context, fields_for, with_context
from customers.operations.purchases.draft import Setting, draft_of
from outbox.operations import publish
from payments.enums import PAYMENT_MOVES, PaymentMethod, PaymentState, check_move
from payments.enums.debits import Collects
from payments.events import PaymentFailed
from payments.models import Payment
from payments.models.tokens import new_public_token
from payments.operations.covers.off import free_covers
from payments.operations.sale import SOURCE, hint_to_json, line_to_json, purchase_of
from payments.queries import accounts_for, limits_of
from payments.queries.deposits import receiving_accounts
from payments.queries.links import checkout_policy, mobile_in

PAYABLE_FOR: Final = timedelta(hours=24)
_MAX_EXTERNAL_ID: Final = 200
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_MAX_DESCRIPTION: Final = 500
_MAX_URL: Final = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """A payment as it now stands. `repeated`: it was asked for before with the same content."""

    id: UUID
    state: PaymentState
    pay_token: str
    repeated: bool


@dataclass(frozen=True, slots=True)
class Debt:
    """What a payment pays instead of a sale of its own: what `customer_id` owes of a purchase."""

    customer_id: UUID
    purchase_id: UUID | None


@operation
def create_payment(
    *,
    external_id: str,
    amount_rial: int,
    description: str = "",
    return_url: str = "",
    customer: CustomerHint | None = None,
    lines: Sequence[NewLine] = (),
    context: Mapping[str, Any] = _NOTHING,
    branch_code: str | None = None,
    employee_code: str | None = None,
    method: PaymentMethod = PaymentMethod.GATEWAY,
    debt: Debt | None = None,
    prepaid: bool = False,
    judged: bool = False,
    payable_for: timedelta = PAYABLE_FOR,
    now: datetime,
) -> Asked:
    """Ask for a sum once per external_id. Only a gateway's limits bind, and only its method.

    One that pays a `debt` records no sale when it is paid, nor does a `prepaid` one (gift cards).
    `judged`: what it says was held against the fields when it was told or promised.

    Everything recording its purchase could refuse is refused now, before any money moves.
    Raises Problem: `no_provider_account`, `amount_out_of_range`, `external_id_conflict`,
    `invalid_return_url`, and those of recording a purchase.
    """
    payment = Payment(
        external_id=normalise_code(external_id)[:_MAX_EXTERNAL_ID],
        amount_rial=amount_rial,
        method=method,
        collects=_collects(debt, prepaid=prepaid),
        debtor_id=debt.customer_id if debt else None,
        purchase_id=debt.purchase_id if debt else None,
        description=normalise(description)[:_MAX_DESCRIPTION],
        return_url=checked_url(return_url),
        customer_hint=hint_to_json(customer),
        lines=[line_to_json(line) for line in with_context(lines, context)],
        branch_code=normalise_code(branch_code or ""),
        employee_code=normalise_code(employee_code or ""),
        pay_token=new_public_token(active_business_id()),
        created_at=now,
        expires_at=now + payable_for,
    )
    payment.fingerprint = _fingerprint(payment)
    payment.remind_at = _reminder(payment)
    return _known(payment) or _write(payment, None if judged else context, now)


@operation
def cancel_payment(*, payment_id: UUID, now: datetime) -> PaymentState:
    """Take the question back while no money can be on its way.

    Raises NotFound, or Problem `payment_not_cancellable` once a buyer was sent to the bank and
    the end of that try is not known, or the payment is over.
    """
    payment = locked(payment_id)
    if payment.state == PaymentState.CANCELLED:
        return PaymentState.CANCELLED
    if payment.state != PaymentState.CREATED:
        raise Problem(
            "payment_not_cancellable",
            _("This payment is at the bank or over; it cannot be cancelled now."),
            status=HTTPStatus.CONFLICT,
            extra={"payment_status": payment.state},
        )
    end_unpaid(payment, PaymentState.CANCELLED, now)
    return PaymentState.CANCELLED


@operation
def expire_payment(*, payment_id: UUID, now: datetime) -> bool:
    """End a payment nobody paid in time; return whether it was due."""
    payment = locked(payment_id)
    if payment.state != PaymentState.CREATED or payment.expires_at > now:
        return False
    end_unpaid(payment, PaymentState.EXPIRED, now)
    return True


def end_unpaid(payment: Payment, state: PaymentState, now: datetime) -> None:
    """Close a payment for good without money and announce it."""
    free_covers(payment, now)
    move_payment(payment, state)
    publish([failed_event(payment, reason=state, final=True)], now=now)


def move_payment(payment: Payment, state: PaymentState) -> None:
    """Write a payment's next state, if it may follow."""
    check_move(PAYMENT_MOVES, payment.state, state)
    payment.state = state
    payment.save(update_fields=["state", "settled_at", "purchase"])


def failed_event(payment: Payment, *, reason: str, final: bool) -> PaymentFailed:
    """Return the event of a try or a payment that ended without money."""
    return PaymentFailed(
        payment_id=payment.id,
        external_id=payment.external_id,
        amount_rial=payment.amount_rial,
        reason=reason,
        final=final,
    )


def locked(payment_id: UUID) -> Payment:
    """Return a payment, its row locked. Raises NotFound."""
    payment = Payment.objects.select_for_update().filter(id=payment_id).first()
    if payment is None:
        raise NotFound(_("There is no such payment."))
    return payment


def _collects(debt: Debt | None, *, prepaid: bool) -> Collects:
    if prepaid:
        return Collects.PREPAID
    return Collects.RECEIVABLE if debt else Collects.SALE


def _known(payment: Payment) -> Asked | None:
    earlier = Payment.objects.filter(external_id=payment.external_id).first()
    if earlier is None:
        return None
    if earlier.fingerprint != payment.fingerprint:
        raise Problem(
            "external_id_conflict",
            _("Another payment with this number and other content exists."),
            status=HTTPStatus.CONFLICT,
            extra={"payment_id": str(earlier.id)},
        )
    return Asked(earlier.id, PaymentState(earlier.state), earlier.pay_token, repeated=True)


def _write(payment: Payment, context: Mapping[str, Any] | None, now: datetime) -> Asked:
    if payment.method == PaymentMethod.GATEWAY:
        _check_amount(payment.amount_rial)
    check_sale(payment, now, context)
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
    except IntegrityError:
        # Somebody asked for the same a moment ago; theirs stands.
        if earlier := _known(payment):
            return earlier
        raise
    return Asked(payment.id, PaymentState(payment.state), payment.pay_token, repeated=False)


def _reminder(payment: Payment) -> datetime | None:
    policy = checkout_policy()
    # A debt has reminders of its own.
    if not policy.is_on or payment.debtor_id is not None or mobile_in(payment) is None:
        return None
    return payment.created_at + timedelta(minutes=policy.after_minutes)


def _check_amount(amount_rial: int) -> None:
    """Refuse what no gateway takes; a sum beyond all of them may still come by transfer."""
    ranges = [limits_of(account) for account in accounts_for("gateway")]
    by_transfer = amount_rial > 0 and receiving_accounts().exists()
    if not ranges and not by_transfer:
        raise Problem(
            "no_provider_account",
            _("First connect a payment gateway in the settings."),
            status=HTTPStatus.CONFLICT,
        )
    if not ranges or any(least <= amount_rial <= most for least, most in ranges):
        return
    smallest, largest = min(least for least, _most in ranges), max(most for _, most in ranges)
    if amount_rial < smallest or not by_transfer:
        raise Problem(
            "amount_out_of_range",
            _("The gateway takes payments from %(min)s to %(max)s rial.")
            % {"min": number(smallest), "max": number(largest)},
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={"amount": [_("The amount is outside the gateway's limits.")]},
        )


def check_sale(payment: Payment, now: datetime, context: Mapping[str, Any] | None) -> None:
    """Refuse what recording its purchase could refuse, and fix the price of each line.

    What is said of it is held against the business's fields here, once: what is paid is recorded.
    None: it was before.
    """
    business_id = active_business_id()
    setting = Setting(
        identity_key=identity_key(business_id),
        zone=business_by_id(business_id).timezone,
        branches=branch_ids_by_code([payment.branch_code]),
        employees=employee_ids_by_code([payment.employee_code]),
        source=SOURCE,
        now=now,
    )
    purchase = purchase_of(payment)
    if context is not None:
        said = fields_for([context, *(line.attributes for line in purchase.lines)])
        check_context(said, context, purchase.lines)
    draft = draft_of(purchase, setting)
    # The price of each line is fixed now, as the buyer will see it.
    for kept, row in zip(payment.lines, draft.lines, strict=True):
        kept["total_rial"] = row["total_rial"]


def checked_url(url: str, field: str = "return_url") -> str:
    """Return an address to send a buyer to. Raises Problem `invalid_return_url`."""
    if url and not _is_web_address(url):
        raise Problem(
            "invalid_return_url",
            _("The return address must begin with https:// or http://."),
            fields={field: [_("Give a web address.")]},
        )
    return url


def _is_web_address(url: str) -> bool:
    if len(url) > _MAX_URL or any(sign < " " or sign == "\x7f" for sign in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that are no address
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _fingerprint(payment: Payment) -> str:
    said: dict[str, Any] = {
        name: getattr(payment, name)
        for name in (
            "amount_rial",
            "description",
            "return_url",
            "customer_hint",
            "lines",
            "branch_code",
            "employee_code",
        )
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
