"""Carts a shop tells of before payment, and the one way back to those left (C021)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import acting_for, operation
from core.text import normalise, normalise_code
from customers.operations import CustomerHint, NewLine
from customers.operations.purchases.context import with_context
from outbox.operations import publish
from payments.enums.links import RecoveryArm
from payments.events import CheckoutAbandoned
from payments.models import Cart, CheckoutRecovery, Payment
from payments.operations.create import Asked, check_sale, checked_url, create_payment
from payments.operations.links.remind import WayBack, drawn_arm, remind_by_sms
from payments.operations.sale import hint_to_json, line_from_json, line_to_json
from payments.queries import pay_url
from payments.queries.links import cart_by_id, checkout_policy, mobile_in, recovery_of_cart

GOOD_FOR: Final = timedelta(days=7)
_MAX_EXTERNAL_ID: Final = 200
_MAX_TITLE: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCart:
    """A cart as it is now; lines, when given, add up to the amount.

    `context` holds of every line that does not say otherwise.
    """

    external_id: str
    amount_rial: int
    title: str = ""
    customer: CustomerHint | None = None
    lines: Sequence[NewLine] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    resume_url: str = ""
    return_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A cart that was told; `is_new`: for the first time."""

    id: UUID
    is_new: bool


@operation
def tell_cart(*, cart: NewCart, now: datetime) -> Told:
    """Keep a cart as it is now; told again under its number it changes and opens again.

    Whatever its payment could be refused for later is refused now. The clock of its reminder begins
    anew with each change, until it was decided about once.
    Raises Problem `invalid_amount`, `invalid_return_url` and those of recording a purchase.
    """
    if cart.amount_rial <= 0:
        raise Problem("invalid_amount", _("An amount must be more than zero."), about="amount")
    said = _as_payment(cart, now)
    check_sale(said, now, cart.context)
    values = {
        "amount_rial": said.amount_rial,
        "title": said.description,
        "mobile": mobile_in(said) or "",
        "customer_hint": said.customer_hint,
        "lines": said.lines,
        "resume_url": checked_url(cart.resume_url, "resume_url"),
        "return_url": said.return_url,
    }
    row = _held(external_id=said.external_id)
    if row is None:
        row = Cart(external_id=said.external_id, created_at=now)
        return _write(row, values, now)
    changed = {name for name, value in values.items() if getattr(row, name) != value}
    return _write(row, values, now) if changed or row.closed_at else Told(id=row.id, is_new=False)


@operation
def close_cart(*, cart_id: UUID, now: datetime) -> None:
    """Note that a cart was emptied: nobody is reminded of it. Raises NotFound."""
    row = _named(cart_id)
    if row.closed_at is None:
        row.closed_at, row.remind_at = now, None
        row.save(update_fields=["closed_at", "remind_at"])


@operation
def pay_cart(*, cart_id: UUID, now: datetime) -> Asked:
    """Ask for the payment of a cart, under its number; the same one again while nothing changed.

    Raises NotFound, Problem `cart_closed`, and those of asking for a payment.
    """
    row = _named(cart_id)
    if row.closed_at is not None:
        raise Problem("cart_closed", _("This cart was emptied."), status=HTTPStatus.CONFLICT)
    return _payment_of(row, now)


def remind_of_cart(*, business_id: UUID, cart_id: UUID, now: datetime) -> bool:
    """Decide about one cart whose moment has come; return whether it was due.

    Run outside any scope, under the worker role. One whose payment was asked for is a checkout,
    and its payment has the reminder.
    """
    with acting_for(business_id, durable=True):
        row = _held(id=cart_id)
        if row is None or row.remind_at is None or row.remind_at > now:
            return False
        row.remind_at = None
        row.save(update_fields=["remind_at"])
        if not Payment.objects.filter(external_id=row.external_id).exists():
            _decide(row, now)
        return True


def _decide(row: Cart, now: datetime) -> None:
    known = cart_by_id(row.id)
    arm = RecoveryArm.SKIPPED if known is None or known.bought else drawn_arm(row.id)
    url = _way_back(row, now) if arm is RecoveryArm.REMINDED else ""
    if arm is RecoveryArm.REMINDED and not url:
        arm = RecoveryArm.SKIPPED
    recovery = CheckoutRecovery(id=new_id(), cart=row, arm=arm, at=now, amount_rial=row.amount_rial)
    if url:
        way_back = WayBack(
            row_id=row.id,
            mobile=row.mobile,
            amount_rial=row.amount_rial,
            url=url,
            expires_at=row.expires_at,
        )
        recovery.message_id = remind_by_sms(way_back=way_back, now=now)
    recovery.save(force_insert=True)
    event = CheckoutAbandoned(
        payment_id=None,
        cart_id=row.id,
        external_id=row.external_id,
        amount_rial=row.amount_rial,
        reminded=arm is RecoveryArm.REMINDED,
    )
    publish([event], now=now)


def _way_back(row: Cart, now: datetime) -> str:
    """Return where its buyer goes on; "" where no gateway would take it."""
    if row.resume_url:
        return row.resume_url
    try:
        return pay_url(_payment_of(row, now).pay_token)
    except Problem:
        return ""


def _payment_of(row: Cart, now: datetime) -> Asked:
    return create_payment(
        external_id=row.external_id,
        amount_rial=row.amount_rial,
        description=row.title,
        return_url=row.return_url,
        customer=CustomerHint(**row.customer_hint),
        lines=[line_from_json(line) for line in row.lines],
        judged=True,
        now=now,
    )


def _write(row: Cart, values: dict[str, object], now: datetime) -> Told:
    is_new = row._state.adding
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at, row.expires_at, row.closed_at = now, now + GOOD_FOR, None
    row.remind_at = _reminder(row, is_new=is_new)
    try:
        with transaction.atomic():
            row.save(force_insert=is_new)
    except IntegrityError as error:
        # Somebody told the same cart a moment ago: the shop tells it again.
        raise Problem(
            "cart_conflict",
            _("This cart is being told by another request; try again."),
            status=HTTPStatus.CONFLICT,
        ) from error
    return Told(id=row.id, is_new=is_new)


def _reminder(row: Cart, *, is_new: bool) -> datetime | None:
    policy = checkout_policy()
    if not policy.is_on or not row.mobile or not (is_new or recovery_of_cart(row.id) is None):
        return None
    return row.changed_at + timedelta(minutes=policy.after_minutes)


def _as_payment(cart: NewCart, now: datetime) -> Payment:
    """Return the payment a cart would become, unsaved."""
    return Payment(
        external_id=normalise_code(cart.external_id)[:_MAX_EXTERNAL_ID],
        amount_rial=cart.amount_rial,
        description=normalise(cart.title)[:_MAX_TITLE],
        return_url=checked_url(cart.return_url),
        customer_hint=hint_to_json(cart.customer),
        lines=[line_to_json(line) for line in with_context(cart.lines, cart.context)],
        created_at=now,
        expires_at=now + GOOD_FOR,
    )


def _held(**named: object) -> Cart | None:
    return Cart.objects.select_for_update().filter(**named).first()


def _named(cart_id: UUID) -> Cart:
    row = _held(id=cart_id)
    if row is None:
        raise NotFound(_("There is no such cart."))
    return row
