"""Carrying a deposit on: judged when it is seen, confirmed or sent back over the wire when due.

Each step is one short transaction; a process that dies between two leaves a due row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from core.errors import Problem
from core.tenancy import acting_for
from payments.enums import AlertKind
from payments.enums.deposits import DepositReason, DepositState
from payments.models import Deposit
from payments.operations.alerts import raise_alert
from payments.operations.deposits.credit import (
    apply_verdict,
    locked_deposit,
    queue,
    release,
    settle_parts,
    take_back,
)
from payments.operations.deposits.match import judge
from payments.operations.deposits.returns import came_back, finished
from payments.operations.deposits.wire import DepositLine, line_of
from payments.operations.schedule import LEASE, next_in_doubt
from payments.providers.contract import DepositAnswer, Outcome
from payments.providers.contract import DepositState as Told

_ON_THE_WIRE: Final = (DepositState.AWAITING_CONFIRM, DepositState.RETURNING)
# These may hold parts whose payment is over.
_HOLDING: Final = (DepositState.CONFIRMED, DepositState.UNMATCHED, DepositState.SUSPICIOUS)
_AT_WORK: Final = (DepositState.DETECTED, *_ON_THE_WIRE, *_HOLDING)
_YES: Final = frozenset({Outcome.OK, Outcome.ALREADY})


@dataclass(frozen=True, slots=True)
class _Work:
    """A leased deposit whose provider is to be told yes or no; `ask_first` after any doubt."""

    line: DepositLine
    reference: str
    since: str
    confirm: bool
    ask_first: bool


def run_deposit(*, business_id: UUID, deposit_id: UUID, now: datetime) -> bool:
    """Do what is due with a deposit; run outside any scope. False when there was nothing."""
    work = _take(business_id, deposit_id, now)
    if work is None or isinstance(work, bool):
        return bool(work)
    answer = _talk(work)
    with acting_for(business_id, durable=True):
        deposit = locked_deposit(deposit_id)
        if deposit.state in _ON_THE_WIRE:
            _apply(deposit, answer, now)
    return True


def judge_deposit(deposit: Deposit, now: datetime) -> None:
    """Find out whom a locked, just detected deposit is for, and credit or queue it."""
    try:
        with transaction.atomic():
            apply_verdict(deposit, judge(deposit), now)
    except Problem:
        # The payment was paid or the profile closed a moment ago: nothing was written.
        fresh = locked_deposit(deposit.id)
        queue(fresh, DepositReason.PAID_ALREADY, now)


def _take(business_id: UUID, deposit_id: UUID, now: datetime) -> _Work | bool | None:
    with acting_for(business_id, durable=True):
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        taken = Deposit.objects.filter(free, id=deposit_id, state__in=_AT_WORK).update(
            leased_until=now + LEASE, tries=F("tries") + 1
        )
        if not taken:
            return None
        deposit = locked_deposit(deposit_id)
        if deposit.state == DepositState.DETECTED:
            judge_deposit(deposit, now)
            return True
        if deposit.state in _HOLDING:
            return _look_again(deposit, now)
        return _Work(
            line=line_of(deposit.account, now=now),
            reference=deposit.row.provider_reference,
            since=(deposit.at - timedelta(days=1)).date().isoformat(),
            confirm=deposit.state == DepositState.AWAITING_CONFIRM,
            ask_first=deposit.tries > 1,
        )


def _look_again(deposit: Deposit, now: datetime) -> bool:
    """Parts that wait for the rest of their payment wait in vain once it is over."""
    released = release(deposit, now)
    if not released:
        deposit.leased_until = None
        deposit.save(update_fields=["leased_until"])
    return released


def _talk(work: _Work) -> DepositAnswer:
    """Ask where the money stands before saying anything a second time."""
    if work.ask_first:
        heard = work.line.inquire(work.reference, work.since)
        waiting = heard.row is not None and heard.row.state in {
            Told.AWAITING_CONFIRM,
            Told.SUSPICIOUS,
        }
        if not waiting:
            return heard
    return (work.line.confirm if work.confirm else work.line.reject)(work.reference)


def _apply(deposit: Deposit, answer: DepositAnswer, now: datetime) -> None:
    deposit.last_outcome = answer.outcome
    deposit.last_code = answer.evidence.code
    deposit.last_message = answer.evidence.message
    told = answer.row.state if answer.row is not None else None
    said_yes = answer.outcome in _YES
    confirming = deposit.state == DepositState.AWAITING_CONFIRM
    if told is Told.REJECTED or (said_yes and not confirming and told is not Told.CONFIRMED):
        _gone_back(deposit, now)
    elif told is Told.CONFIRMED or (said_yes and confirming and told is None):
        _ours(deposit, now)
    elif answer.outcome is Outcome.DECLINED:
        _refused(deposit, now)
    else:
        _ask_later(deposit, now)


def _ours(deposit: Deposit, now: datetime) -> None:
    """The provider gave the money to us."""
    deposit.taken_at = now
    deposit.save(update_fields=["taken_at"])
    if deposit.state == DepositState.RETURNING:
        finished(deposit, now, done=False)
        return
    settle_parts(deposit, now)


def _gone_back(deposit: Deposit, now: datetime) -> None:
    if deposit.state == DepositState.RETURNING:
        finished(deposit, now, done=True)
        return
    take_back(deposit)
    came_back(deposit, now)


def _refused(deposit: Deposit, now: datetime) -> None:
    """A final no to our yes or to our no; what the provider does next, its list will tell."""
    if deposit.state == DepositState.RETURNING:
        finished(deposit, now, done=False)
        return
    take_back(deposit)
    queue(deposit, DepositReason.CONFIRM_REFUSED, now)


def _ask_later(deposit: Deposit, now: datetime) -> None:
    deposit.next_try_at = next_in_doubt(deposit.tries - 1, now)
    deposit.leased_until = None
    deposit.save()
    if deposit.next_try_at is None:
        raise_alert(
            kind=AlertKind.DEPOSIT_TROUBLE,
            source_id=deposit.id,
            detail={"reason": "no_answer", "amount_rial": deposit.amount_rial},
            now=now,
        )


def told_of(deposit: Deposit, state: Told, now: datetime) -> None:
    """Take in what the provider's list says of a deposit we know; its row is locked."""
    undecided = deposit.state not in {
        DepositState.CONFIRMED,
        DepositState.RETURNED,
        DepositState.IGNORED,
    }
    if state is Told.REJECTED and undecided and deposit.taken_at is None:
        _gone_back(deposit, now)
    elif state is Told.CONFIRMED and deposit.taken_at is None and undecided:
        if deposit.state in _ON_THE_WIRE:
            _ours(deposit, now)
        else:
            # Somebody said yes in the provider's own panel; whose it is stays open here.
            deposit.taken_at = now
            deposit.save(update_fields=["taken_at"])
    elif state is Told.REJECTED and deposit.state == DepositState.CONFIRMED:
        raise_alert(
            kind=AlertKind.CONTRADICTION,
            source_id=deposit.id,
            detail={"amount_rial": deposit.amount_rial},
            now=now,
        )
