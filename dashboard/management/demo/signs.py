"""Customers with signs to look at: buys at a discount, gives back, complains without ground."""

from datetime import datetime, timedelta
from typing import Final

from customers.enums import CaseKind
from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    NewReturnLine,
    NewTender,
    PurchaseOutcome,
    record_purchases,
    record_return,
)
from customers.operations.stories import open_case, resolve_case
from dashboard.management.demo.segments import plant_deal_seeker
from dashboard.management.demo.trades import Trade

_RETURNER: Final = CustomerHint(mobile="09120004603", name="بهرام پس‌آور")
_COMPLAINER: Final = CustomerHint(mobile="09120004604", name="ناهید گله‌مند")
_TIMES: Final = 9
_KEPT: Final = 2
_COMPLAINTS: Final = 7


def plant_signs(trade: Trade, now: datetime) -> None:
    """Let one buy at a discount, one give seven of nine back, one be wrong in seven complaints."""
    plant_deal_seeker(trade, now)
    for number, outcome in enumerate(_sold(trade, _RETURNER, "back", 3, now)):
        if number >= _KEPT and outcome.purchase_id is not None:
            price = trade.items[number % len(trade.items)].price_rial
            record_return(
                purchase_id=outcome.purchase_id,
                external_id=f"back-{number}",
                lines=(NewReturnLine(position=1, amount_rial=price),),
                occurred_at=_day(now, number, 3) + timedelta(days=2),
                now=now,
            )
    for number, outcome in enumerate(_sold(trade, _COMPLAINER, "moan", 5, now)[:_COMPLAINTS]):
        at = _day(now, number, 5) + timedelta(hours=2)
        case = open_case(
            kind=CaseKind.COMPLAINT,
            title="مبلغ فاکتور را قبول ندارم",
            customer_id=outcome.customer_id,
            source_ref=f"{trade.slug}-moan-{number}",
            now=at,
        )
        resolve_case(
            case_id=case.id,
            resolution="فاکتور و رسید بازبینی شد و درست بود.",
            was_right=False,
            now=at + timedelta(days=1),
        )


def _sold(
    trade: Trade, whose: CustomerHint, name: str, days: int, now: datetime
) -> list[PurchaseOutcome]:
    sales = []
    for number in range(_TIMES):
        item = trade.items[number % len(trade.items)]
        line = NewLine(
            unit_price_rial=item.price_rial, sku=item.sku, name=item.name, category=item.category
        )
        sales.append(
            NewPurchase(
                external_id=f"{name}-{number}",
                channel="till",
                occurred_at=_day(now, number, days),
                customer=whose,
                employee_code=trade.employees[0][0],
                lines=(line,),
                tenders=(NewTender(method="cash", amount_rial=item.price_rial),),
            )
        )
    found = record_purchases(purchases=sales, source="till", now=now)
    for outcome in found:
        if outcome.error is not None:
            raise outcome.error
    return found


def _day(now: datetime, number: int, days: int) -> datetime:
    return now - timedelta(days=30 * (_TIMES - number) + days)
