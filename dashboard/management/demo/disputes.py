"""Purchases customers say are not theirs: one waits for a word, one stayed, one was let go."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from businesses.operations import Actor
from customers.operations import (
    CardHint,
    CustomerHint,
    NewLine,
    NewPurchase,
    NewTender,
    record_purchases,
)
from dashboard.management.demo.trades import Trade
from loyalty.operations.disputes import decide_dispute, dispute_purchase

_CARD_PAN: Final = "603799******7720"
_SHARED: Final = CardHint(masked_pan=_CARD_PAN, hash="demo-family-card")
_LALEH: Final = CustomerHint(mobile="09120004605", name="لاله همراه", card=_SHARED)
_BY_CARD: Final = CustomerHint(card=_SHARED)
_MANI: Final = CustomerHint(mobile="09120004606", name="مانی پرسان")


def plant_disputes(trade: Trade, owner: Actor, now: datetime) -> None:
    """Let a card of two be disputed today, and two mobiles typed at the till have been before."""
    _sold(trade, _LALEH, 12, now)
    _sold(trade, _LALEH, 8, now)
    whose, bought = _sold(trade, _BY_CARD, 1, now)
    dispute_purchase(
        customer_id=whose,
        purchase_id=bought,
        words="کارت من و همسرم یکی است؛ این خرید را او کرده است.",
        now=now - timedelta(hours=3),
    )
    for days, is_theirs, words, answer in (
        (20, True, "یادم نمی‌آید", "فاکتور به نام شماست و کالا را از شعبه تحویل گرفته‌اید."),
        (9, False, "آن روز شهر نبودم", "شمارهٔ شما در صندوق اشتباه وارد شده بود؛ عذر می‌خواهیم."),
    ):
        whose, bought = _sold(trade, _MANI, days, now)
        said = now - timedelta(days=days - 1)
        told = dispute_purchase(customer_id=whose, purchase_id=bought, words=words, now=said)
        decide_dispute(
            dispute_id=told,
            is_theirs=is_theirs,
            answer=answer,
            actor=owner,
            now=said + timedelta(days=1),
        )


def _sold(trade: Trade, whose: CustomerHint, days: int, now: datetime) -> tuple[UUID, UUID]:
    item, at = trade.items[days % len(trade.items)], now - timedelta(days=days)
    pan = _CARD_PAN if whose.card else ""
    sale = NewPurchase(
        external_id=f"disputed-{days}",
        channel="till",
        occurred_at=at,
        customer=whose,
        employee_code=trade.employees[0][0],
        lines=(
            NewLine(
                unit_price_rial=item.price_rial,
                sku=item.sku,
                name=item.name,
                category=item.category,
            ),
        ),
        tenders=(NewTender(method="pos", amount_rial=item.price_rial, masked_pan=pan),),
    )
    (found,) = record_purchases(purchases=[sale], source="till", now=at)
    if found.error is not None or found.customer_id is None or found.purchase_id is None:
        raise found.error or RuntimeError(sale.external_id)
    return found.customer_id, found.purchase_id
