"""What a person decides about a deposit that credits nobody by itself."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import Problem
from core.tenancy import operation
from core.text import normalise
from payments.enums import AlertKind, BookAccount
from payments.enums.deposits import DepositState, ReturnWay
from payments.models import Deposit
from payments.operations.alerts import settle_alerts
from payments.operations.create import locked
from payments.operations.deposits.credit import Part, allot, go_on, move_deposit, put_aside
from payments.operations.deposits.match import left_of
from payments.operations.deposits.returns import order_return, waiting_deposit


class Rest(StrEnum):
    """What becomes of what the parts leave: it waits on, or goes back to where it came from."""

    KEEP = "keep"
    RETURN = "return"


@operation
def accept_deposit(
    *,
    deposit_id: UUID,
    payment_id: UUID | None = None,
    customer_id: UUID | None = None,
    rest: Rest = Rest.KEEP,
    by: str,
    actor: Actor | None = None,
    now: datetime,
) -> None:
    """Take a queued deposit for a payment, or for a customer as a purchase of its own.

    For a payment too large for it the deposit is held until the rest has come; what it brings
    too much becomes the customer's own purchase when both are named, else follows `rest`. Raises
    NotFound and the problems of `split_deposit`.
    """
    deposit = waiting_deposit(deposit_id)
    parts = _parts(deposit, payment_id, customer_id)
    _resolve(deposit, parts, rest, by=by, actor=actor, now=now)


@operation
def split_deposit(
    *,
    deposit_id: UUID,
    parts: Sequence[Part],
    rest: Rest = Rest.KEEP,
    by: str,
    actor: Actor | None = None,
    now: datetime,
) -> None:
    """Divide a queued deposit over payments and customers.

    Raises NotFound, Problem `deposit_not_waiting`, `deposit_overspent`, `payment_not_open`,
    `payment_overpaid`, `nothing_to_split`, `deposit_untaken`.
    """
    deposit = waiting_deposit(deposit_id)
    _resolve(deposit, list(parts), rest, by=by, actor=actor, now=now)


@operation
def ignore_deposit(
    *, deposit_id: UUID, note: str, by: str, actor: Actor | None = None, now: datetime
) -> None:
    """Say that money is no customer's, such as the owner's own transfer.

    Raises NotFound, Problem `deposit_not_waiting`, `deposit_untaken`.
    """
    deposit = waiting_deposit(deposit_id)
    if deposit.needs_confirm and deposit.taken_at is None:
        raise _untaken()
    put_aside(deposit, deposit.open_rial, BookAccount.OWNER, now)
    _resolved(deposit, by, now)
    used = deposit.allocated_rial > 0
    move_deposit(deposit, DepositState.CONFIRMED if used else DepositState.IGNORED)
    data = {"amount_rial": deposit.aside_rial, "note": normalise(note)[:500], "by": by}
    record_audit(action="deposit.ignored", subject=str(deposit.id), data=data, actor=actor, now=now)


def _parts(deposit: Deposit, payment_id: UUID | None, customer_id: UUID | None) -> list[Part]:
    amount, parts = deposit.open_rial, []
    if payment_id is not None:
        wanted = min(amount, left_of(locked(payment_id)))
        if wanted <= 0:
            raise Problem(
                "payment_not_open",
                _("This payment is not waiting for money."),
                status=HTTPStatus.CONFLICT,
            )
        parts.append(Part(amount_rial=wanted, payment_id=payment_id))
        amount -= wanted
    if customer_id is not None and amount > 0:
        parts.append(Part(amount_rial=amount, customer_id=customer_id))
    return parts


def _resolve(  # noqa: PLR0917 - one decision and who took it
    deposit: Deposit,
    parts: list[Part],
    rest: Rest,
    by: str,
    actor: Actor | None,
    now: datetime,
) -> None:
    if not parts:
        raise Problem("nothing_to_split", _("Say whom the deposit is for."), about="order")
    if rest is Rest.RETURN and deposit.needs_confirm and deposit.taken_at is None:
        raise _untaken()
    allot(deposit, parts, by=by or "person", now=now)
    if rest is Rest.RETURN and deposit.open_rial > 0:
        order_return(
            deposit,
            ReturnWay.BY_HAND,
            to_iban=deposit.row.source_iban,
            note=str(_("The rest of a deposit")),
            by=by,
            now=now,
        )
    _resolved(deposit, by, now)
    go_on(deposit, now)
    record_audit(
        action="deposit.accepted",
        subject=str(deposit.id),
        data={"parts": [_told(part) for part in parts], "rest": rest.value, "by": by},
        actor=actor,
        now=now,
    )


def _resolved(deposit: Deposit, by: str, now: datetime) -> None:
    deposit.resolved_by, deposit.resolved_at = by, now
    if deposit.open_rial == 0:
        deposit.reason = ""
        for kind in (AlertKind.DEPOSIT_TROUBLE, AlertKind.TENFOLD):
            settle_alerts(kind=kind, source_id=deposit.id, now=now)
    deposit.save()


def _told(part: Part) -> dict[str, Any]:
    named = {"payment_id": part.payment_id, "customer_id": part.customer_id}
    ids = {name: str(value) for name, value in named.items() if value}
    return {"amount_rial": part.amount_rial, **ids}


def _untaken() -> Problem:
    return Problem(
        "deposit_untaken",
        _("The provider still holds this money: take it for somebody, or send it back whole."),
        status=HTTPStatus.CONFLICT,
    )
