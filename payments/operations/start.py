"""Sending a buyer to the bank: intent first, then the wire, then the redirect."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final
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
from payments.operations.breaker import note_answer
from payments.operations.check import check_attempt
from payments.operations.covers.off import keep_covers
from payments.operations.create import expire_payment, locked, move_payment
from payments.operations.route import choose_account
from payments.operations.schedule import PREPARING, SWEEP_EVERY, next_while_open
from payments.operations.settle import Held, close, end, hold, move_attempt, tell_ended
from payments.operations.wire import Line, line_to
from payments.providers.contract import (
    CartItem,
    Opened,
    Outcome,
    PaymentRequest,
    Redirect,
    WireUnit,
)
from payments.queries.windows import manner_of

_NO_TOKEN: Final = {
    Outcome.DECLINED: AttemptState.DECLINED,
    Outcome.NOT_ATTEMPTED: AttemptState.NOT_ATTEMPTED,
}
_VAIN_TRIES: Final = 10
_VAIN_WITHIN: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Intent:
    """A committed try, ready for the wire."""

    attempt_id: UUID
    line: Line
    request: PaymentRequest
    tried: tuple[UUID, ...]
    later: bool


@dataclass(frozen=True, slots=True)
class _Underway:
    """A try that was begun before and is not over."""

    attempt_id: UUID


def start_attempt(
    *, business_id: UUID, payment_id: UUID, later: bool = False, now: datetime
) -> Redirect:
    """Return the way to the bank for a payment; run outside any scope, it calls the wire.

    `later`: the buyer would pay a partner in instalments, and no gateway follows in its place.

    A try already under way is asked about first: it is resumed, or found paid, or ended and
    followed by a new one. Two buyers' clicks never leave two open tries. A provider that was not
    reached at all is followed by the next account within the same click. Raises NotFound or
    Problem `payment_not_payable`, `payment_being_checked`, `gateway_unavailable`.
    """
    step = _prepare(business_id, payment_id, now, later=later)
    if isinstance(step, _Underway):
        asked = check_attempt(business_id=business_id, attempt_id=step.attempt_id, now=now)
        resumed = _resumed(business_id, step.attempt_id, now, asked=asked, later=later)
        if resumed:
            return resumed
        step = _prepare(business_id, payment_id, now, later=later)
        if isinstance(step, _Underway):
            raise _being_checked()
    way: Redirect | _Intent = step
    while isinstance(way, _Intent):
        way = _opened(way, way.line.request(way.request), now)
    return way


def _prepare(
    business_id: UUID, payment_id: UUID, now: datetime, *, later: bool
) -> _Intent | _Underway:
    with acting_for(business_id, durable=True):
        expire_payment(payment_id=payment_id, now=now)
        payment = locked(payment_id)
        live = PaymentAttempt.objects.filter(payment=payment, state__in=EXCLUSIVE).first()
        if live is not None and payment.state == PaymentState.PROCESSING:
            return _Underway(live.id)
        if payment.state == PaymentState.CREATED:
            keep_covers(payment, now)
            return _intend(payment, (), now, later=later)
        state = payment.state
    raise Problem(
        "payment_not_payable",
        _("This payment cannot be paid now."),
        status=HTTPStatus.CONFLICT,
        extra={"payment_status": state},
    )


def _intend(payment: Payment, tried: tuple[UUID, ...], now: datetime, *, later: bool) -> _Intent:
    route = None
    if not _too_many(payment, now):
        route = choose_account(payment=payment, later=later, tried=tried, now=now)
    if route is None:
        raise _unavailable()
    account = route.account
    attempt = PaymentAttempt(
        payment=payment,
        account=account,
        number=PaymentAttempt.objects.filter(payment=payment).count() + 1,
        callback_token=new_public_token(active_business_id()),
        sent_amount=payment.amount_rial,
        wire_unit=WireUnit.IRR,
        route={**route.why, "later": True} if later else route.why,
        started_at=now,
        next_check_at=now + PREPARING,
        leased_until=now + PREPARING,
    )
    line = line_to(account, attempt_id=attempt.id, now=now)
    attempt.adapter_version = line.gateway.version
    attempt.save(force_insert=True)
    move_payment(payment, PaymentState.PROCESSING)
    if account.next_sweep_at is None and line.gateway.capabilities.list_unverified:
        ProviderAccount.objects.filter(id=account.id).update(next_sweep_at=now + SWEEP_EVERY)
    return _Intent(attempt.id, line, _request(payment, attempt), (*tried, account.id), later)


def _too_many(payment: Payment, now: datetime) -> bool:
    """While gateways are down, somebody who keeps clicking must not fill the tables."""
    vain = PaymentAttempt.objects.filter(
        payment=payment,
        state__in=[AttemptState.NOT_ATTEMPTED, AttemptState.ABANDONED, AttemptState.EXPIRED],
        started_at__gt=now - _VAIN_WITHIN,
    )
    return vain.count() >= _VAIN_TRIES


def _request(payment: Payment, attempt: PaymentAttempt) -> PaymentRequest:
    hint = CustomerHint(**payment.customer_hint)
    return PaymentRequest(
        reference=str(attempt.id),
        number=attempt.wire_number,
        amount_rial=payment.amount_rial,
        description=payment.description or payment.external_id,
        callback_url=settings.BASE_URL
        + reverse("payments:callback", args=[attempt.callback_token]),
        mobile=hint.mobile or "",
        email=hint.email or "",
        items=tuple(_item(line) for line in payment.lines),
    )


def _item(line: dict[str, Any]) -> CartItem:
    """Return a line as a partner's cart wants it; a part of a piece is one piece."""
    quantity = Decimal(line["quantity"])
    whole = int(quantity) if quantity == int(quantity) else 1
    return CartItem(
        sku=line["sku"],
        name=line["name"] or line["sku"],
        category=line["category"],
        quantity=whole,
        unit_price_rial=line["unit_price_rial"] if whole == quantity else line["total_rial"],
        total_rial=line["total_rial"],
    )


def _opened(intent: _Intent, opened: Opened, now: datetime) -> Redirect | _Intent:
    """Send the buyer to the session, or try the next account if nothing was begun at this one."""
    with acting_for(intent.line.business_id, durable=True):
        held = hold(intent.attempt_id)
        attempt = held.attempt
        attempt.last_outcome = opened.outcome
        attempt.last_code = opened.evidence.code
        attempt.last_message = opened.evidence.message
        note_answer(attempt.account_id, opened.outcome, opened.evidence, now)
        if attempt.state != AttemptState.CREATED:
            # Given up meanwhile: nobody may be sent to a session we no longer watch.
            attempt.save()
        elif opened.outcome is Outcome.OK:
            return _sent(intent.line, attempt, opened, now)
        else:
            # No buyer was sent there, so even an unknown session cannot take money.
            close(held, _NO_TOKEN.get(opened.outcome, AttemptState.ABANDONED), now)
            if opened.outcome is Outcome.NOT_ATTEMPTED and (instead := _instead(held, intent, now)):
                return instead
            tell_ended(held, now)
    raise _unavailable()


def _sent(line: Line, attempt: PaymentAttempt, opened: Opened, now: datetime) -> Redirect:
    attempt.authority = opened.authority
    attempt.bank_address = opened.address
    attempt.redirected_at = now
    attempt.next_check_at = next_while_open(now, now, manner_of(attempt.account).window)
    move_attempt(attempt, AttemptState.REDIRECTED, now)
    return _way(line, attempt)


def _instead(held: Held, intent: _Intent, now: datetime) -> _Intent | None:
    if held.payment.expires_at <= now:
        return None
    try:
        return _intend(held.payment, intent.tried, now, later=intent.later)
    except Problem as problem:
        if problem.code != "gateway_unavailable":
            raise
        return None


def _resumed(
    business_id: UUID, attempt_id: UUID, now: datetime, *, asked: bool, later: bool
) -> Redirect | None:
    """Return the way back to a try under way.

    Where the page opens once, or the buyer changed their mind about paying later, a try the
    provider just called unpaid is ended instead, so that a new one follows; money that comes to it
    after all goes back as nobody's.
    """
    with acting_for(business_id, durable=True):
        held = hold(attempt_id)
        attempt = held.attempt
        payable = attempt.state in {AttemptState.REDIRECTED, AttemptState.RETURNED}
        if not payable or attempt.leased_until is not None or attempt.doubts:
            return None
        line = line_to(attempt.account, attempt_id=attempt.id, now=now)
        if _is_wanted(attempt, later=later) and not line.gateway.capabilities.page_once:
            return _way(line, attempt)
        if asked:
            end(held, AttemptState.EXPIRED, now)
        return None


def _is_wanted(attempt: PaymentAttempt, *, later: bool) -> bool:
    return bool(attempt.route.get("later")) is later


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
