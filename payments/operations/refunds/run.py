"""One look at money on its way out: claim it, talk with no transaction open, write what was said.

The order's key is its row's id, for ever. An order that may have been given is asked about, and
given again only when the provider knows our keys, or has said after its finality window that it
never took it in.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from core.tenancy import acting_for
from payments.enums import AlertKind, PaymentState, check_move
from payments.enums.refunds import (
    AT_PROVIDER,
    REFUND_MOVES,
    RefundRoute,
    RefundState,
    Waiting,
)
from payments.models import Payment, Transfer, TransferPart
from payments.operations.create import locked
from payments.operations.refunds import answer, credit, owner, undo
from payments.operations.refunds.held import HeldTransfer
from payments.operations.refunds.schedule import BEHIND_ANOTHER, expected_by
from payments.operations.refunds.wire import Earlier, OutLine, payout_line, refund_line
from payments.operations.schedule import LEASE
from payments.providers import product_of
from payments.providers.contract import TransferState

# What to do with no transaction open; it opens short scopes by itself.
Step = Callable[[], None]


def run_transfer(*, business_id: UUID, transfer_id: UUID, now: datetime) -> bool:
    """Do the next step of a refund or payout; return False when none is due or it is taken.

    Run outside any scope.
    """
    with acting_for(business_id, durable=True):
        step = _take(business_id, transfer_id, now)
    if step is None:
        return False
    step()
    return True


def run_until_it_waits(*, business_id: UUID, transfer_id: UUID, now: datetime) -> None:
    """Do what can be done at once: a person is looking at the page."""
    for _step in range(4):
        if not run_transfer(business_id=business_id, transfer_id=transfer_id, now=now):
            return


def _take(business_id: UUID, transfer_id: UUID, now: datetime) -> Step | None:
    payment_id = Transfer.objects.only("payment_id").get(id=transfer_id).payment_id
    payment = locked(payment_id) if payment_id is not None else None
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    rows = Transfer.objects.select_for_update(of=("self",))
    rows = rows.select_related("account", "attempt__account")
    row = rows.filter(free, id=transfer_id, next_try_at__lte=now).first()
    if row is None:
        return None
    row.leased_until = now + LEASE
    step = _step(row, payment, now)
    row.save()
    if step is None:
        return None
    return lambda: step(business_id, now)


def _step(
    row: Transfer, payment: Payment | None, now: datetime
) -> Callable[[UUID, datetime], None] | None:
    if row.state == RefundState.AWAITING_APPROVAL:
        return owner.question(row)
    if row.route == RefundRoute.REVERSE:
        return undo.step(row, payment, now)
    if row.route == RefundRoute.CREDIT:
        return credit.step(row)
    if row.state == RefundState.REQUESTED:
        return _send(row, payment, now)
    return _ask(row, now)


def _send(
    row: Transfer, payment: Payment | None, now: datetime
) -> Callable[[UUID, datetime], None] | None:
    """Commit the intent; what follows may have happened from here on."""
    if payment is not None and payment.state != PaymentState.SETTLED:
        # Its money went back another way meanwhile.
        HeldTransfer(row, payment).alert(AlertKind.CONTRADICTION, payment.state, now)
        _give_to_person(row)
        return None
    line = _line(row, now)
    if line is None:
        _give_to_person(row)
        return None
    if _behind_another(row):
        row.waiting, row.leased_until = Waiting.PROVIDER, None
        row.next_try_at = now + BEHIND_ANOTHER
        return None
    check_move(REFUND_MOVES, row.state, RefundState.SUBMITTED)
    row.state, row.waiting = RefundState.SUBMITTED, Waiting.ANSWER
    row.submitted_at = row.submitted_at or now
    row.sent_at, row.expected_at = now, _expected(row, now)

    def talk(business_id: UUID, now: datetime) -> None:
        said = line.send()
        answer.to_order(business_id, row.id, said, now)

    return talk


def _expected(row: Transfer, now: datetime) -> datetime | None:
    """Approvals and empty wallets take time: the day is told anew once it is handed over."""
    offered = answer.offered_by(row)
    return row.expected_at if offered is None else expected_by(row.route, offered.usually, now)


def _ask(row: Transfer, now: datetime) -> Callable[[UUID, datetime], None] | None:
    line = _line(row, now)
    if line is None:
        _give_to_person(row)
        return None
    cancel, reference = row.cancel_asked_at is not None, row.reference

    def talk(business_id: UUID, now: datetime) -> None:
        if cancel:
            answer.to_cancel(business_id, row.id, line.cancel(reference))
        answer.to_question(business_id, row.id, line.inquire(reference), now)

    return talk


def _line(row: Transfer, now: datetime) -> OutLine | None:
    if row.account is None:
        return None
    if row.route == RefundRoute.PAYOUT:
        return payout_line(row, row.account, now)
    if row.attempt is None:
        return None
    return refund_line(row, row.account, row.attempt, _sent_before(row), now)


def _sent_before(row: Transfer) -> Earlier:
    """Return what other refunds of the same payment sent back through the gateway."""
    parts = TransferPart.objects.filter(
        transfer__payment=row.payment, transfer__route=RefundRoute.GATEWAY
    ).exclude(transfer=row)
    paid = {part.id: part.amount_rial * (part.state == TransferState.PAID) for part in parts}
    return Earlier(rial=sum(paid.values()), parts={part.reference: paid[part.id] for part in parts})


def _behind_another(row: Transfer) -> bool:
    """Tell whether another refund of the payment is open where no key tells the two apart."""
    refunder = product_of(row.account.provider).refunds if row.account else None
    if row.route != RefundRoute.GATEWAY or refunder is None or refunder.refunds.idempotent:
        return False
    others = Transfer.objects.filter(
        payment=row.payment, route=RefundRoute.GATEWAY, state__in=AT_PROVIDER
    )
    return others.exclude(id=row.id).exists()


def _give_to_person(row: Transfer) -> None:
    row.waiting, row.next_try_at, row.leased_until = Waiting.PERSON, None, None
