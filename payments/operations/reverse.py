"""Sending the whole money of an attempt back to its card."""

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import acting_for, operation
from customers.operations import record_return
from customers.queries.money_parts import money_parts
from outbox.operations import publish
from payments.enums import (
    AlertKind,
    AttemptState,
    BookAccount,
    OrphanState,
    PaymentState,
    ReversalReason,
    ReversalState,
)
from payments.events import PaymentReversed
from payments.models import OrphanCapture, PaymentAttempt, Reversal
from payments.operations.alerts import settle_alerts
from payments.operations.asking import YES
from payments.operations.create import locked, move_payment
from payments.operations.journal import Place, post_money
from payments.operations.owed_again import given_back_on, is_owed_again
from payments.operations.reserve import release, reserve
from payments.operations.schedule import LEASE, next_in_doubt
from payments.operations.settle import Held, hold, move_attempt, order_reversal, tell_ended
from payments.operations.trouble import paid_elsewhere
from payments.operations.wire import Line, line_to, session_of
from payments.providers import adapter_of
from payments.providers.contract import Evidence, Inquiry, Outcome, Session, Standing
from payments.queries.windows import manner_of

_SOURCE: Final = "payment"
_CAPTURED: Final = (AttemptState.CONFIRMED, AttemptState.REVERSED)
# Confirmed, and the provider does not settle: a person may send the money back instead.
_UNSETTLED: Final = (AttemptState.SETTLING, AttemptState.NEEDS_REVIEW)
# Money that may be another sum than we asked for: what was taken goes back.
_AS_TAKEN: Final = (ReversalReason.MISMATCH, ReversalReason.ORPHAN)


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
    returns_by_itself: bool
    paid_elsewhere: bool


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
    attempt = (
        PaymentAttempt.objects.filter(
            Q(state__in=_CAPTURED) | Q(state__in=_UNSETTLED, confirmed_at__isnull=False),
            payment=payment,
        )
        .order_by("-number")
        .first()
    )
    if attempt is None:
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
    unsettled = attempt.state in _UNSETTLED
    reason = ReversalReason.UNSETTLED if unsettled else ReversalReason.REQUESTED
    row = order_reversal(hold(attempt.id), reason, now, by=by)
    if not for_refund and not unsettled:
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
    limits = adapter_of(attempt.account.provider).capabilities
    window = limits.reverse_window
    if not limits.reverse:
        raise Problem(
            "reverse_not_supported",
            _("This provider cannot send a payment back; give the money back by a refund."),
            status=HTTPStatus.CONFLICT,
        )
    if attempt.state in _CAPTURED and now > (attempt.confirmed_at or attempt.started_at) + window:
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
            returns_by_itself=manner_of(row.attempt.account).returns,
            paid_elsewhere=paid_elsewhere(row.attempt),
        )


def _talk(work: _Work) -> _Word:
    """Always inquire first: the money may be back already, or not yet confirmed."""
    if work.paid_elsewhere:
        unasked = Evidence(asked={}, message="the reference paid for another order")
        return _Word(Outcome.DECLINED, unasked, work.session.amount_rial)
    if not work.line.gateway.capabilities.inquiry:
        # Such a provider tells by its answer whether the money is back already.
        return _send_back(work, work.session)
    inquiry = work.line.inquire(work.session)
    if inquiry.standing is Standing.PAID_UNCONFIRMED:
        return _of_unconfirmed(work, inquiry)
    if inquiry.standing is Standing.CONFIRMED:
        return _send_back(work, _told(work, inquiry.amount_rial))
    back = inquiry.standing is Standing.RETURNED
    outcome = Outcome.ALREADY if back else Outcome.UNKNOWN
    return _Word(outcome, inquiry.evidence, work.session.amount_rial)


def _of_unconfirmed(work: _Work, inquiry: Inquiry) -> _Word:
    """Wait where the bank gives it back by itself; else confirm, for only that can be reversed."""
    session = _as_captured(work, inquiry.amount_rial)
    if work.returns_by_itself:
        return _Word(Outcome.PENDING, inquiry.evidence, session.amount_rial)
    confirmation = work.line.confirm(session)
    if confirmation.outcome not in YES:
        return _Word(_doubt(confirmation.outcome), confirmation.evidence, session.amount_rial)
    return _send_back(work, session)


def _send_back(work: _Work, session: Session) -> _Word:
    if not work.line.gateway.capabilities.reverse:
        return _Word(Outcome.DECLINED, Evidence(asked={}), session.amount_rial)
    answer = work.line.reverse(session)
    return _Word(answer.outcome, answer.evidence, session.amount_rial)


def _as_captured(work: _Work, told_rial: int | None) -> Session:
    """Return the session with the amount really taken; only a confirmed one can be reversed."""
    session = _told(work, told_rial)
    listed = work.line.gateway.capabilities.list_unverified
    if work.reason not in _AS_TAKEN or told_rial is not None or not listed:
        return session
    for row in work.line.list_unverified().rows:
        if row.authority == work.session.authority:
            return replace(session, amount_rial=row.amount_rial)
    return session


def _told(work: _Work, told_rial: int | None) -> Session:
    if told_rial is None or work.reason not in _AS_TAKEN:
        return work.session
    return replace(work.session, amount_rial=told_rial)


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
    if word.outcome in YES:
        returned(row, held, now)
    elif word.outcome in {Outcome.DECLINED, Outcome.MISMATCH} or row.next_try_at is None:
        _failed(row, held, now)
    row.save()


def returned(row: Reversal, held: Held, now: datetime) -> None:
    """The money is back: undo the payment, its purchase and its books; the caller saves `row`."""
    row.state, row.done_at, row.next_try_at = ReversalState.RETURNED, now, None
    if row.reason == ReversalReason.ORPHAN:
        _close_orphan(row, OrphanState.RETURNED, now)
        return
    move_attempt(held.attempt, AttemptState.REVERSED, now)
    if row.reason == ReversalReason.UNSETTLED and held.payment.state != PaymentState.SETTLED:
        # It never was paid; the buyer may pay it another way.
        move_payment(held.payment, PaymentState.CREATED)
        settle_alerts(kind=AlertKind.SETTLE_STUCK, source_id=held.attempt.id, now=now)
        tell_ended(held, now)
        return
    move_payment(held.payment, PaymentState.REVERSED)
    _undo(row, held, now)


def _undo(row: Reversal, held: Held, now: datetime) -> None:
    purchase_id = held.payment.purchase_id
    owed_again = is_owed_again(held.payment)
    if purchase_id is not None and not owed_again:
        _return_purchase(purchase_id, row, now)
    # What was never credited, because its amount was wrong, is not in the books either.
    if held.payment.settled_at is not None:
        _post(row, held, given_back_on(held.payment, owed_again=owed_again), now)
    event = PaymentReversed(
        payment_id=held.payment.id,
        external_id=held.payment.external_id,
        purchase_id=purchase_id,
        amount_rial=row.amount_rial,
        reason=row.reason,
    )
    publish([event], now=now)


def _post(row: Reversal, held: Held, undone_on: Place, now: datetime) -> None:
    """The whole payment is undone in the books; a reversal gives the provider's fee back too."""
    attempt, amount = held.attempt, held.payment.amount_rial
    fee = attempt.fee_rial or 0
    post_money(
        kind="reversal",
        source_id=row.id,
        lines={
            (BookAccount.PROVIDER, str(attempt.account_id)): fee - amount,
            (BookAccount.FEES, ""): -fee,
            undone_on: amount,
        },
        now=now,
    )


def _return_purchase(purchase_id: UUID, row: Reversal, now: datetime) -> None:
    """Return what the payment paid for, as far as it has not come back already."""
    number, parts = f"reversal-{row.id}", money_parts(purchase_id)
    amount = parts.goods_for(row.amount_rial) if parts else row.amount_rial
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


def _failed(row: Reversal, held: Held, now: datetime) -> None:
    row.state, row.done_at, row.next_try_at = ReversalState.FAILED, now, None
    release(row.payment_id, row.reserved_rial)
    row.reserved_rial = 0
    if row.reason == ReversalReason.UNSETTLED and held.is_open:
        # Back to settling, at once.
        PaymentAttempt.objects.filter(id=held.attempt.id).update(next_check_at=now)
    if row.reason == ReversalReason.ORPHAN:
        _close_orphan(row, OrphanState.NEEDS_PERSON, now)


def _close_orphan(row: Reversal, state: OrphanState, now: datetime) -> None:
    OrphanCapture.objects.filter(attempt_id=row.attempt_id).update(state=state, resolved_at=now)
    if state is OrphanState.RETURNED:
        settle_alerts(kind=AlertKind.ORPHAN, source_id=row.attempt_id, now=now)
