"""A refund's sale becomes a return: once, when money has left for the customer."""

from datetime import datetime
from uuid import UUID

from core.errors import Problem
from customers.operations import record_return
from customers.queries.money_parts import money_parts
from payments.models import Payment, Transfer
from payments.operations.refunds.plan import line_kept
from payments.operations.sale import SOURCE


def undo_sale(row: Transfer, payment: Payment, now: datetime) -> None:
    """Record the return of what a refund pays for, as far as it has not come back already."""
    if payment.purchase_id is None:
        return
    lines = [line_kept(line) for line in row.lines]
    amount = goods_of(payment.purchase_id, row.amount_rial)
    try:
        record_return(
            purchase_id=payment.purchase_id,
            external_id=f"refund-{row.id}",
            amount_rial=None if lines else amount,
            lines=lines,
            reason=row.reason,
            source=SOURCE,
            now=now,
        )
    except Problem as problem:
        _what_is_left(row, payment, amount, problem, now)


def goods_of(purchase_id: UUID, amount_rial: int) -> int:
    """Return the worth of the goods a sum of money stands for; more, where points paid a part."""
    parts = money_parts(purchase_id)
    return parts.goods_for(amount_rial) if parts else amount_rial


def _what_is_left(
    row: Transfer, payment: Payment, amount: int, problem: Problem, now: datetime
) -> None:
    """Money has left whatever the shop recorded meanwhile; the sale loses at most its rest."""
    left = problem.extra.get("left_rial")
    if left is None and not row.lines:
        raise problem
    if payment.purchase_id is not None and left != 0:
        record_return(
            purchase_id=payment.purchase_id,
            external_id=f"refund-{row.id}",
            amount_rial=min(left or amount, amount),
            reason=row.reason,
            source=SOURCE,
            now=now,
        )
