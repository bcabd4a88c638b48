"""Is the account the payer's? Asked before money goes to an account that did not pay (C023).

MATCH: it goes. PROBABLE or not to be told: a second person. NO_MATCH: two more people, else no.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.tenancy import acting_for
from customers.queries.sales import purchase_by_id
from payments.enums.refunds import RefundState, Waiting
from payments.models import Transfer
from payments.operations.refunds.held import HeldTransfer, hold_transfer
from payments.operations.refunds.names import same_name
from payments.operations.refunds.policy import second_person
from payments.operations.refunds.receiver import receiver_of
from payments.operations.refunds.wire import inquiry_line
from payments.providers.contract import AccountInfo, Match, Outcome
from payments.queries import accounts_for

_TRIES: Final = 3
_PAUSE: Final = timedelta(seconds=20)
_NOT_TOLD: Final = frozenset({Outcome.UNKNOWN, Outcome.NOT_ATTEMPTED, Outcome.PENDING})


@dataclass(frozen=True, slots=True)
class _Found:
    """What was learned of an account: whose, and whether that is the payer."""

    match: Match
    holder: str = ""
    refused: bool = False


def question(row: Transfer, now: datetime) -> Callable[[UUID, datetime], None] | None:
    """Return the step that asks, or None when nothing is to be asked."""
    if row.waiting != Waiting.DESTINATION:
        row.next_try_at = row.leased_until = None
        return None
    account = next(iter(accounts_for("inquiries")), None)
    line = inquiry_line(account, row, now) if account is not None else None
    receiver = receiver_of(row)
    payer = receiver.name if row.payment is None else _payer(row)
    transfer_id = row.id

    def talk(business_id: UUID, now: datetime) -> None:
        info = line.owner(receiver.iban, str(transfer_id)) if line is not None else None
        with acting_for(business_id, durable=True):
            _apply(hold_transfer(transfer_id), info, payer, now)

    return talk


def _payer(row: Transfer) -> str:
    """Return the name under which the payer is known, or ""."""
    payment = row.payment
    bought = payment.purchase_id if payment is not None else None
    purchase = purchase_by_id(bought) if bought is not None else None
    return purchase.customer.name if purchase is not None and purchase.customer else ""


def _apply(held: HeldTransfer, info: AccountInfo | None, payer: str, now: datetime) -> None:
    row = held.row
    row.leased_until = None
    if row.waiting != Waiting.DESTINATION or row.state != RefundState.AWAITING_APPROVAL:
        held.save()
        return
    if info is not None and info.outcome in _NOT_TOLD and row.doubts + 1 < _TRIES:
        row.doubts += 1
        row.next_try_at = now + _PAUSE
        held.save()
        return
    row.doubts = 0
    _judge(held, _read(info, payer), now)


def _read(info: AccountInfo | None, payer: str) -> _Found:
    if info is None or info.outcome in {*_NOT_TOLD, Outcome.MISMATCH}:
        return _Found(Match.INDETERMINATE)
    if info.outcome is Outcome.DECLINED or info.usable is False:
        return _Found(Match.NO_MATCH, refused=True)
    names = [f"{owner.first_name} {owner.last_name}".strip() for owner in info.owners]
    answers = [same_name(name, payer) for name in names]
    best = next(
        (one for one in (Match.MATCH, Match.PROBABLE, Match.INDETERMINATE) if one in answers),
        Match.NO_MATCH if answers else Match.INDETERMINATE,
    )
    return _Found(best, holder="، ".join(names)[:200])


def _judge(held: HeldTransfer, found: _Found, now: datetime) -> None:
    row = held.row
    row.match, row.holder = found.match, found.holder
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
