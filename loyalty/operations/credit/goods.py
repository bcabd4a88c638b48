"""Goods that come back, their money as store credit instead of over the counter."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.tenancy import operation
from customers.enums import TenderMethod
from customers.operations import NewReturnLine, ReturnOutcome, locked_purchase, record_return
from customers.queries.money_parts import money_parts
from customers.queries.sales import methods_of
from loyalty.enums import CardPaid
from loyalty.enums.credit import CreditSource
from loyalty.models import StoreCredit
from loyalty.operations.credit.fill import NewCredit, conflict, fill, known_buyer

# Nobody paid these in money yet.
_OWED: Final = frozenset({TenderMethod.CREDIT, TenderMethod.BNPL})


@operation
def credit_return(
    *,
    purchase_id: UUID,
    external_id: str,
    amount_rial: int | None = None,
    lines: tuple[NewReturnLine, ...] = (),
    reason: str = "",
    by: str,
    now: datetime,
) -> tuple[ReturnOutcome, StoreCredit | None]:
    """Record a return, what was paid of it in money becoming its buyer's store credit; once.

    What points, gift cards and store credit paid goes home to them as always. None: there was no
    money in it. Raises what `record_return` does, NotFound, Problem `buyer_unknown`,
    `refund_the_payment`, `returned_in_money`, `store_credit_off`, `store_credit_full` (409).
    """
    sale = locked_purchase(purchase_id)
    buyer_id = _buyer_of(sale)
    back = record_return(
        purchase_id=purchase_id,
        external_id=external_id,
        amount_rial=amount_rial,
        lines=lines,
        reason=reason,
        source="store_credit",
        now=now,
    )
    rows = StoreCredit.objects.select_related("card")
    number, rial = str(back.return_id), _in_money(back)
    before = rows.filter(source=CreditSource.RETURN, external_id=number).first()
    if before is not None or not rial:
        return back, before
    if back.replayed:
        detail = _("This return was recorded before, and its money went back otherwise.")
        raise conflict("returned_in_money", detail)
    new = NewCredit(
        customer_id=buyer_id,
        amount_rial=rial,
        reason=reason or str(_("Goods came back")),
        external_id=number,
        paid_by=CardPaid.RETURN,
    )
    return back, fill(source=CreditSource.RETURN, new=new, by=by, now=now, purchase_id=sale.id)


def _buyer_of(sale: Any) -> UUID:
    """Return who bought it; refuse a sale of nobody, and one not paid over the counter."""
    buyer_id = known_buyer(sale.customer_id)
    if sale.payment_id is not None or methods_of(sale.id) & _OWED:
        detail = _("This was paid online or is paid by instalments; refund the payment instead.")
        raise conflict("refund_the_payment", detail)
    return buyer_id


def _in_money(back: ReturnOutcome) -> int:
    """Return what of a return was paid in money, counted from the sale's beginning (R19)."""
    parts = money_parts(back.purchase_id)
    if parts is None:
        return back.amount_rial
    before = back.returned_so_far_rial - back.amount_rial
    return replace(parts, returned_rial=before).for_goods(back.amount_rial)
