"""Asking banks about a card, an account or a person.

The question is written down first; then one account after another is asked, the next only when
the one before gave no answer: reading does no harm twice, but every call that may be billed is
counted before it is made. What was learned is written down once and never changed.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from businesses.operations import record_audit
from core.tenancy import acting_for
from payments.enums.inquiries import InquiryKind, InquiryState
from payments.models import Inquiry, ProviderAccount
from payments.operations.breaker import claim_probe, is_paused, note_answer
from payments.operations.inquiries.learned import Learned, understood, write_down
from payments.operations.inquiries.open import (
    Asking,
    Opened,
    end_unanswered,
    is_used_up,
    open_inquiry,
)
from payments.operations.inquiries.policy import held_rules
from payments.operations.inquiries.wire import InquiryLine, inquiry_line
from payments.operations.wire import keep_call
from payments.providers.contract import AccountInfo, Matched, Outcome
from payments.queries.inquiries import inquiry_by_id, inquiry_rules

_PAUSED: Final = "paused"
_LIMIT: Final = "daily_limit"


def ask_inquiry(*, business_id: UUID, asking: Asking, now: datetime) -> Inquiry:
    """Ask, or use an answer that still holds; return the question's row as it ended.

    Run outside any scope. Raises what `open_inquiry` does.
    """
    with acting_for(business_id, durable=True):
        opened = open_inquiry(asking, now)
        if not opened.accounts:
            return _told(opened.row.id, asking, now)
    learned: Learned | None = None
    why = ""
    for account_id in opened.accounts:
        with acting_for(business_id, durable=True):
            turn = _take_turn(opened.row.id, account_id, now)
        if isinstance(turn, str):
            why = turn
            continue
        kind = InquiryKind(opened.row.kind)
        said = turn.ask(kind, opened.facts, key=str(opened.row.id))
        with acting_for(business_id, durable=True):
            _keep(opened, turn.account_id, said, now)
        learned = understood(said, asking.expected_name)
        if learned.is_answer:
            break
    with acting_for(business_id, durable=True):
        _end(opened.row.id, learned, why, now)
        return _told(opened.row.id, asking, now)


def _take_turn(inquiry_id: UUID, account_id: UUID, now: datetime) -> InquiryLine | str:
    """Count the call before it is made; return its line, or why this account is not asked."""
    rules = held_rules()
    if is_used_up(rules, now):
        return _LIMIT
    account = ProviderAccount.objects.get(id=account_id)
    if is_paused(account, now) or (account.paused_until and not claim_probe(account_id, now)):
        return _PAUSED
    row = _held(inquiry_id)
    if row.state == InquiryState.ASKING:
        _count(row, account, 1)
    return inquiry_line(account)


def _keep(opened: Opened, account_id: UUID, said: AccountInfo | Matched, now: datetime) -> None:
    """Keep what was said, and take back the count of a call that was not made."""
    keep_call(
        account_id=account_id,
        attempt_id=None,
        operation=opened.row.kind,
        outcome=said.outcome,
        evidence=said.evidence,
        about_id=opened.row.id,
        now=now,
    )
    refused = said.outcome is Outcome.NOT_ATTEMPTED
    # Refused in words: the provider is there, and does not answer this question now.
    if not (refused and said.evidence.code):
        note_answer(account_id, said.outcome, said.evidence, now)
    row = _held(opened.row.id)
    if refused and row.state == InquiryState.ASKING:
        _count(row, ProviderAccount.objects.get(id=account_id), -1)


def _count(row: Inquiry, account: ProviderAccount, calls: int) -> None:
    """Count calls, and their cost while every account that may bill one has a tariff."""
    price = account.fee_fixed_rial
    if not row.tries:
        row.cost_rial = calls * price if price else None
    elif row.tries + calls == 0 or not price:
        row.cost_rial = None
    elif row.cost_rial is not None:
        row.cost_rial += calls * price
    row.account = account
    row.tries += calls
    row.save()


def _end(inquiry_id: UUID, learned: Learned | None, why: str, now: datetime) -> None:
    row = _held(inquiry_id)
    if row.state != InquiryState.ASKING:
        # It took too long and was given up; the answer is not worth changing history.
        return
    if learned is None:
        row.outcome = Outcome.NOT_ATTEMPTED
        end_unanswered(row, why)
        return
    row.checked_at = now if learned.is_answer else None
    write_down(row, learned, valid_for=timedelta(days=inquiry_rules().valid_days))
    if not learned.is_answer:
        end_unanswered(row, "")
        return
    row.state, row.leased_until = InquiryState.ANSWERED, None
    row.save()


def _told(inquiry_id: UUID, asking: Asking, now: datetime) -> Inquiry:
    """Write down who read what of whom; return the row with what it refers to."""
    row = inquiry_by_id(inquiry_id)
    if row is None:
        raise LookupError(inquiry_id)
    record_audit(
        action="inquiry.asked",
        subject=str(row.id),
        data={
            "kind": row.kind,
            "purpose": row.purpose,
            "basis": row.basis,
            "about": row.hint,
            "by": row.asked_by,
            "used_again": row.answered_by_id is not None,
            "state": row.state,
        },
        actor=asking.actor,
        now=now,
    )
    return row


def _held(inquiry_id: UUID) -> Inquiry:
    return Inquiry.objects.select_for_update(of=("self",)).get(id=inquiry_id)
