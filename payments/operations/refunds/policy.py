"""A business's own rules for money going out."""

from datetime import datetime

from core.tenancy import operation
from payments.enums.refunds import Waiting
from payments.models import Payment, RefundPolicy
from payments.queries.refunds import refund_policy


@operation
def set_refund_policy(
    *, approval_above_rial: int | None, return_days: int | None, now: datetime
) -> None:
    """Set above which amount a second person approves, and for how many days goods come back."""
    rules = {
        "approval_above_rial": approval_above_rial,
        "return_days": return_days,
        "changed_at": now,
    }
    if not RefundPolicy.objects.update(**rules):
        RefundPolicy.objects.create(**rules)


def second_person(amount_rial: int, payment: Payment | None, now: datetime) -> Waiting | None:
    """Return why the rules ask for a second person, or None."""
    rules = refund_policy()
    if rules.is_late(payment.settled_at if payment else None, now):
        return Waiting.LATE
    if rules.approval_above_rial is not None and amount_rial > rules.approval_above_rial:
        return Waiting.LIMIT
    return None
