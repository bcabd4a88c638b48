"""From a verdict to credited money: parts are held, then settled when their payment is whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from customers.operations import CustomerHint
from customers.queries import customer_view
from outbox.operations import publish
from payments.enums import (
    AlertKind,
    BookAccount,
    PaymentMethod,
    PaymentState,
    Provider,
    check_move,
)
from payments.enums.deposits import (
    DEPOSIT_MOVES,
    AllocationState,
    DepositReason,
    DepositState,
    SignatureState,
)
from payments.events import DepositMatched, DepositUnmatched
from payments.models import (
    AmountSignature,
    Deposit,
    DepositAllocation,
    Payment,
)
from payments.operations.alerts import raise_alert, settle_alerts
from payments.operations.create import create_payment, locked
from payments.operations.deposits.match import Verdict, left_of
from payments.operations.journal import post_money
from payments.operations.take_in import MoneyIn, take_in

_UNTIL_CONFIRMED: Final = timedelta(days=30)
_DOUBTFUL: Final = frozenset(
    {DepositReason.DUPLICATE, DepositReason.TENFOLD, DepositReason.PROVIDER_DOUBT}
)
AUTOMATIC: Final = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of a deposit: for a payment, or for a customer as a purchase of its own."""

    amount_rial: int
    payment_id: UUID | None = None
    customer_id: UUID | None = None


def locked_deposit(deposit_id: UUID) -> Deposit:
    """Return a deposit with its row and account, its own row locked. Raises NotFound."""
    rows = Deposit.objects.select_related("row", "account").select_for_update(of=("self",))
    deposit = rows.filter(id=deposit_id).first()
    if deposit is None:
        raise NotFound(_("There is no such deposit."))
    return deposit


def move_deposit(deposit: Deposit, state: DepositState) -> None:
    """Write a deposit's next state, if it may follow, and free its lease."""
    check_move(DEPOSIT_MOVES, deposit.state, state)
    deposit.state = state
    deposit.leased_until = None
    deposit.save()


def apply_verdict(deposit: Deposit, verdict: Verdict, now: datetime) -> None:
    """Credit an exact match, or put the deposit before a person."""
    deposit.identifier = verdict.identifier
    deposit.hints = verdict.hints
    if verdict.reason is not None:
        queue(deposit, verdict.reason, now)
        return
    move_deposit(deposit, DepositState.AUTO_MATCHED)
    amount = deposit.amount_rial - verdict.added_rial
    part = Part(amount_rial=amount, payment_id=verdict.payment_id, customer_id=verdict.customer_id)
    if verdict.signature_id is not None:
        AmountSignature.objects.filter(id=verdict.signature_id).update(state=SignatureState.USED)
        put_aside(deposit, verdict.added_rial, BookAccount.ROUNDING, now)
    allot(deposit, [part], by=AUTOMATIC, now=now)
    go_on(deposit, now)


def queue(deposit: Deposit, reason: DepositReason, now: datetime) -> None:
    """Put a deposit before a person, with the reason."""
    doubtful = reason in _DOUBTFUL
    deposit.reason = reason
    deposit.next_try_at = None
    move_deposit(deposit, DepositState.SUSPICIOUS if doubtful else DepositState.UNMATCHED)
    kind = AlertKind.TENFOLD if reason is DepositReason.TENFOLD else AlertKind.DEPOSIT_TROUBLE
    detail = {"reason": str(reason), "amount_rial": deposit.amount_rial}
    raise_alert(kind=kind, source_id=deposit.id, detail=detail, now=now)
    event = DepositUnmatched(
        deposit_id=deposit.id, amount_rial=deposit.amount_rial, reason=str(reason)
    )
    publish([event], now=now)


def allot(deposit: Deposit, parts: Iterable[Part], *, by: str, now: datetime) -> None:
    """Hold parts of a locked deposit for payments; a customer's part becomes a payment first.

    Raises NotFound, Problem `deposit_overspent`, `payment_not_open`, `payment_overpaid`.
    """
    for number, part in enumerate(parts):
        if not 0 < part.amount_rial <= deposit.open_rial:
            detail = _("The parts are more than the deposit.")
            raise Problem("deposit_overspent", detail, about="amount")
        payment = _payment_of(deposit, part, number, now)
        amount = part.amount_rial + _held_before(deposit, payment)
        _check_room(payment, amount, by)
        DepositAllocation.objects.create(
            deposit=deposit, payment=payment, amount_rial=amount, by=by, created_at=now
        )
        deposit.allocated_rial += amount
        deposit.save(update_fields=["allocated_rial"])


def go_on(deposit: Deposit, now: datetime) -> None:
    """Ask the provider to confirm, or settle at once what needs nobody's yes."""
    if deposit.needs_confirm and deposit.taken_at is None:
        deposit.next_try_at, deposit.tries = now, 0
        move_deposit(deposit, DepositState.AWAITING_CONFIRM)
    else:
        settle_parts(deposit, now)


def settle_parts(deposit: Deposit, now: datetime) -> None:
    """Credit the payments that are whole now; the money of the deposit is ours."""
    held = DepositAllocation.objects.filter(deposit=deposit, state=AllocationState.HELD)
    for payment_id in list(held.order_by("payment_id").values_list("payment_id", flat=True)):
        _complete(locked(payment_id), deposit, now)
    deposit.refresh_from_db(fields=["allocated_rial"])
    deposit.next_try_at = None
    if deposit.open_rial == 0:
        deposit.reason, deposit.resolved_at = "", now
        if deposit.state != DepositState.CONFIRMED:
            move_deposit(deposit, DepositState.CONFIRMED)
        for kind in (AlertKind.DEPOSIT_TROUBLE, AlertKind.TENFOLD):
            settle_alerts(kind=kind, source_id=deposit.id, now=now)
    elif deposit.state == DepositState.AWAITING_CONFIRM:
        queue(deposit, DepositReason(deposit.reason or DepositReason.PAID_ALREADY), now)
    else:
        deposit.leased_until = None
        deposit.save()


def release(deposit: Deposit, now: datetime) -> bool:
    """Take back parts held for payments that are over; return whether any was."""
    held = DepositAllocation.objects.filter(deposit=deposit, state=AllocationState.HELD)
    for payment_id in list(held.order_by("payment_id").values_list("payment_id", flat=True)):
        locked(payment_id)
    # Read again under the locks: what another deposit has completed meanwhile is held no more.
    dead = [part for part in held.select_related("payment") if _in_vain(part)]
    if not dead:
        return False
    _let_go(deposit, dead)
    if deposit.state == DepositState.CONFIRMED:
        late = any(part.payment.state == PaymentState.EXPIRED for part in dead)
        queue(deposit, DepositReason.LATE if late else DepositReason.PAID_ALREADY, now)
    else:
        # It waits for a person already, with a reason of its own.
        move_deposit(deposit, DepositState(deposit.state))
    return True


def take_back(deposit: Deposit) -> None:
    """Give up every held part of a locked deposit."""
    _let_go(
        deposit,
        list(DepositAllocation.objects.filter(deposit=deposit, state=AllocationState.HELD)),
    )


def put_aside(deposit: Deposit, amount_rial: int, where: BookAccount, now: datetime) -> None:
    """Book a part of a deposit that is no payment's."""
    deposit.aside_rial += amount_rial
    deposit.save(update_fields=["aside_rial"])
    post_money(
        kind=f"deposit_{where}",
        source_id=deposit.id,
        lines={(BookAccount.UNMATCHED, ""): amount_rial, (where, ""): -amount_rial},
        now=now,
    )


def _let_go(deposit: Deposit, rows: list[DepositAllocation]) -> None:
    for row in rows:
        row.state = AllocationState.RELEASED
        row.save(update_fields=["state"])
        deposit.allocated_rial -= row.amount_rial
    deposit.save(update_fields=["allocated_rial"])


def _held_before(deposit: Deposit, payment: Payment) -> int:
    """Free what a deposit holds for a payment already: with what is added it is one part."""
    earlier = DepositAllocation.objects.filter(
        deposit=deposit, payment=payment, state=AllocationState.HELD
    ).first()
    if earlier is None:
        return 0
    _let_go(deposit, [earlier])
    return earlier.amount_rial


def _payment_of(deposit: Deposit, part: Part, number: int, now: datetime) -> Payment:
    if part.payment_id is not None:
        return locked(part.payment_id)
    person = customer_view(part.customer_id) if part.customer_id else None
    if person is None:
        raise NotFound(_("There is no such customer."))
    earlier = DepositAllocation.objects.filter(deposit=deposit).count()
    asked = create_payment(
        external_id=f"deposit-{deposit.id}-{earlier + number}",
        amount_rial=part.amount_rial,
        description=str(_("Identified deposit")),
        customer=CustomerHint(member_code=person.member_code),
        method=PaymentMethod.IDENTIFIED_DEPOSIT,
        payable_for=_UNTIL_CONFIRMED,
        now=now,
    )
    return locked(asked.id)


def _check_room(payment: Payment, amount_rial: int, by: str) -> None:
    late_but_wanted = by != AUTOMATIC and payment.state == PaymentState.EXPIRED
    if payment.state != PaymentState.CREATED and not late_but_wanted:
        raise Problem(
            "payment_not_open",
            _("This payment is not waiting for money."),
            status=HTTPStatus.CONFLICT,
            about="order",
            extra={"payment_status": payment.state},
        )
    if amount_rial > left_of(payment):
        detail = _("This is more than the payment still needs.")
        raise Problem("payment_overpaid", detail, about="amount")


def _in_vain(part: DepositAllocation) -> bool:
    """Tell whether a held part's payment is over; one taken knowingly after its time may wait."""
    payment = part.payment
    if payment.state == PaymentState.EXPIRED:
        return part.created_at < payment.expires_at
    return payment.state not in {PaymentState.CREATED, PaymentState.PROCESSING}


def _complete(payment: Payment, deposit: Deposit, now: datetime) -> None:
    """Settle a locked payment whose taken parts make its whole amount."""
    parts = list(
        DepositAllocation.objects.filter(
            payment=payment, state=AllocationState.HELD, deposit__taken_at__isnull=False
        )
    )
    if payment.state not in {PaymentState.CREATED, PaymentState.EXPIRED}:
        _let_go(deposit, [part for part in parts if part.deposit_id == deposit.id])
        return
    if sum(part.amount_rial for part in parts) != payment.amount_rial:
        return
    DepositAllocation.objects.filter(id__in=[part.id for part in parts]).update(
        state=AllocationState.SETTLED, settled_at=now
    )
    take_in(payment, _money(deposit), now)
    _close_signatures(payment)
    event = DepositMatched(
        deposit_id=deposit.id,
        payment_id=payment.id,
        external_id=payment.external_id,
        amount_rial=payment.amount_rial,
    )
    publish([event], now=now)


def _close_signatures(payment: Payment) -> None:
    AmountSignature.objects.filter(payment=payment, state=SignatureState.OPEN).update(
        state=SignatureState.USED
    )


def _money(deposit: Deposit) -> MoneyIn:
    provider = deposit.account.provider_account
    # Only an amount signature puts a part aside before its payment is credited.
    by_card = deposit.identifier_id is None and deposit.aside_rial > 0
    return MoneyIn(
        method=PaymentMethod.CARD_TO_CARD if by_card else PaymentMethod.IDENTIFIED_DEPOSIT,
        provider=provider.provider if provider else Provider.OWN_BANK,
        place=(BookAccount.UNMATCHED, ""),
        reference=deposit.row.bank_reference or deposit.row.provider_reference,
    )
