"""A browser comes back from the bank: where to look, and no proof of anything."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.tenancy import acting_for
from payments.enums import CHECKABLE, ENDED, AttemptState, FoundBy, PaymentState
from payments.models import PaymentAttempt, ProviderCall
from payments.models.tokens import business_of_token
from payments.operations.check import check_attempt
from payments.operations.settle import hold, move_attempt, note_card, orphan
from payments.operations.trouble import alert_forged
from payments.operations.wire import keep_call, line_to, session_of
from payments.providers import adapter_of
from payments.providers.contract import CallbackClaim, Evidence, Outcome, Standing
from payments.providers.talk import masked

logger = logging.getLogger(__name__)

# Evidence, not an archive: an address somebody keeps hitting must not fill the table.
_KEPT_CALLBACKS: Final = 20
_KEPT_CHARS: Final = 100
# What looked unpaid until the buyer came back: then the bank has the money and returns it.
_NEVER_PAID: Final = frozenset({AttemptState.EXPIRED, AttemptState.DECLINED})


@dataclass(frozen=True, slots=True)
class Return:
    """Where a returning buyer belongs."""

    business_id: UUID
    payment_id: UUID
    pay_token: str
    return_url: str
    state: PaymentState


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A callback whose two tokens agree."""

    business_id: UUID
    attempt_id: UUID
    state: AttemptState
    claim: CallbackClaim


def handle_callback(*, token: str, params: Mapping[str, str], now: datetime) -> Return:
    """Take in a return from the bank; repeatable, in any number, by GET or POST, without cookies.

    Run outside any scope. Our token in the path and the provider's in the parameters must belong
    to one attempt. Raises NotFound for an unknown token, Problem `callback_mismatch` when they
    do not agree; neither changes anything.
    """
    business_id = business_of_token(token)
    if business_id is None:
        raise _unknown()
    arrival = _locate(business_id, token, params, now)
    if arrival.state in ENDED:
        _look_for_orphan(arrival, now)
    elif arrival.state in CHECKABLE:
        check_attempt(
            business_id=business_id,
            attempt_id=arrival.attempt_id,
            claims_success=arrival.claim.claims_success,
            claims_failure=not arrival.claim.claims_success,
            now=now,
        )
    return _place(arrival)


def _locate(business_id: UUID, token: str, params: Mapping[str, str], now: datetime) -> _Arrival:
    with acting_for(business_id):
        attempts = PaymentAttempt.objects.select_related("account")
        attempt = attempts.filter(callback_token=token).first()
        if attempt is None:
            raise _unknown()
        claim = adapter_of(attempt.account.provider).parse_callback(params)
        agrees = claim is not None and claim.authority == attempt.authority
        _keep(attempt, params, Outcome.PENDING if agrees else Outcome.MISMATCH, now)
        if claim is not None and agrees:
            _mark_returned(attempt.id, claim, now)
            return _Arrival(business_id, attempt.id, AttemptState(attempt.state), claim)
        claimed = _kept(claim.authority) if claim else ""
        others = attempts.filter(account_id=attempt.account_id, authority=claimed)
        known = bool(claimed) and others.exists()
        alert_forged(attempt, claimed=claimed, known=known, now=now)
    logger.warning("callback mismatch: attempt %s", attempt.id)
    raise Problem(
        "callback_mismatch",
        _("This return address does not fit this payment."),
        status=HTTPStatus.BAD_REQUEST,
    )


def _keep(
    attempt: PaymentAttempt, params: Mapping[str, str], outcome: Outcome, now: datetime
) -> None:
    kept = ProviderCall.objects.filter(attempt=attempt, operation="callback").count()
    if kept >= _KEPT_CALLBACKS:
        return
    said = {_kept(name): _kept(value) for name, value in list(params.items())[:10]}
    keep_call(
        account_id=attempt.account_id,
        attempt_id=attempt.id,
        operation="callback",
        outcome=outcome,
        evidence=Evidence(asked={}, answered=masked(said)),
        now=now,
    )


def _kept(said: str) -> str:
    """Cut a text of anybody's to what can be stored."""
    return said[:_KEPT_CHARS].replace("\x00", "")


def _mark_returned(attempt_id: UUID, claim: CallbackClaim, now: datetime) -> None:
    attempt = hold(attempt_id).attempt
    # A confirmed try keeps the references it was confirmed with.
    if claim.claims_success and claim.references and attempt.confirmed_at is None:
        said = masked(claim.references)
        attempt.callback_references = {name: _kept(value) for name, value in said.items()}
        attempt.save(update_fields=["callback_references"])
    note_card(attempt, claim.masked_pan, claim.reason)
    if attempt.state == AttemptState.REDIRECTED:
        lease = attempt.leased_until
        attempt.returned_at = now
        attempt.next_check_at = now
        move_attempt(attempt, AttemptState.RETURNED, now)
        # Whoever is asking already goes on asking.
        PaymentAttempt.objects.filter(id=attempt_id).update(leased_until=lease)


def _look_for_orphan(arrival: _Arrival, now: datetime) -> None:
    """A success for a try that was over: believe only the provider, then send the money back."""
    if not arrival.claim.claims_success:
        return
    with acting_for(arrival.business_id):
        attempt = PaymentAttempt.objects.select_related("account").get(id=arrival.attempt_id)
        line = line_to(attempt.account, attempt_id=attempt.id, now=now)
        session = session_of(attempt)
    # Where nobody can be asked the provider returns by itself what we did not confirm.
    asks = line.gateway.capabilities.inquiry
    inquiry = line.inquire(session) if asks else None
    standing = inquiry.standing if inquiry else Standing.RETURNED
    with acting_for(arrival.business_id, durable=True):
        held = hold(arrival.attempt_id)
        if standing in {Standing.PAID_UNCONFIRMED, Standing.CONFIRMED}:
            told = inquiry.amount_rial if inquiry else None
            orphan(held, FoundBy.CALLBACK, now, told_rial=told)
        elif standing is Standing.RETURNED and held.attempt.state in _NEVER_PAID:
            move_attempt(held.attempt, AttemptState.AUTO_RETURNED, now)


def _place(arrival: _Arrival) -> Return:
    with acting_for(arrival.business_id):
        attempt = PaymentAttempt.objects.select_related("payment").get(id=arrival.attempt_id)
        payment = attempt.payment
        return Return(
            business_id=arrival.business_id,
            payment_id=payment.id,
            pay_token=payment.pay_token,
            return_url=payment.return_url,
            state=PaymentState(payment.state),
        )


def _unknown() -> NotFound:
    return NotFound(_("There is no such payment."))
