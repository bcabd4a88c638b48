"""The transfers a refund or payout is made of: each moves on its own, the whole is their sum."""

from collections import Counter
from datetime import datetime
from typing import Final

from payments.enums import AlertKind
from payments.enums.refunds import RefundState, Waiting
from payments.models import TransferPart
from payments.operations.refunds.books import (
    Step,
    fee_in_books,
    post_back,
    post_left,
    post_paid,
)
from payments.operations.refunds.held import HeldTransfer
from payments.operations.refunds.schedule import OVERDUE_AFTER, STAYS_AFTER, next_on_its_way
from payments.providers.contract import Ordered, Part, TransferState

_ENDED: Final = frozenset({TransferState.FAILED, TransferState.CANCELLED, TransferState.RETURNED})
_LEFT: Final = frozenset({TransferState.IN_TRANSIT, TransferState.PAID})


def take_in_parts(held: HeldTransfer, said: Ordered, now: datetime) -> None:
    """Apply what the provider tells of an order's transfers, and conclude how the whole stands."""
    row = held.row
    told = said.parts or _whole(held, said)
    rows = {part.reference: part for part in TransferPart.objects.filter(transfer=row)}
    unheard = sum(
        part.amount_rial for ref, part in rows.items() if ref not in {t.reference for t in told}
    )
    if sum(part.amount_rial for part in told) + unheard > row.amount_rial:
        held.alert(AlertKind.AMOUNT_MISMATCH, "parts_exceed", now)
        held.move(RefundState(row.state), Waiting.PERSON, None)
        return
    row.doubts = 0
    for one in told:
        known = rows.get(one.reference) or _new(held, one, len(rows) + 1)
        rows[one.reference] = known
        _advance(held, known, one, now)
    _conclude(held, list(rows.values()), said, now)


def _whole(held: HeldTransfer, said: Ordered) -> tuple[Part, ...]:
    """An answer without parts speaks of the order as one, and only says that it was taken in."""
    if held.has_parts():
        return ()
    reference = said.reference or str(held.row.id)
    amount = held.row.amount_rial
    return (Part(reference=reference, amount_rial=amount, state=TransferState.PENDING),)


def _new(held: HeldTransfer, one: Part, number: int) -> TransferPart:
    return TransferPart.objects.create(
        transfer=held.row,
        number=number,
        reference=one.reference,
        amount_rial=one.amount_rial,
        state=TransferState.PENDING,
        expected_at=one.expected_at,
    )


def _advance(held: HeldTransfer, part: TransferPart, one: Part, now: datetime) -> None:
    """Move one part forward, never back; post each step once."""
    if part.state in _ENDED:
        if one.state in _LEFT:
            held.alert(AlertKind.CONTRADICTION, f"{part.state} → {one.state}", now)
        return
    if one.state in _LEFT:
        _left(held, part, one, now)
    if one.state in _ENDED:
        _ended(held, part, one, now)
    stays_paid = part.paid_at is not None and one.state not in {TransferState.PAID, *_ENDED}
    part.state = part.state if stays_paid else one.state
    part.expected_at, part.note = one.expected_at or part.expected_at, one.reason[:500]
    part.save()


def _left(held: HeldTransfer, part: TransferPart, one: Part, now: datetime) -> None:
    if part.left_at is None:
        part.left_at = now
        post_left(_step(held, part, one, now))
        held.left(now)
    if one.state is TransferState.PAID and part.paid_at is None:
        part.paid_at = now
        post_paid(_step(held, part, one, now))


def _ended(held: HeldTransfer, part: TransferPart, one: Part, now: datetime) -> None:
    part.ended_at = now
    if part.left_at is not None:
        post_back(_step(held, part, one, now))


def _step(held: HeldTransfer, part: TransferPart, one: Part, now: datetime) -> Step:
    """Count a fee told differently than before, and return what the books are to say."""
    more = 0 if one.fee_rial is None else one.fee_rial - fee_in_books(part)
    held.row.fee_rial += more
    return Step(row=held.row, part=part, more_fee=more, now=now)


def _conclude(held: HeldTransfer, parts: list[TransferPart], said: Ordered, now: datetime) -> None:
    row = held.row
    sums: Counter[str] = Counter()
    for part in parts:
        sums[part.state] += part.amount_rial
    row.paid_rial = sums[TransferState.PAID]
    told = [part.expected_at for part in parts if part.expected_at]
    row.expected_at = max(told, default=row.expected_at)
    open_rial = row.amount_rial - row.paid_rial - sum(sums[state] for state in _ENDED)
    if open_rial:
        _keep_watching(held, parts, said, now)
    elif row.paid_rial:
        _arrived(held, now)
    else:
        held.end(_how_it_ended(held, sums), now)


def _keep_watching(
    held: HeldTransfer, parts: list[TransferPart], said: Ordered, now: datetime
) -> None:
    row = held.row
    submitted = row.submitted_at or now
    given = row.sent_at or submitted
    gone = any(part.left_at for part in parts)
    if said.no_balance:
        waiting = Waiting.BALANCE
        held.alert(AlertKind.REFUND_TROUBLE, "no_balance", now)
    else:
        waiting = Waiting.BANK if gone else Waiting.PROVIDER
    if now > submitted + OVERDUE_AFTER:
        held.alert(AlertKind.REFUND_TROUBLE, "overdue", now)
    state = RefundState.IN_TRANSIT if gone else RefundState.SUBMITTED
    held.move(state, waiting, next_on_its_way(given, now))


def _arrived(held: HeldTransfer, now: datetime) -> None:
    row = held.row
    held.paid(now)
    if row.paid_at is not None and now >= row.paid_at + STAYS_AFTER:
        row.confirmed_at = now
        held.move(RefundState(row.state), None, None)


def _how_it_ended(held: HeldTransfer, sums: Counter[str]) -> RefundState:
    if held.row.paid_at is not None:
        return RefundState.RETURNED_AFTER_PAID
    if sums[TransferState.CANCELLED] == held.row.amount_rial:
        return RefundState.CANCELLED
    if sums[TransferState.RETURNED]:
        return RefundState.RETURNED_AFTER_PAID
    return RefundState.FAILED
