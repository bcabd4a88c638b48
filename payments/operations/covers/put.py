"""Covering part of a payment with a gift card or coupon, and paying one that is covered whole."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import operation
from payments.enums import BookAccount, PaymentMethod, PaymentState
from payments.enums.covers import CoverKind, CoverState
from payments.enums.debits import Collects
from payments.enums.deposits import IdentifierState
from payments.models import DepositIdentifier, Payment, PaymentCover
from payments.operations.covers.keeper import Covering, ToCover, the_keeper
from payments.operations.covers.off import (
    HELD_FOR,
    MARGIN,
    held_for,
    save_sums,
    shifted,
    take_off,
)
from payments.operations.create import locked
from payments.operations.take_in import MoneyIn, take_in
from payments.queries import accounts_for, limits_of
from payments.queries.links import mobile_in

_ASKED: tuple[IdentifierState, ...] = (IdentifierState.PENDING, IdentifierState.ACTIVE)


@operation
def cover_payment(*, payment_id: UUID, code: str, now: datetime) -> None:
    """Hold a gift card or coupon for a payment nobody is paying yet; the rest is to be paid.

    Naming the same one again changes nothing. Raises NotFound, Problem `payment_not_open`,
    `transfer_begun`, `covered_already`, `rest_too_small` and what holding the thing raises.
    """
    payment = locked(payment_id)
    _check_open(payment, now)
    until = now + HELD_FOR
    found = the_keeper().hold(code, _as_asked(payment), until + MARGIN, now)
    if found is not None:
        _put(payment, found, until, now)


@operation
def cover_by_credit(*, payment_id: UUID, now: datetime) -> None:
    """Hold the payer's store credit for a payment nobody is paying yet, as far as it goes.

    Whoever calls has the payer's proof. Doing it again changes nothing. Raises NotFound, Problem
    `payment_not_open`, `transfer_begun`, `covered_already`, `rest_too_small`, `buyer_unknown`,
    `insufficient_store_credit` (409).
    """
    payment = locked(payment_id)
    _check_open(payment, now)
    until = now + HELD_FOR
    for found in the_keeper().credit(_as_asked(payment), until + MARGIN, now):
        _put(payment, found, until, now)


@operation
def uncover_payment(*, payment_id: UUID, cover_id: UUID, now: datetime) -> None:
    """Let go of one thing held for a payment. Letting go twice is letting go once.

    Raises NotFound, Problem `payment_not_open` while or after somebody pays.
    """
    payment = locked(payment_id)
    cover = PaymentCover.objects.filter(id=cover_id, payment=payment).first()
    if cover is None:
        raise NotFound(_("Nothing is held under this number."))
    if cover.state == CoverState.FREED:
        return
    if payment.state != PaymentState.CREATED:
        raise _not_open()
    take_off(payment, cover, now)


@operation
def finish_covered(*, payment_id: UUID, now: datetime) -> None:
    """Settle a payment of which nothing is left to pay. Doing it twice is doing it once.

    Raises NotFound, Problem `payment_not_payable`.
    """
    payment = locked(payment_id)
    if payment.state == PaymentState.SETTLED:
        return
    late = payment.expires_at <= now
    if payment.state != PaymentState.CREATED or payment.amount_rial or late:
        raise Problem(
            "payment_not_payable",
            _("This payment cannot be paid now."),
            status=HTTPStatus.CONFLICT,
            extra={"payment_status": payment.state},
        )
    nothing = MoneyIn(
        method=PaymentMethod.GIFT_CARD, provider="", place=(BookAccount.GIFT_CARDS, "")
    )
    take_in(payment, nothing, now)


def _check_open(payment: Payment, now: datetime) -> None:
    is_open = payment.state == PaymentState.CREATED and payment.expires_at > now
    if not is_open or payment.collects != Collects.SALE:
        raise _not_open()
    if not payment.amount_rial:
        raise Problem(
            "covered_already",
            _("Nothing is left to pay."),
            status=HTTPStatus.CONFLICT,
            fields={"code": [_("Nothing is left to pay.")]},
        )
    if DepositIdentifier.objects.filter(payment=payment, state__in=_ASKED).exists():
        detail = _("A transfer was begun for this sum; it cannot be made smaller any more.")
        raise Problem(
            "transfer_begun", detail, status=HTTPStatus.CONFLICT, fields={"code": [detail]}
        )


def _as_asked(payment: Payment) -> ToCover:
    least = [limits_of(account)[0] for account in accounts_for("gateway")]
    return ToCover(
        lines=payment.lines,
        asked_rial=payment.amount_rial + payment.covered_rial,
        due_rial=payment.amount_rial,
        least_rial=min(least, default=0),
        mobile=mobile_in(payment) or "",
        holds=[cover.hold_id for cover in held_for(payment)],
    )


def _put(payment: Payment, found: Covering, until: datetime, now: datetime) -> None:
    payment.amount_rial -= found.amount_rial
    if found.kind is CoverKind.COUPON:
        payment.discount_rial += found.amount_rial
        payment.lines = shifted(payment.lines, found.off_lines)
    else:
        payment.covered_rial += found.amount_rial
    save_sums(payment)
    PaymentCover.objects.create(
        id=new_id(),
        payment=payment,
        kind=found.kind,
        hold_id=found.hold_id,
        amount_rial=found.amount_rial,
        label=found.label,
        off_lines=list(found.off_lines) if payment.lines else [],
        held_at=now,
        held_until=until,
    )


def _not_open() -> Problem:
    return Problem(
        "payment_not_open",
        _("This payment is at the bank or over; nothing about it can be changed now."),
        status=HTTPStatus.CONFLICT,
    )
