"""Looking again at what was over: a provider may change its word for days.

A success taken back becomes a reversal; a failure that turns out paid is credited while the
payment is still wanted, and else is money nobody was waiting for.
"""

from datetime import datetime
from uuid import UUID

from businesses.operations import record_audit
from core.ids import new_id
from core.tenancy import acting_for
from payments.enums import (
    ENDED,
    AlertKind,
    AttemptState,
    FoundBy,
    PaymentState,
    ReversalReason,
    ReversalState,
)
from payments.models import PaymentAttempt, Reversal, Transfer
from payments.operations.alerts import raise_alert
from payments.operations.asking import YES, held_against
from payments.operations.create import move_payment
from payments.operations.reserve import reserve
from payments.operations.reverse import returned
from payments.operations.schedule import next_afterwards
from payments.operations.settle import Held, accept, hold, orphan
from payments.operations.trouble import alert_mismatch, paid_elsewhere
from payments.operations.wire import Line, line_to, session_of
from payments.providers.contract import Confirmation, Inquiry, Session, Standing

_HERE = frozenset({Standing.PAID_UNCONFIRMED, Standing.CONFIRMED})


def recheck_attempt(*, business_id: UUID, attempt_id: UUID, now: datetime) -> bool:
    """Ask whether a provider stands by its last word; return False when it was not due.

    Run outside any scope.
    """
    work = _take(business_id, attempt_id, now)
    if work is None:
        return False
    line, session = work
    inquiry = line.inquire(session)
    late = _wanted_late(business_id, attempt_id, inquiry)
    confirmation = held_against(inquiry, line.confirm(session), session) if late else None
    with acting_for(business_id, durable=True):
        _apply(hold(attempt_id), inquiry, confirmation, now)
    return True


def _take(business_id: UUID, attempt_id: UUID, now: datetime) -> tuple[Line, Session] | None:
    """Claim by arming the next look."""
    with acting_for(business_id, durable=True):
        attempt = PaymentAttempt.objects.select_related("account").get(id=attempt_id)
        line = line_to(attempt.account, attempt_id=attempt.id, now=now)
        final_after = line.gateway.capabilities.final_after
        following = next_afterwards(attempt.ended_at or now, now, final_after)
        due = PaymentAttempt.objects.filter(id=attempt_id, next_recheck_at__lte=now)
        if not due.update(next_recheck_at=following):
            return None
        return line, session_of(attempt)


def _wanted_late(business_id: UUID, attempt_id: UUID, inquiry: Inquiry) -> bool:
    """Whether the provider made good a failed try of a payment that is still wanted."""
    if inquiry.standing is not Standing.CONFIRMED:
        return False
    with acting_for(business_id):
        return PaymentAttempt.objects.filter(
            id=attempt_id, state__in=ENDED, payment__state=PaymentState.CREATED
        ).exists()


def _apply(held: Held, inquiry: Inquiry, confirmation: Confirmation | None, now: datetime) -> None:
    state, said = held.attempt.state, inquiry.standing
    if state == AttemptState.CONFIRMED and said is Standing.RETURNED:
        _taken_back(held, now)
    elif state == AttemptState.CONFIRMED and (inquiry.contradiction or said is Standing.FAILED):
        _tell(held, said, now)
    elif state == AttemptState.CONFIRMED and not _explained(held, inquiry.amount_rial):
        _tell_sum(held, inquiry.amount_rial, now)
    elif state == AttemptState.MISMATCH and said is Standing.RETURNED:
        _home_after_all(held, now)
    elif state in ENDED and said in _HERE:
        _found_late(held, inquiry, confirmation, now)


def _explained(held: Held, told_rial: int | None) -> bool:
    """Whether the sum told is what we asked for, less at most what we gave back ourselves."""
    sent = held.attempt.sent_amount
    return told_rial is None or sent - held.payment.refunded_rial <= told_rial <= sent


def _tell_sum(held: Held, told_rial: int | None, now: datetime) -> None:
    """Another sum than the one in our books: a person decides whose word is right."""
    alert_mismatch(held.attempt, told_rial=told_rial, duplicate=False, now=now)
    record_audit(
        action="payment.contradicted",
        subject=str(held.attempt.payment_id),
        data={"asked_rial": held.attempt.sent_amount, "told_rial": told_rial},
        actor=None,
        now=now,
    )


def _found_late(
    held: Held, inquiry: Inquiry, confirmation: Confirmation | None, now: datetime
) -> None:
    _tell(held, inquiry.standing, now)
    wanted = held.payment.state == PaymentState.CREATED
    if wanted and confirmation is not None and confirmation.outcome in YES:
        move_payment(held.payment, PaymentState.PROCESSING)
        accept(held, confirmation, now)
    else:
        orphan(held, FoundBy.POLL, now, told_rial=inquiry.amount_rial)


def _taken_back(held: Held, now: datetime) -> None:
    """The money of a paid payment is gone: undo it in our books as the provider did in its own."""
    if held.payment.state != PaymentState.SETTLED or _on_its_way(held):
        return
    if held.payment.refunded_rial >= held.attempt.sent_amount:
        return  # we gave all of it back ourselves
    _tell(held, Standing.RETURNED, now)
    if held.payment.refunded_rial or _was_ordered_back(held):
        # Part of it went back, or was to, by our own doing; what is meant is for a person to see.
        return
    reserve(held.payment.id, held.attempt.sent_amount)
    row = Reversal(
        id=new_id(),
        attempt=held.attempt,
        payment=held.payment,
        reason=ReversalReason.CONTRADICTION,
        amount_rial=held.attempt.sent_amount,
        reserved_rial=held.attempt.sent_amount,
        requested_at=now,
    )
    row.save(force_insert=True)
    returned(row, held, now)
    row.save()


def _home_after_all(held: Held, now: datetime) -> None:
    """A wrong sum that was not sent back when we asked is back: there is nothing left to decide.

    Where another order's reference was brought, it is that order's money that is back.
    """
    if paid_elsewhere(held.attempt):
        return
    rows = Reversal.objects.select_for_update().filter(attempt=held.attempt)
    row = rows.filter(reason=ReversalReason.MISMATCH, state=ReversalState.FAILED).first()
    if row is not None and held.payment.state == PaymentState.NEEDS_REVIEW:
        returned(row, held, now)
        row.save()


def _on_its_way(held: Held) -> bool:
    """Whether we sent the money back ourselves, so that its absence contradicts nothing."""
    return Reversal.objects.filter(attempt=held.attempt).exclude(state="failed").exists()


def _was_ordered_back(held: Held) -> bool:
    """Whether a refund of ours once reached the provider, whatever became of it."""
    return Transfer.objects.filter(attempt=held.attempt, submitted_at__isnull=False).exists()


def _tell(held: Held, said: Standing | None, now: datetime) -> None:
    attempt = held.attempt
    detail = {"before": attempt.state, "now": said.value if said else ""}
    raise_alert(
        kind=AlertKind.CONTRADICTION,
        source_id=attempt.id,
        payment_id=attempt.payment_id,
        detail=detail,
        now=now,
    )
    record_audit(
        action="payment.contradicted",
        subject=str(attempt.payment_id),
        data=detail,
        actor=None,
        now=now,
    )
