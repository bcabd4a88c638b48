"""A mandate that is due: to be confirmed, asked about, let go, or its end told to the provider.

Lease in one commit, talk with no transaction open, apply under the row lock in another commit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.tenancy import acting_for
from outbox.operations import publish
from payments.enums import AlertKind
from payments.enums.debits import MANDATE_IN_FORCE, MandateState
from payments.events import MandateActivated
from payments.models import Mandate
from payments.models.sealing import seal_of_mandate
from payments.operations.alerts import raise_alert
from payments.operations.debits.line import DebitLine, Said, debit_line, keep, signed
from payments.operations.mandates.ask import SIGN_WITHIN, locked_mandate, move_mandate
from payments.operations.mandates.end import end_mandate, told_provider
from payments.operations.schedule import LEASE
from payments.providers.contract import (
    MandateAnswer,
    MandateStanding,
    Outcome,
    SignedMandate,
)

_LOST_MINUTES: Final = (2, 5, 9, 15, 30)
_CONFIRM_SECONDS: Final = (5, 15, 30, 60)
_ASK_EVERY: Final = timedelta(days=1)
_GONE: Final = {
    MandateStanding.REVOKED: MandateState.REVOKED_BY_CUSTOMER,
    MandateStanding.EXPIRED: MandateState.EXPIRED,
    MandateStanding.FAILED: MandateState.DECLINED,
}
_REVOKED: Final = (MandateState.REVOKED_BY_CUSTOMER, MandateState.REVOKED_BY_MERCHANT)


@dataclass(frozen=True, slots=True)
class _Work:
    mandate_id: UUID
    state: MandateState
    line: DebitLine
    mandate: SignedMandate
    ask_first: bool
    confirm: bool


@dataclass(frozen=True, slots=True)
class _Word:
    """The provider's last word, and the step it answers."""

    operation: str
    answer: MandateAnswer


def check_mandate(*, business_id: UUID, mandate_id: UUID, now: datetime) -> bool:
    """Do what is due about a mandate; return False when nothing is or somebody else is at it.

    Run outside any scope.
    """
    with acting_for(business_id, durable=True):
        work = _take(mandate_id, now)
    if work is None:
        return False
    words = _talk(work)
    keep([_said(work, word) for word in words], now)
    with acting_for(business_id, durable=True):
        _apply(work, words[-1] if words else None, now)
    return True


def _take(mandate_id: UUID, now: datetime) -> _Work | None:
    mandate = locked_mandate(mandate_id)
    busy = mandate.leased_until is not None and mandate.leased_until > now
    if busy or mandate.next_check_at is None:
        return None
    if mandate.state == MandateState.DRAFT:
        # An intent whose process died: no customer was sent anywhere.
        mandate.next_check_at = None
        move_mandate(mandate, MandateState.FAILED, now, reason="not_opened")
        return None
    mandate.leased_until = now + LEASE
    mandate.save(update_fields=["leased_until"])
    line = debit_line(mandate.account)
    state = MandateState(mandate.state)
    over = mandate.confirm_by is not None and now >= mandate.confirm_by
    return _Work(
        mandate_id=mandate.id,
        state=state,
        line=line,
        mandate=signed(mandate),
        # A second confirmation may be refused though the first one worked: ask before it.
        ask_first=line.can.mandate_inquiry and (mandate.checks > 0 or over),
        confirm=not over and _confirmable(state, line),
    )


def _confirmable(state: MandateState, line: DebitLine) -> bool:
    if state == MandateState.SIGNED_UNCONFIRMED:
        return True
    return state == MandateState.AWAITING_SIGNATURE and line.can.confirm_unasked


def _talk(work: _Work) -> list[_Word]:
    adapter, account = work.line.adapter, work.line.account
    if work.state in _REVOKED:
        return [_Word("revoke_mandate", adapter.revoke_mandate(account, work.mandate))]
    words: list[_Word] = []
    if work.ask_first or (work.state in MANDATE_IN_FORCE and work.line.can.mandate_inquiry):
        words.append(_Word("inquire_mandate", adapter.inquire_mandate(account, work.mandate)))
        if words[0].answer.standing not in {None, MandateStanding.SIGNED}:
            return words
    if work.confirm:
        words.append(_Word("confirm_mandate", adapter.confirm_mandate(account, work.mandate)))
        if words[-1].answer.outcome is Outcome.ALREADY and work.line.can.mandate_inquiry:
            words.append(_Word("inquire_mandate", adapter.inquire_mandate(account, work.mandate)))
    return words


def _said(work: _Work, word: _Word) -> Said:
    return Said(
        line=work.line,
        about_id=work.mandate_id,
        operation=word.operation,
        outcome=word.answer.outcome,
        evidence=word.answer.evidence,
    )


def _apply(work: _Work, word: _Word | None, now: datetime) -> None:
    mandate = locked_mandate(work.mandate_id)
    mandate.leased_until = None
    if word is not None:
        mandate.last_outcome = word.answer.outcome
        mandate.last_code = word.answer.evidence.code
        mandate.last_message = word.answer.evidence.message
    if mandate.state != work.state:
        mandate.save()
    elif work.state in _REVOKED:
        told_provider(mandate, word.answer.outcome if word else None, now)
    elif work.state in MANDATE_IN_FORCE:
        _in_force(mandate, word, work.line, now)
    else:
        _to_be(mandate, word, work, now)


def _in_force(mandate: Mandate, word: _Word | None, line: DebitLine, now: datetime) -> None:
    gone = _GONE.get(word.answer.standing) if word and word.answer.standing else None
    if gone is not None:
        end_mandate(mandate, gone, now, reason="told_by_provider")
    elif now >= mandate.expires_at:
        end_mandate(mandate, MandateState.EXPIRED, now, reason="period_over")
    else:
        mandate.next_check_at = next_look(mandate, line, now)
        mandate.save()


def next_look(mandate: Mandate, line: DebitLine, now: datetime) -> datetime:
    """Return when a mandate in force is looked at next: daily where one can ask, or at its end."""
    if line.can.mandate_inquiry:
        return min(mandate.expires_at, now + _ASK_EVERY)
    return mandate.expires_at


def _to_be(mandate: Mandate, word: _Word | None, work: _Work, now: datetime) -> None:
    answer = word.answer if word else None
    gone = _GONE.get(answer.standing) if answer and answer.standing else None
    if answer and _is_active(answer, work.line):
        _activate(mandate, answer, work.line, now)
    elif gone is not None:
        mandate.next_check_at = None
        move_mandate(mandate, MandateState.DECLINED, now, reason="told_by_provider")
    elif work.state == MandateState.AWAITING_SIGNATURE:
        _still_awaited(mandate, now)
    else:
        _still_unconfirmed(mandate, answer, now)


def _is_active(answer: MandateAnswer, line: DebitLine) -> bool:
    """A yes without the right to debit is none where debits need one."""
    if answer.standing is not MandateStanding.ACTIVE:
        return False
    return bool(answer.secret) or line.can.mandate_inquiry


def _activate(mandate: Mandate, answer: MandateAnswer, line: DebitLine, now: datetime) -> None:
    mandate.activated_at = now
    mandate.signed_at = mandate.signed_at or now
    mandate.mandate_ref = answer.mandate_ref or mandate.mandate_ref
    mandate.secret = seal_of_mandate(
        answer.secret, column="secret", business_id=mandate.business_id, mandate_id=mandate.id
    )
    mandate.checks = 0
    mandate.next_check_at = next_look(mandate, line, now)
    if mandate.state == MandateState.AWAITING_SIGNATURE:
        move_mandate(mandate, MandateState.SIGNED_UNCONFIRMED, now)
    move_mandate(mandate, MandateState.ACTIVE, now)
    event = MandateActivated(
        mandate_id=mandate.id,
        customer_id=mandate.customer_id,
        bank=mandate.bank,
        expires_at=mandate.expires_at,
    )
    publish([event], now=now)


def _still_awaited(mandate: Mandate, now: datetime) -> None:
    """Nobody came back: the return may be lost, so look again until the page is surely dead."""
    for minutes in _LOST_MINUTES:
        moment = mandate.requested_at + timedelta(minutes=minutes)
        if moment > now:
            mandate.next_check_at = moment
            mandate.save()
            return
    if now < mandate.requested_at + SIGN_WITHIN:
        mandate.next_check_at = mandate.requested_at + SIGN_WITHIN
        mandate.save()
        return
    mandate.next_check_at = None
    move_mandate(mandate, MandateState.EXPIRED, now, reason="not_signed")


def _still_unconfirmed(mandate: Mandate, answer: MandateAnswer | None, now: datetime) -> None:
    deadline = mandate.confirm_by
    if deadline is not None and now >= deadline:
        mandate.next_check_at = None
        move_mandate(mandate, MandateState.VOID, now, reason="confirm_missed")
        _alert(mandate, now)
    elif answer is not None and answer.outcome in {Outcome.DECLINED, Outcome.MISMATCH}:
        mandate.next_check_at = None
        move_mandate(mandate, MandateState.DECLINED, now, reason="confirm_refused")
    else:
        pause = _CONFIRM_SECONDS[min(mandate.checks, len(_CONFIRM_SECONDS) - 1)]
        moment = now + timedelta(seconds=pause)
        mandate.next_check_at = moment if deadline is None else min(moment, deadline)
        mandate.checks += 1
        mandate.save()


def _alert(mandate: Mandate, now: datetime) -> None:
    raise_alert(
        kind=AlertKind.MANDATE_LOST,
        source_id=mandate.id,
        detail={"reason": mandate.end_reason, "state": mandate.state},
        now=now,
    )
