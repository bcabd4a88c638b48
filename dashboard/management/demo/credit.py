"""Store credit of some customers of the story: left after a return, paid in, spent in part."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    NewTender,
    record_purchases,
)
from customers.queries import find_customer
from dashboard.management.demo.trades import Item, Trade
from loyalty.enums import CardPaid
from loyalty.operations.credit import (
    NewCredit,
    NewCreditTerms,
    change_credit_terms,
    credit_return,
    fill_store_credit,
    hold_store_credit,
)

_BEGAN: Final = timedelta(days=40)
_SHARE: Final = 20
_MONTHS: Final = 12


def play_credit(trade: Trade, mobiles: Sequence[str], now: datetime) -> None:
    """Switch it on; one leaves the money of a return here and spends some, one pays in."""
    item, by = trade.items[0], f"مالک {trade.name}"
    terms = NewCreditTerms(is_on=True, most_rial=item.price_rial * _SHARE, months=_MONTHS)
    change_credit_terms(new=terms, actor=None, now=now - _BEGAN)
    returned = _sell(mobiles[0], item, "credit-sale", now - timedelta(days=20))
    credit_return(
        purchase_id=returned,
        external_id="credit-return",
        reason=trade.sent_back_for,
        by=by,
        now=now - timedelta(days=12),
    )
    for mobile, paid_by, reason in (
        (mobiles[1], CardPaid.POS, "شارژ برای خریدهای ماه"),
        (mobiles[0], CardPaid.NOTHING, "سفارش دیر رسید"),
    ):
        new = NewCredit(
            customer_id=_customer(mobile),
            amount_rial=item.price_rial,
            reason=reason,
            external_id=f"credit-{paid_by}",
            paid_by=paid_by,
        )
        fill_store_credit(new=new, by=by, now=now - timedelta(days=6))
    _spend(mobiles[0], item, now - timedelta(minutes=5))


def _customer(mobile: str) -> UUID:
    found = find_customer(mobile=mobile)
    if found is None:
        raise LookupError(mobile)
    return found


def _sell(
    mobile: str, item: Item, number: str, now: datetime, tenders: tuple[NewTender, ...] = ()
) -> UUID:
    line = NewLine(
        quantity=2,
        unit_price_rial=item.price_rial,
        sku=item.sku,
        name=item.name,
        category=item.category,
    )
    sale = NewPurchase(
        external_id=number,
        channel="pos",
        customer=CustomerHint(mobile=mobile),
        lines=(line,),
        tenders=tenders or (NewTender(method="pos", amount_rial=2 * item.price_rial),),
        occurred_at=now,
    )
    [outcome] = record_purchases(purchases=[sale], source="demo", now=now)
    if outcome.error is not None or outcome.purchase_id is None:
        raise outcome.error or LookupError(number)
    return outcome.purchase_id


def _spend(mobile: str, item: Item, now: datetime) -> None:
    uses = hold_store_credit(
        customer_id=_customer(mobile),
        most_rial=item.price_rial * 3 // 2,
        exact=True,
        now=now,
    )
    paid = [
        NewTender(method="store_credit", amount_rial=use.amount_rial, reference=str(use.id))
        for use in uses
    ]
    rest = 2 * item.price_rial - sum(use.amount_rial for use in uses)
    tenders = (*paid, NewTender(method="pos", amount_rial=rest))
    _sell(mobile, item, "credit-spent", now, tenders)
