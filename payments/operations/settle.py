"""What an answer of the provider does to an attempt and its payment, under the row locks.

`credit` is the gateway's way to `take_in`, the only path on which a payment becomes paid.
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from core.ids import new_id
from outbox.operations import publish
from payments.enums import (
    ATTEMPT_MOVES,
    CHECKABLE,
    ENDED,
    AlertKind,
    AttemptState,
    BookAccount,
    FoundBy,
    PaymentMethod,
    PaymentState,
    ReversalReason,
    check_move,
)
from payments.models import OrphanCapture, Payment, PaymentAttempt, Reversal
from payments.operations.alerts import raise_alert, settle_alerts
from payments.operations.create import failed_event, locked, move_payment
from payments.operations.schedule import next_afterwards, next_in_doubt, next_while_open
from payments.operations.take_in import MoneyIn, take_in
from payments.operations.trouble import alert_mismatch, paid_for_another
from payments.providers import adapter_of, product_of
from payments.providers.contract import Confirmation, Inquiry, Outcome
from payments.queries.windows import manner_of

logger = logging.getLogger(__name__)

_OVER: Final = frozenset({*ENDED, AttemptState.CONFIRMED, AttemptState.MISMATCH})
# Vain settlements before somebody is told.
_STUCK_AFTER: Final = 3
_CODE_CHARS: Final = 100
# Six digits name the issuer; what hides the middle is each provider's own.
_CARD: Final = re.compile(r"([0-9]{6})[0-9xX*.-]{2,12}([0-9]{4})")


@dataclass(slots=True)
class Held:
    """An attempt and its payment, both rows locked, in that order of payment first."""

    payment: Payment
    attempt: PaymentAttempt

    @property
    def is_open(self) -> bool:
        """Whether the provider's answers may still change the attempt."""
        return self.attempt.state in CHECKABLE


def hold(attempt_id: UUID) -> Held:
    """Lock an attempt with its payment."""
    payment_id = PaymentAttempt.objects.values_list("payment_id", flat=True).get(id=attempt_id)
    payment = locked(payment_id)
    return Held(payment, PaymentAttempt.objects.select_for_update().get(id=attempt_id))


def move_attempt(attempt: PaymentAttempt, state: AttemptState, now: datetime) -> None:
    """Write an attempt's next state and free its lease; ends stop the polling."""
    check_move(ATTEMPT_MOVES, attempt.state, state)
    attempt.state = state
    attempt.leased_until = None
    if state in _OVER:
        attempt.next_check_at = None
        attempt.ended_at = now
        attempt.next_recheck_at = first_recheck(attempt, now)
    attempt.save()


def note_card(attempt: PaymentAttempt, masked_pan: str, reason: str) -> None:
    """Keep which card was tried and why it failed, as told before any proof; for counting only.

    Of the card only its first six and last four digits are kept, whatever was sent.
    """
    if attempt.confirmed_at is not None:
        return
    card = _CARD.fullmatch(masked_pan.strip())
    if card and not attempt.masked_pan:
        attempt.masked_pan = f"{card[1]}{'*' * 6}{card[2]}"
    if reason:
        attempt.last_code, attempt.last_message = reason[:_CODE_CHARS].replace("\x00", ""), ""
    attempt.save(update_fields=["masked_pan", "last_code", "last_message"])


def accept(held: Held, confirmation: Confirmation, now: datetime) -> None:
    """Write a confirmation down. Where the provider settles apart, the money is not ours yet."""
    attempt = held.attempt
    if not fits(held, confirmation.amount_rial) or paid_for_another(attempt, confirmation):
        mismatch(held, confirmation, now)
        return
    attempt.provider_ref = confirmation.provider_ref
    attempt.masked_pan = confirmation.masked_pan or attempt.masked_pan
    attempt.fee_rial = confirmation.fee_rial
    attempt.confirmed_at = now
    limits = adapter_of(attempt.account.provider).capabilities
    if not limits.needs_settle:
        credit(held, confirmation, now)
        return
    attempt.doubts = 0
    attempt.next_check_at = now
    move_attempt(attempt, AttemptState.SETTLING, now)
    # Whoever confirmed goes on to settle.
    attempt.leased_until = now + limits.lease
    attempt.save(update_fields=["leased_until"])


def credit(held: Held, confirmation: Confirmation | None, now: datetime) -> None:
    """Settle the payment, record its purchase and announce it: once, in one transaction.

    The confirmation is written on the attempt; only the payer's card comes from `confirmation`.
    """
    attempt = held.attempt
    attempt.settled_at = now
    if attempt.state in {AttemptState.SETTLING, AttemptState.NEEDS_REVIEW}:
        settle_alerts(kind=AlertKind.SETTLE_STUCK, source_id=attempt.id, now=now)
    move_attempt(attempt, AttemptState.CONFIRMED, now)
    take_in(held.payment, _money(attempt, confirmation), now)


def end(held: Held, state: AttemptState, now: datetime) -> None:
    """Close an attempt that holds no money; the payment may be tried again."""
    close(held, state, now)
    tell_ended(held, now)


def close(held: Held, state: AttemptState, now: datetime) -> None:
    """Close an attempt that holds no money and tell nobody yet."""
    move_attempt(held.attempt, state, now)
    move_payment(held.payment, PaymentState.CREATED)


def tell_ended(held: Held, now: datetime) -> None:
    """Announce that an attempt ended without money."""
    publish([failed_event(held.payment, reason=held.attempt.state, final=False)], now=now)


def fits(held: Held, told_rial: int | None) -> bool:
    """Whether a sum a provider tells, if it tells one, is what we asked for."""
    return told_rial in {None, held.attempt.sent_amount}


def other_sum(held: Held, inquiry: Inquiry, now: datetime) -> None:
    """An inquiry says that another sum was taken than the one confirmed."""
    heard = Confirmation(
        outcome=Outcome.MISMATCH,
        evidence=inquiry.evidence,
        amount_rial=inquiry.amount_rial,
        provider_ref=held.attempt.provider_ref,
    )
    mismatch(held, heard, now)


def mismatch(held: Held, confirmation: Confirmation, now: datetime) -> None:
    """Credit nothing; a person looks, and the money goes back by itself where that is safe.

    A reference that already paid for another attempt pays for nothing here, and is not sent back.
    """
    attempt = held.attempt
    logger.warning("payment mismatch: attempt %s", attempt.id)
    taken = paid_for_another(attempt, confirmation)
    move_attempt(attempt, AttemptState.MISMATCH, now)
    move_payment(held.payment, PaymentState.NEEDS_REVIEW)
    alert_mismatch(attempt, told_rial=confirmation.amount_rial, duplicate=taken, now=now)
    if not taken:
        order_reversal(held, ReversalReason.MISMATCH, now)


def keep_waiting(held: Held, state: AttemptState, now: datetime) -> None:
    """Nothing new: the buyer may still be paying; ask again on the open schedule."""
    attempt = held.attempt
    attempt.doubts = 0
    opened, window = attempt.redirected_at or attempt.started_at, manner_of(attempt.account).window
    attempt.next_check_at = next_while_open(opened, now, window)
    if attempt.state != AttemptState.NEEDS_REVIEW:
        move_attempt(attempt, state, now)
    else:
        attempt.leased_until = None
        attempt.save()


def keep_asking(held: Held, state: AttemptState, now: datetime) -> None:
    """Money may have moved and we don't know; ask again soon, and in the end call a person.

    A question before its time, such as a buyer's click, uses up none of those we have planned.
    """
    attempt = held.attempt
    if attempt.doubts and attempt.next_check_at is not None and attempt.next_check_at > now:
        move_attempt(attempt, state, now)
        return
    attempt.next_check_at = next_in_doubt(attempt.doubts, now)
    attempt.doubts += 1
    if attempt.next_check_at is not None and attempt.state != AttemptState.NEEDS_REVIEW:
        move_attempt(attempt, state, now)
        return
    move_attempt(attempt, AttemptState.NEEDS_REVIEW, now)
    move_payment(held.payment, PaymentState.NEEDS_REVIEW)


def keep_settling(held: Held, now: datetime) -> None:
    """Confirmed, and the provider did not settle: try again until it does or a person decides."""
    attempt = held.attempt
    if attempt.doubts + 1 >= _STUCK_AFTER:
        raise_alert(
            kind=AlertKind.SETTLE_STUCK,
            source_id=attempt.id,
            payment_id=attempt.payment_id,
            detail={"code": attempt.last_code, "message": attempt.last_message},
            now=now,
        )
    keep_asking(held, AttemptState.SETTLING, now)


def orphan(held: Held, found_by: FoundBy, now: datetime, *, told_rial: int | None = None) -> None:
    """Note money taken for an attempt that was over, and send it back. Repeatable.

    `told_rial`: what the provider says was taken, where it says so; else what we asked for.
    """
    attempt = held.attempt
    amount = attempt.sent_amount if told_rial is None else told_rial
    if OrphanCapture.objects.filter(attempt=attempt).exists():
        return
    logger.warning("orphan capture: attempt %s", attempt.id)
    OrphanCapture.objects.create(
        attempt=attempt, amount_rial=amount, found_at=now, found_by=found_by
    )
    raise_alert(
        kind=AlertKind.ORPHAN,
        source_id=attempt.id,
        payment_id=attempt.payment_id,
        detail={"amount_rial": amount, "found_by": found_by},
        now=now,
    )
    order_reversal(held, ReversalReason.ORPHAN, now)


def order_reversal(held: Held, reason: ReversalReason, now: datetime, *, by: str = "") -> Reversal:
    """Write the intent to send an attempt's money back, due at once; one at a time."""
    live = Reversal.objects.filter(attempt=held.attempt).exclude(state="failed").first()
    return live or Reversal.objects.create(
        id=new_id(),
        attempt=held.attempt,
        payment=held.payment,
        reason=reason,
        amount_rial=held.attempt.sent_amount,
        requested_at=now,
        requested_by=by,
        next_try_at=now,
    )


def first_recheck(attempt: PaymentAttempt, now: datetime) -> datetime | None:
    """Return when to see whether the provider stands by what it just said; None: no use."""
    limits = adapter_of(attempt.account.provider).capabilities
    located = attempt.callback_references or not limits.needs_return
    if attempt.redirected_at is None or not limits.inquiry or not located:
        return None
    return next_afterwards(now, now, limits.final_after)


def _money(attempt: PaymentAttempt, confirmation: Confirmation | None) -> MoneyIn:
    lends = product_of(attempt.account.provider).bnpl is not None
    return MoneyIn(
        method=PaymentMethod.BNPL if lends else PaymentMethod.GATEWAY,
        provider=attempt.account.provider,
        place=(BookAccount.PROVIDER, str(attempt.account_id)),
        reference=attempt.provider_ref or "",
        masked_pan=attempt.masked_pan,
        card_hash=confirmation.card_hash if confirmation else "",
        fee_rial=attempt.fee_rial or 0,
    )
