"""Is the account the payer's? Asked before money goes to an account that did not pay (C023).

The bank's name of the owner is compared with the payer's; where a national code is known and a
provider can tell, the account must belong to it too, and the weaker answer counts.
MATCH: it goes. PROBABLE or not to be told: a second person. NO_MATCH: two more people, else no.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.errors import Problem
from core.tenancy import acting_for
from customers.queries.sales import purchase_by_id
from payments.enums.inquiries import InquiryBasis, InquiryKind, InquiryPurpose, InquiryState
from payments.enums.refunds import RefundState, TransferKind, Waiting
from payments.models import Debit, Inquiry, Transfer
from payments.models.sealing import unseal_of_mandate
from payments.operations.inquiries import Asking, Facts, ask_inquiry
from payments.operations.refunds.held import HeldTransfer, hold_transfer
from payments.operations.refunds.policy import second_person
from payments.operations.refunds.receiver import receiver_of
from payments.providers.contract import Match, Outcome

_TRIES: Final = 3
_PAUSE: Final = timedelta(seconds=20)
_STRENGTH: Final = (Match.NO_MATCH, Match.INDETERMINATE, Match.PROBABLE, Match.MATCH)
_BUSY: Final = "inquiry_in_progress"
_NOT_OFFERED: Final = "no_inquiry_account"


@dataclass(frozen=True, slots=True)
class _Found:
    """What was learned of an account. `again`: nobody answered, and somebody may yet."""

    match: Match
    refused: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class _Questions:
    """What is to be asked of banks about one transfer; without a code only whose account it is."""

    owner: Asking
    code: Asking | None


def question(row: Transfer) -> Callable[[UUID, datetime], None] | None:
    """Return the step that asks, or None when nothing is to be asked."""
    if row.waiting != Waiting.DESTINATION:
        row.next_try_at = row.leased_until = None
        return None
    questions, transfer_id = _questions(row), row.id

    def talk(business_id: UUID, now: datetime) -> None:
        found = _ask(business_id, questions, now)
        with acting_for(business_id, durable=True):
            _apply(hold_transfer(transfer_id), found, now)

    return talk


def _questions(row: Transfer) -> _Questions:
    receiver = receiver_of(row)
    payer = receiver.name if row.payment is None else _payer(row)
    code = _payer_code(row) or receiver.person_code

    def asking(kind: InquiryKind, facts: Facts) -> Asking:
        is_refund = row.kind == TransferKind.REFUND
        return Asking(
            kind=kind,
            facts=facts,
            purpose=InquiryPurpose.REFUND_DESTINATION if is_refund else InquiryPurpose.PAYOUT,
            basis=InquiryBasis.CONTRACT,
            by=row.requested_by,
            about_id=row.id,
            expected_name=payer,
        )

    facts = Facts(iban=receiver.iban, national_code=code, birth_date=receiver.birth_date)
    return _Questions(
        owner=asking(InquiryKind.IBAN_OWNER, Facts(iban=receiver.iban)),
        code=asking(InquiryKind.IBAN_NATIONAL_CODE, facts) if code else None,
    )


def _payer(row: Transfer) -> str:
    """Return the name under which the payer is known, or ""."""
    payment = row.payment
    bought = payment.purchase_id if payment is not None else None
    purchase = purchase_by_id(bought) if bought is not None else None
    return purchase.customer.name if purchase is not None and purchase.customer else ""


def _payer_code(row: Transfer) -> str:
    """Return the national code under which the payer signed, where they paid by debit."""
    paid = Debit.objects.filter(payment=row.payment) if row.payment else Debit.objects.none()
    debit = paid.select_related("mandate").first()
    if debit is None:
        return ""
    return unseal_of_mandate(
        debit.mandate.national_code,
        column="national_code",
        business_id=debit.mandate.business_id,
        mandate_id=debit.mandate_id,
    )


def _ask(business_id: UUID, questions: _Questions, now: datetime) -> _Found:
    owner = _asked(business_id, questions.owner, now)
    if isinstance(owner, str):
        return _Found(Match.INDETERMINATE, again=owner == _BUSY)
    if owner.state == InquiryState.UNANSWERED:
        return _Found(Match.INDETERMINATE, again=True)
    if owner.outcome == Outcome.DECLINED or owner.usable is False:
        return _Found(Match.NO_MATCH, refused=True)
    match = Match(owner.match or Match.INDETERMINATE)
    if questions.code is None or match is Match.NO_MATCH:
        return _Found(match)
    return _with_code(match, _asked(business_id, questions.code, now))


def _with_code(match: Match, code: Inquiry | str) -> _Found:
    """Return the weaker of both answers; where nobody offers it the name alone decides."""
    if code == _NOT_OFFERED:
        return _Found(match)
    if isinstance(code, str):
        told, again = Match.INDETERMINATE, code == _BUSY
    else:
        told, again = Match(code.match), code.state == InquiryState.UNANSWERED
    return _Found(min(match, told, key=_STRENGTH.index), again=again)


def _asked(business_id: UUID, asking: Asking, now: datetime) -> Inquiry | str:
    """Return the answer, or the code of why nobody is asked."""
    try:
        return ask_inquiry(business_id=business_id, asking=asking, now=now)
    except Problem as problem:
        return problem.code


def _apply(held: HeldTransfer, found: _Found, now: datetime) -> None:
    row = held.row
    row.leased_until = None
    if row.waiting != Waiting.DESTINATION or row.state != RefundState.AWAITING_APPROVAL:
        held.save()
        return
    if found.again and row.doubts + 1 < _TRIES:
        row.doubts += 1
        row.next_try_at = now + _PAUSE
        held.save()
        return
    row.doubts = 0
    _judge(held, found, now)


def _judge(held: HeldTransfer, found: _Found, now: datetime) -> None:
    row = held.row
    row.match = found.match
    if found.refused:
        row.last_code = "account_unusable"
        held.end(RefundState.REJECTED, now)
        return
    by_rule = second_person(row.amount_rial, held.payment, row.requested_at)
    needed = {Match.MATCH: 0, Match.NO_MATCH: 2}.get(found.match, 1)
    least = 1 if by_rule or held.payment is None else 0
    row.approvals_needed = max(needed, least)
    if held.approvals() >= row.approvals_needed:
        row.approved_at = now
        held.move(RefundState.REQUESTED, None, now)
        return
    why = Waiting.OTHER_OWNER if found.match is Match.NO_MATCH else Waiting.OWNER_UNSURE
    held.move(RefundState.AWAITING_APPROVAL, why if needed else by_rule or Waiting.LIMIT, None)
