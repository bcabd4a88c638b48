"""How what is held for a payment ends: let go, kept a while longer, or used with its sale.

Whoever calls holds the payment's row; the card's or coupon's is locked after it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from core.tenancy import operation
from payments.enums import AlertKind, PaymentState
from payments.enums.covers import CoverKind, CoverState
from payments.models import Payment, PaymentCover
from payments.operations.alerts import raise_alert
from payments.operations.covers.keeper import the_keeper

# Held for the buyer to decide; longer while a bank may still tell that they paid.
HELD_FOR: Final = timedelta(minutes=30)
# The keeper's own hold outlasts ours, so that only this module ends it.
MARGIN: Final = timedelta(days=7)
_UNDER_WAY: Final = (PaymentState.PROCESSING, PaymentState.NEEDS_REVIEW)


def held_for(payment: Payment) -> list[PaymentCover]:
    """Return what is held for a payment, in the order it was taken; no query where nothing is."""
    if not payment.covered_rial and not payment.discount_rial:
        return []
    rows = PaymentCover.objects.filter(payment=payment, state=CoverState.HELD)
    return list(rows.order_by("held_at", "id"))


def free_covers(payment: Payment, now: datetime) -> None:
    """Let go of everything held for a payment; its whole sum is to be paid again."""
    for cover in reversed(held_for(payment)):
        take_off(payment, cover, now)


def take_off(payment: Payment, cover: PaymentCover, now: datetime) -> None:
    """Let go of one cover; what it stood for is to be paid again."""
    the_keeper().free(cover.hold_id, now)
    payment.amount_rial += cover.amount_rial
    if cover.kind == CoverKind.COUPON:
        payment.discount_rial -= cover.amount_rial
        payment.lines = shifted(payment.lines, [-off for off in cover.off_lines])
    else:
        payment.covered_rial -= cover.amount_rial
    save_sums(payment)
    _end(cover, CoverState.FREED, now)


def keep_covers(payment: Payment, now: datetime) -> None:
    """Keep what is held while a buyer is at the bank."""
    for cover in held_for(payment):
        _keep(cover, now)


def spend_covers(payment: Payment, now: datetime) -> None:
    """Use what is held with the payment's sale; a person hears of what is not there any more.

    The money is here and its sale recorded, whatever became of the card meanwhile.
    """
    for cover in held_for(payment):
        purchase_id = payment.purchase_id
        if purchase_id and the_keeper().spend(cover.hold_id, purchase_id, now):
            _end(cover, CoverState.USED, now)
            continue
        the_keeper().free(cover.hold_id, now)
        _end(cover, CoverState.LOST, now)
        raise_alert(
            kind=AlertKind.COVER_LOST,
            source_id=cover.id,
            payment_id=payment.id,
            detail={"amount_rial": cover.amount_rial, "name": cover.label},
            now=now,
        )


@operation
def let_go_of_overdue(*, payment_id: UUID, now: datetime) -> bool:
    """Let go of what was held too long for a payment nobody is paying; return whether it was.

    While a bank may still tell that it was paid, it is kept instead.
    """
    payment = Payment.objects.select_for_update().get(id=payment_id)
    due = [one for one in held_for(payment) if one.held_until <= now]
    under_way = payment.state in _UNDER_WAY
    for cover in reversed(due):
        if under_way:
            _keep(cover, now)
        else:
            take_off(payment, cover, now)
    return bool(due) and not under_way


def shifted(lines: Sequence[dict[str, Any]], by: Sequence[int]) -> list[dict[str, Any]]:
    """Return kept lines with so much more taken off each; less where it is negative."""
    if not lines or not by:
        return list(lines)
    return [
        {
            **line,
            "discount_rial": line["discount_rial"] + off,
            "total_rial": line["total_rial"] - off,
        }
        for line, off in zip(lines, by, strict=True)
    ]


def save_sums(payment: Payment) -> None:
    """Write what covers change of a payment."""
    payment.save(update_fields=["amount_rial", "covered_rial", "discount_rial", "lines"])


def _keep(cover: PaymentCover, now: datetime) -> None:
    cover.held_until = now + HELD_FOR
    cover.save(update_fields=["held_until"])
    the_keeper().keep(cover.hold_id, cover.held_until + MARGIN)


def _end(cover: PaymentCover, state: CoverState, now: datetime) -> None:
    cover.state, cover.ended_at = state, now
    cover.save(update_fields=["state", "ended_at"])
