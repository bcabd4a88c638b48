"""Store credit as where a payment's refund goes."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import translation

from customers.queries import purchase_by_id
from loyalty.enums import CardPaid
from loyalty.enums.credit import CreditSource
from loyalty.operations.credit.fill import NewCredit, demand_room, fill, known_buyer
from payments.enums.refunds import RefundReason
from payments.operations.refunds.creditors import Creditor, NewFilling


def may_credit(purchase_id: UUID, amount_rial: int, now: datetime) -> None:
    """Refuse credit for a sale of nobody, while it is off, and beyond the cap. Raises Problem."""
    demand_room(_buyer_of(purchase_id), amount_rial, now)


def fill_from_refund(new: NewFilling, now: datetime) -> None:
    """Fill the buyer's credit with a refund's money; the same refund again changes nothing."""
    with translation.override("fa"):
        why = str(RefundReason(new.reason).label)
    credit = NewCredit(
        customer_id=_buyer_of(new.purchase_id),
        amount_rial=new.amount_rial,
        reason=why,
        external_id=str(new.transfer_id),
        paid_by=CardPaid.RETURN,
    )
    source = CreditSource.REFUND
    fill(source=source, new=credit, by=new.by, now=now, purchase_id=new.purchase_id)


def _buyer_of(purchase_id: UUID) -> UUID:
    sale = purchase_by_id(purchase_id)
    return known_buyer(sale.customer_id if sale else None)


CREDITOR: Final = Creditor(check=may_credit, fill=fill_from_refund)
