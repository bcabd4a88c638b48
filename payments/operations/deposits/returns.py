"""Sending deposits back: by the provider's no, or by the business itself in two told steps."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import operation
from core.text import normalise
from payments.enums import AlertKind, BookAccount
from payments.enums.deposits import (
    WAITING,
    DepositReason,
    DepositState,
    ReturnState,
    ReturnWay,
)
from payments.models import Deposit, DepositReturn
from payments.operations.alerts import raise_alert, settle_alerts
from payments.operations.deposits.credit import locked_deposit, move_deposit, queue
from payments.operations.deposits.rows import place_of
from payments.operations.journal import Place, post_money


@operation
def return_deposit(
    *,
    deposit_id: UUID,
    to_iban: str = "",
    note: str = "",
    by: str,
    actor: Actor | None = None,
    now: datetime,
) -> UUID:
    """Order what is left of a queued deposit back to where it came from; return the order's id.

    Money the provider still holds for our yes goes back by its no. Other money is sent by the
    business itself: this is the first step, telling the bank's reference is the second. Raises
    NotFound, Problem `deposit_not_waiting`.
    """
    deposit = waiting_deposit(deposit_id)
    by_provider = deposit.needs_confirm and deposit.taken_at is None
    row = order_return(
        deposit,
        ReturnWay.PROVIDER if by_provider else ReturnWay.BY_HAND,
        to_iban=to_iban or deposit.row.source_iban,
        note=note,
        by=by,
        now=now,
    )
    if deposit.allocated_rial == 0:
        move_deposit(deposit, DepositState.REJECTED)
        deposit.next_try_at, deposit.tries = (now, 0) if by_provider else (None, 0)
        move_deposit(deposit, DepositState.RETURNING)
    else:
        deposit.next_try_at = None
        move_deposit(deposit, DepositState.CONFIRMED)
    data = {"amount_rial": row.amount_rial, "note": row.note, "by": by}
    record_audit(
        action="deposit.returned", subject=str(deposit.id), data=data, actor=actor, now=now
    )
    return row.id


@operation
def finish_return(
    *,
    return_id: UUID,
    bank_reference: str,
    by: str,
    actor: Actor | None = None,
    now: datetime,
) -> None:
    """Tell that money ordered back by hand has left, with the bank's reference.

    Raises NotFound, Problem `return_over`, `reference_missing`.
    """
    deposit, row = _ordered(return_id)
    reference = normalise(bank_reference)
    if not reference:
        raise Problem("reference_missing", _("Give the bank's reference of the transfer."))
    row.bank_reference = reference[:200]
    _done(deposit, row, by, now)
    data = {"amount_rial": row.amount_rial, "bank_reference": row.bank_reference, "by": by}
    record_audit(
        action="deposit.return_done", subject=str(deposit.id), data=data, actor=actor, now=now
    )


@operation
def fail_return(*, return_id: UUID, by: str, actor: Actor | None = None, now: datetime) -> None:
    """Tell that money ordered back could not leave; it waits for a person again."""
    deposit, row = _ordered(return_id)
    _failed(deposit, row, by, now)
    record_audit(
        action="deposit.return_failed",
        subject=str(deposit.id),
        data={"amount_rial": row.amount_rial, "by": by},
        actor=actor,
        now=now,
    )


def waiting_deposit(deposit_id: UUID) -> Deposit:
    """Return a locked deposit that waits for a person. Raises Problem `deposit_not_waiting`."""
    deposit = locked_deposit(deposit_id)
    if deposit.state not in WAITING:
        raise Problem(
            "deposit_not_waiting",
            _("This deposit does not wait for a decision."),
            status=HTTPStatus.CONFLICT,
            extra={"deposit_status": deposit.state},
        )
    return deposit


def order_return(
    deposit: Deposit, way: ReturnWay, *, to_iban: str, note: str, by: str, now: datetime
) -> DepositReturn:
    """Book what is left of a locked deposit as on its way back."""
    row = DepositReturn(
        id=new_id(),
        deposit=deposit,
        amount_rial=deposit.open_rial,
        way=way,
        to_iban=to_iban,
        note=normalise(note)[:500],
        ordered_by=by,
        ordered_at=now,
    )
    row.save(force_insert=True)
    deposit.returned_rial += row.amount_rial
    deposit.resolved_by, deposit.resolved_at, deposit.reason = by, now, ""
    deposit.save()
    _post("deposit_return", row, (BookAccount.UNMATCHED, ""), _TRANSIT, now)
    return row


def finished(deposit: Deposit, now: datetime, *, done: bool) -> None:
    """Take in how the provider's sending back ended; the deposit's row is locked."""
    row = DepositReturn.objects.get(deposit=deposit, state=ReturnState.ORDERED)
    if done:
        _done(deposit, row, "", now)
    else:
        _failed(deposit, row, "", now)


def came_back(deposit: Deposit, now: datetime) -> None:
    """The provider sent the whole money back by itself, asked or not."""
    row = order_return(
        deposit,
        ReturnWay.PROVIDER,
        to_iban=deposit.row.source_iban,
        note="",
        by="",
        now=now,
    )
    if deposit.state in {DepositState.DETECTED, DepositState.AUTO_MATCHED}:
        queue(deposit, DepositReason.CONFIRM_REFUSED, now)
    _done(deposit, row, "", now)


_TRANSIT: Place = (BookAccount.IN_TRANSIT, "deposit")


def _ordered(return_id: UUID) -> tuple[Deposit, DepositReturn]:
    found = DepositReturn.objects.filter(id=return_id).first()
    if found is None:
        raise NotFound(_("There is no such return."))
    deposit = locked_deposit(found.deposit_id)
    found.refresh_from_db()
    if found.state != ReturnState.ORDERED or found.way != ReturnWay.BY_HAND:
        raise Problem("return_over", _("This return is over already."), status=HTTPStatus.CONFLICT)
    return deposit, found


def _done(deposit: Deposit, row: DepositReturn, by: str, now: datetime) -> None:
    row.state, row.done_at, row.done_by = ReturnState.DONE, now, by
    row.save()
    _post("deposit_return_done", row, _TRANSIT, place_of(deposit.account), now)
    deposit.next_try_at = None
    if deposit.state != DepositState.CONFIRMED:
        move_deposit(deposit, DepositState.RETURNED)
    settle_alerts(kind=AlertKind.DEPOSIT_TROUBLE, source_id=deposit.id, now=now)


def _failed(deposit: Deposit, row: DepositReturn, by: str, now: datetime) -> None:
    row.state, row.done_at, row.done_by = ReturnState.FAILED, now, by
    row.save()
    _post("deposit_return_failed", row, _TRANSIT, (BookAccount.UNMATCHED, ""), now)
    deposit.returned_rial -= row.amount_rial
    deposit.next_try_at, deposit.reason = None, DepositReason.RETURN_REFUSED
    partly = deposit.state == DepositState.CONFIRMED
    move_deposit(deposit, DepositState.UNMATCHED if partly else DepositState.RETURN_FAILED)
    raise_alert(
        kind=AlertKind.DEPOSIT_TROUBLE,
        source_id=deposit.id,
        detail={"reason": "return_failed", "amount_rial": row.amount_rial},
        now=now,
    )


def _post(kind: str, row: DepositReturn, debit: Place, credit: Place, now: datetime) -> None:
    post_money(
        kind=kind,
        source_id=row.id,
        lines={debit: row.amount_rial, credit: -row.amount_rial},
        now=now,
    )
