"""A business's own rules for money going out."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.calendar import business_day
from core.errors import Problem
from core.tenancy import active_business_id, operation
from customers.enums import MeasureStep
from customers.operations import NewReturnLine
from customers.queries import lines_of
from customers.queries.measures import is_measured
from customers.queries.sales import purchase_by_id
from outbox.operations import publish
from payments.enums.refunds import Waiting
from payments.events import ReturnPolicyChanged
from payments.models import Payment, RefundPolicy
from payments.queries.return_days import buyers_tier, rules_for


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
    publish([ReturnPolicyChanged()], now=now)


def second_person(
    amount_rial: int, payment: Payment | None, now: datetime, lines: Sequence[NewReturnLine] = ()
) -> Waiting | None:
    """Return why the rules ask for a second person, or None.

    Without lines nobody knows which goods come back: the shortest days of what is left count.
    """
    rules = rules_for(payment)
    categories = _categories(payment, lines) if rules.category_days else ()
    settled_at = payment.settled_at if payment else None
    if rules.is_late(settled_at, now, categories, buyers_tier(rules, payment)):
        return Waiting.LATE
    if rules.approval_above_rial is not None and amount_rial > rules.approval_above_rial:
        return Waiting.LIMIT
    return Waiting.MEASURE if _is_careful(payment, now) else None


def _is_careful(payment: Payment | None, now: datetime) -> bool:
    """Tell whether two people decided that this buyer's money goes back by a second person only."""
    sale = purchase_by_id(payment.purchase_id) if payment and payment.purchase_id else None
    if sale is None:
        return False
    today = business_day(now, business_by_id(active_business_id()).timezone)
    return is_measured(sale.customer_id, MeasureStep.CAREFUL_RETURNS, today)


def check_reason(needs: Waiting | None, note: str) -> None:
    """Refuse an exception nobody gave a reason for. Raises Problem `late_return_needs_reason`."""
    if needs is Waiting.LATE and not note:
        detail = _("The days to return are over; write why this is an exception.")
        raise Problem(
            "late_return_needs_reason",
            detail,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={"note": [detail]},
        )


def _categories(payment: Payment | None, asked: Sequence[NewReturnLine]) -> set[str]:
    if payment is None or payment.purchase_id is None:
        return set()
    rows = lines_of([payment.purchase_id]).get(payment.purchase_id, [])
    positions, skus = {one.position for one in asked}, {one.sku for one in asked if one.sku}
    if asked:
        return {row.category for row in rows if row.position in positions or row.sku in skus}
    return {row.category for row in rows if row.returned_rial < row.total_rial}
