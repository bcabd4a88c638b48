"""What a refund would do, before anybody presses the button."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.tenancy import operation
from customers.operations import NewReturnLine, ReturnPreview, preview_return
from customers.queries.sales import purchase_by_id
from payments.enums.debits import Collects
from payments.enums.refunds import Destination, RefundRoute, Waiting
from payments.models import Payment
from payments.operations.refunds.effects import ComingBack, effects_of
from payments.operations.refunds.plan import amount_asked, plan_for, returns_goods
from payments.operations.refunds.policy import second_person
from payments.operations.refunds.returned import goods_of
from payments.operations.refunds.schedule import expected_by
from payments.operations.reserve import exceeds
from payments.queries.return_days import ReturnTerm, return_terms


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundPreview:
    """Money back, its way, cost and day; what the sale loses; what else changes.

    `fee_rial` None: the provider does not publish it. `needs`: why a second person is asked.
    `terms`: until when its goods come back, nothing where no rule says so.
    `owed_again`: the payment had paid a debt that stands, so its sale loses nothing.
    """

    amount_rial: int
    left_rial: int
    route: RefundRoute
    destination: Destination
    fee_rial: int | None
    expected_at: datetime
    needs: Waiting | None
    terms: Sequence[ReturnTerm]
    returned: ReturnPreview | None
    owed_again: bool
    effects: Mapping[str, Any]


@operation
def preview_refund(
    *,
    payment_id: UUID,
    amount_rial: int | None = None,
    lines: Sequence[NewReturnLine] = (),
    destination: str = Destination.SAME_CARD,
    records_return: bool = True,
    now: datetime,
) -> RefundPreview:
    """Tell what a refund would do; changes nothing. Raises what asking for it would raise."""
    payment = Payment.objects.filter(id=payment_id).first()
    if payment is None:
        raise NotFound(_("There is no such payment."))
    amount = amount_asked(payment, amount_rial, lines)
    plan = plan_for(payment, amount, Destination(destination), now)
    if amount > payment.amount_rial - payment.refunded_rial:
        raise exceeds(payment)
    returns = returns_goods(payment, asked=records_return)
    back = _returned(payment, amount, lines) if returns else None
    return RefundPreview(
        amount_rial=amount,
        left_rial=payment.amount_rial - payment.refunded_rial - amount,
        route=plan.route,
        destination=plan.destination,
        fee_rial=plan.fee_rial,
        expected_at=expected_by(plan.route, plan.usually, now),
        needs=second_person(amount, payment, now, lines),
        terms=return_terms(payment),
        returned=back,
        owed_again=payment.collects == Collects.RECEIVABLE and not returns,
        effects=_effects(payment, back, now),
    )


def _returned(
    payment: Payment, amount_rial: int, lines: Sequence[NewReturnLine]
) -> ReturnPreview | None:
    """Return what would be recorded: never more than has not come back already."""
    purchase = purchase_by_id(payment.purchase_id) if payment.purchase_id else None
    left = purchase.total_rial - purchase.returned_rial if purchase else 0
    if purchase is None or not left:
        return None
    if lines:
        return preview_return(purchase_id=purchase.id, lines=lines)
    return preview_return(
        purchase_id=purchase.id, amount_rial=min(goods_of(purchase.id, amount_rial), left)
    )


def _effects(payment: Payment, back: ReturnPreview | None, now: datetime) -> Mapping[str, Any]:
    if back is None or payment.purchase_id is None:
        return {}
    coming = ComingBack(
        purchase_id=payment.purchase_id,
        total_rial=back.purchase_total_rial,
        returned_rial=back.returned_before_rial + back.amount_rial,
        of_lines={line.position: line.amount_rial for line in back.lines},
    )
    return effects_of(coming, now)
