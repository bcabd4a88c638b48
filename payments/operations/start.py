"""Sending a buyer to the bank: intent first, then the wire, then the redirect."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import acting_for, active_business_id
from customers.operations import CustomerHint
from payments.enums import EXCLUSIVE, AttemptState, PaymentState
from payments.models import Payment, PaymentAttempt, ProviderAccount
from payments.models.tokens import new_public_token
from payments.operations.check import check_attempt
from payments.operations.create import expire_payment, locked, move_payment
from payments.operations.schedule import PREPARING, SWEEP_EVERY, next_while_open
from payments.operations.settle import end, hold, move_attempt
from payments.operations.wire import Line, line_to
from payments.providers.contract import Opened, Outcome, PaymentRequest, Redirect, WireUnit
from payments.queries import accounts_for

_NO_TOKEN: Final = {
    Outcome.DECLINED: AttemptState.DECLINED,
    Outcome.NOT_ATTEMPTED: AttemptState.NOT_ATTEMPTED,
}


@dataclass(frozen=True, slots=True)
class _Intent:
    """A committed try, ready for the wire."""

    attempt_id: UUID
    line: Line
    request: PaymentRequest


@dataclass(frozen=True, slots=True)
class _Underway:
    """A try that was begun before and is not over."""

    attempt_id: UUID


def start_attempt(*, business_id: UUID, payment_id: UUID, now: datetime) -> Redirect:
    """Return the way to the bank for a payment; run outside any scope, it calls the wire.

    A try already under way is asked about first: it is resumed, or found paid, or ended and
    followed by a new one. Two buyers' clicks never open two sessions. Raises NotFound or Problem
    `payment_not_payable`, `payment_being_checked`, `gateway_unavailable`.
    """
    step = _prepare(business_id, payment_id, now)
    if isinstance(step, _Underway):
        check_attempt(business_id=business_id, attempt_id=step.attempt_id, now=now)
        resumed = _resumed(business_id, step.attempt_id, now)
        if resumed:
            return resumed
        step = _prepare(business_id, payment_id, now)
        if isinstance(step, _Underway):
            raise _being_checked()
    opened = step.line.request(step.request)
    return _opened(step, opened, now)


def _prepare(business_id: UUID, payment_id: UUID, now: datetime) -> _Intent | _Underway:
    with acting_for(business_id, durable=True):
        expire_payment(payment_id=payment_id, now=now)
        payment = locked(payment_id)
        live = PaymentAttempt.objects.filter(payment=payment, state__in=EXCLUSIVE).first()
        if live is not None and payment.state == PaymentState.PROCESSING:
            return _Underway(live.id)
        if payment.state == PaymentState.CREATED:
            return _intend(payment, now)
        state = payment.state
    raise Problem(
        "payment_not_payable",
        _("This payment cannot be paid now."),
        status=HTTPStatus.CONFLICT,
        extra={"payment_status": state},
    )


def _intend(payment: Payment, now: datetime) -> _Intent:
    account = next(iter(accounts_for("gateway")), None)
    if account is None:
        raise _unavailable()
    attempt = PaymentAttempt(
        payment=payment,
        account=account,
        number=PaymentAttempt.objects.filter(payment=payment).count() + 1,
        callback_token=new_public_token(active_business_id()),
        sent_amount=payment.amount_rial,
        wire_unit=WireUnit.IRR,
        started_at=now,
        next_check_at=now + PREPARING,
        leased_until=now + PREPARING,
    )
    line = line_to(account, attempt_id=attempt.id, now=now)
    attempt.adapter_version = line.gateway.version
    attempt.save(force_insert=True)
    move_payment(payment, PaymentState.PROCESSING)
    if account.next_sweep_at is None:
        ProviderAccount.objects.filter(id=account.id).update(next_sweep_at=now + SWEEP_EVERY)
    return _Intent(attempt.id, line, _request(payment, attempt))


def _request(payment: Payment, attempt: PaymentAttempt) -> PaymentRequest:
    hint = CustomerHint(**payment.customer_hint)
    return PaymentRequest(
        reference=str(attempt.id),
        amount_rial=payment.amount_rial,
        description=payment.description or payment.external_id,
        callback_url=settings.BASE_URL
        + reverse("payments:callback", args=[attempt.callback_token]),
        mobile=hint.mobile or "",
        email=hint.email or "",
    )


def _opened(intent: _Intent, opened: Opened, now: datetime) -> Redirect:
    with acting_for(intent.line.business_id, durable=True):
        held = hold(intent.attempt_id)
        attempt = held.attempt
        attempt.last_outcome = opened.outcome
        attempt.last_code = opened.evidence.code
        attempt.last_message = opened.evidence.message
        if attempt.state != AttemptState.CREATED:
            # Given up meanwhile: nobody may be sent to a session we no longer watch.
            attempt.save()
        elif opened.outcome is Outcome.OK:
            attempt.authority = opened.authority
            attempt.bank_address = opened.address
            attempt.redirected_at = now
            attempt.next_check_at = next_while_open(now, now)
            move_attempt(attempt, AttemptState.REDIRECTED, now)
            return _way(intent.line, attempt)
        else:
            # No buyer was sent there, so even an unknown session cannot take money.
            end(held, _NO_TOKEN.get(opened.outcome, AttemptState.ABANDONED), now)
    raise _unavailable()


def _resumed(business_id: UUID, attempt_id: UUID, now: datetime) -> Redirect | None:
    with acting_for(business_id):
        attempt = PaymentAttempt.objects.select_related("account").get(id=attempt_id)
        payable = attempt.state in {AttemptState.REDIRECTED, AttemptState.RETURNED}
        if not payable or attempt.leased_until is not None or attempt.doubts:
            return None
        return _way(line_to(attempt.account, attempt_id=attempt.id, now=now), attempt)


def _way(line: Line, attempt: PaymentAttempt) -> Redirect:
    if attempt.bank_address:
        return Redirect(url=attempt.bank_address)
    return line.gateway.redirect(line.account, attempt.authority or "")


def _being_checked() -> Problem:
    return Problem(
        "payment_being_checked",
        _("The bank is being asked about an earlier try; look again in a moment."),
        status=HTTPStatus.CONFLICT,
        headers={"Retry-After": "5"},
    )


def _unavailable() -> Problem:
    return Problem(
        "gateway_unavailable",
        _("The gateway could not be reached; nothing was taken. Please try again."),
        status=HTTPStatus.BAD_GATEWAY,
    )
