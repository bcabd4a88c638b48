"""Sending the whole money of an attempt back to its card."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import acting_for, operation
from customers.operations import record_return
from outbox.operations import publish
from payments.enums import (
    AttemptState,
    BookAccount,
    OrphanState,
    PaymentState,
    ReversalReason,
    ReversalState,
)
from payments.events import PaymentReversed
from payments.models import OrphanCapture, PaymentAttempt, Reversal
from payments.operations.create import locked, move_payment
from payments.operations.journal import post_money
from payments.operations.reserve import release, reserve
from payments.operations.schedule import LEASE, next_in_doubt
from payments.operations.settle import Held, hold, move_attempt, order_reversal
from payments.operations.wire import Line, line_to, session_of
from payments.providers import adapter_of
from payments.providers.contract import Evidence, Outcome, Session, Standing

_SOURCE: Final = "payment"
_YES: Final = frozenset({Outcome.OK, Outcome.ALREADY})


@dataclass(frozen=True, slots=True)
class ReversalInfo:
    """Where a reversal stands, with the provider's last word."""

    id: UUID
    state: ReversalState
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class _Work:
    reversal_id: UUID
    reason: ReversalReason
    line: Line
    session: Session


@dataclass(frozen=True, slots=True)
class _Word:
    """The provider's last word on sending money back. OK and ALREADY: it is back."""

    outcome: Outcome
    evidence: Evidence
    amount_rial: int


@operation
def request_reversal(*, payment_id: UUID, by: str, for_refund: bool = False, now: datetime) -> UUID:
    """Write down that a settled payment's whole money shall go back; return the reversal's id.

    Asking again returns the same one. `for_refund`: a refund goes this way and holds the money
    already. Raises NotFound, Problem `payment_not_reversible`, `reverse_window_over` or
    `refund_exceeds_payment`.
    """
    payment = locked(payment_id)
    attempt = PaymentAttempt.objects.filter(
        payment=payment, state__in=[AttemptState.CONFIRMED, AttemptState.REVERSED]
    ).first()
    if attempt is None or payment.state not in {PaymentState.SETTLED, PaymentState.REVERSED}:
        raise Problem(
            "payment_not_reversible",
            _("Only a paid payment can be sent back."),
            status=HTTPStatus.CONFLICT,
            extra={"payment_status": payment.state},
        )
    earlier = Reversal.objects.filter(attempt=attempt).exclude(state=ReversalState.FAILED).first()
    if earlier is not None:
        return earlier.id
    _check_window(attempt, now)
    row = order_reversal(hold(attempt.id), ReversalReason.REQUESTED, now, by=by)
    if not for_refund:
        reserve(payment_id, row.amount_rial)
        Reversal.objects.filter(id=row.id).update(reserved_rial=row.amount_rial)
    return row.id


def reverse_payment(*, business_id: UUID, payment_id: UUID, by: str, now: datetime) -> ReversalInfo:
    """Send a settled payment back and tell how it went; run outside any scope.

    While the provider's answer is unknown the state stays `requested` and the poller goes on.
    """
    with acting_for(business_id, durable=True):
        reversal_id = request_reversal(payment_id=payment_id, by=by, now=now)
    run_reversal(business_id=business_id, reversal_id=reversal_id, now=now)
    with acting_for(business_id):
        row = Reversal.objects.get(id=reversal_id)
        return ReversalInfo(row.id, ReversalState(row.state), row.last_code, row.last_message)


def run_reversal(*, business_id: UUID, reversal_id: UUID, now: datetime) -> bool:
    """Try to send money back once; return False when it is done or somebody else is at it."""
    work = _take(business_id, reversal_id, now)
    if work is None:
        return False
    word = _talk(work)
    with acting_for(business_id, durable=True):
        _apply(reversal_id, word, now)
    return True


def _check_window(attempt: PaymentAttempt, now: datetime) -> None:
    window = adapter_of(attempt.account.provider).capabilities.reverse_window
    if now > (attempt.confirmed_at or attempt.started_at) + window:
        raise Problem(
            "reverse_window_over",
            _("A payment can be sent back within %(minutes)s minutes; that time is over.")
            % {"minutes": int(window.total_seconds() // 60)},
            status=HTTPStatus.CONFLICT,
        )


def _take(business_id: UUID, reversal_id: UUID, now: datetime) -> _Work | None:
    with acting_for(business_id, durable=True):
        taken = Reversal.objects.filter(
            Q(leased_until=None) | Q(leased_until__lte=now),
            id=reversal_id,
            state=ReversalState.REQUESTED,
        ).update(leased_until=now + LEASE)
        if not taken:
            return None
        row = Reversal.objects.select_related("attempt__account").get(id=reversal_id)
        return _Work(
            reversal_id=row.id,
            reason=ReversalReason(row.reason),
            line=line_to(row.attempt.account, attempt_id=row.attempt_id, now=now),
            session=session_of(row.attempt),
        )


def _talk(work: _Work) -> _Word:
    """Always inquire first: the money may be back already, or not yet confirmed."""
    inquiry = work.line.inquire(work.session)
    session = work.session
    if inquiry.standing is Standing.RETURNED:
        return _Word(Outcome.ALREADY, inquiry.evidence, session.amount_rial)
    if inquiry.standing is Standing.PAID_UNCONFIRMED:
        session = _as_captured(work)
        confirmation = work.line.confirm(session)
        if confirmation.outcome not in _YES:
            return _Word(_doubt(confirmation.outcome), confirmation.evidence, session.amount_rial)
    elif inquiry.standing is not Standing.CONFIRMED:
        return _Word(Outcome.UNKNOWN, inquiry.evidence, session.amount_rial)
    answer = work.line.reverse(session)
    return _Word(answer.outcome, answer.evidence, session.amount_rial)


def _as_captured(work: _Work) -> Session:
    """Return the session with the amount really taken; only a confirmed one can be reversed."""
    if work.reason is not ReversalReason.MISMATCH:
        return work.session
    for row in work.line.list_unverified().rows:
        if row.authority == work.session.authority:
            return Session(
                authority=row.authority,
                amount_rial=row.amount_rial,
                reference=work.session.reference,
            )
    return work.session


def _doubt(outcome: Outcome) -> Outcome:
    """A confirmation refused on the way to a reversal decides nothing; the bank may yet return."""
    return Outcome.NOT_ATTEMPTED if outcome is Outcome.NOT_ATTEMPTED else Outcome.UNKNOWN


def _apply(reversal_id: UUID, word: _Word, now: datetime) -> None:
    attempt_id = Reversal.objects.values_list("attempt_id", flat=True).get(id=reversal_id)
    held = hold(attempt_id)
    row = Reversal.objects.select_for_update().get(id=reversal_id)
    if row.state != ReversalState.REQUESTED:
        return
    row.tries += 1
    row.leased_until = None
    row.amount_rial = word.amount_rial
    row.last_outcome = word.outcome
    row.last_code = word.evidence.code
    row.last_message = word.evidence.message
    row.next_try_at = next_in_doubt(row.tries - 1, now)
    if word.outcome in _YES:
        _returned(row, held, now)
    elif word.outcome in {Outcome.DECLINED, Outcome.MISMATCH} or row.next_try_at is None:
        _failed(row, now)
    row.save()


def _returned(row: Reversal, held: Held, now: datetime) -> None:
    row.state, row.done_at, row.next_try_at = ReversalState.RETURNED, now, None
    if row.reason == ReversalReason.ORPHAN:
        _close_orphan(row, OrphanState.RETURNED, now)
        return
    move_attempt(held.attempt, AttemptState.REVERSED, now)
    move_payment(held.payment, PaymentState.REVERSED)
    purchase_id = held.payment.purchase_id
    if purchase_id is not None:
        _return_purchase(purchase_id, row, now)
        _post(row, held, now)
    event = PaymentReversed(
        payment_id=held.payment.id,
        external_id=held.payment.external_id,
        purchase_id=purchase_id,
        amount_rial=row.amount_rial,
        reason=row.reason,
    )
    publish([event], now=now)


def _post(row: Reversal, held: Held, now: datetime) -> None:
    """The whole payment is undone in the books; a reversal gives the provider's fee back too."""
    attempt, amount = held.attempt, held.payment.amount_rial
    fee = attempt.fee_rial or 0
    post_money(
        kind="reversal",
        source_id=row.id,
        lines={
            (BookAccount.PROVIDER, str(attempt.account_id)): fee - amount,
            (BookAccount.FEES, ""): -fee,
            (BookAccount.REFUNDS, ""): amount,
        },
        now=now,
    )


def _return_purchase(purchase_id: UUID, row: Reversal, now: datetime) -> None:
    """Return what the payment paid for, as far as it has not come back already."""
    number, amount = f"reversal-{row.id}", row.amount_rial
    try:
        record_return(
            purchase_id=purchase_id,
            external_id=number,
            amount_rial=amount,
            source=_SOURCE,
            now=now,
        )
    except Problem as problem:
        if problem.code != "return_exceeds_purchase":
            raise
        if problem.extra["left_rial"]:
            record_return(purchase_id=purchase_id, external_id=number, source=_SOURCE, now=now)


def _failed(row: Reversal, now: datetime) -> None:
    row.state, row.done_at, row.next_try_at = ReversalState.FAILED, now, None
    release(row.payment_id, row.reserved_rial)
    row.reserved_rial = 0
    if row.reason == ReversalReason.ORPHAN:
        _close_orphan(row, OrphanState.NEEDS_PERSON, now)


def _close_orphan(row: Reversal, state: OrphanState, now: datetime) -> None:
    OrphanCapture.objects.filter(attempt_id=row.attempt_id).update(state=state, resolved_at=now)
