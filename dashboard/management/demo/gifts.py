"""Gift cards, coupons and a stamp card, some of each used by customers of the story, today."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from core.calendar import TEHRAN, business_day
from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    NewTender,
    record_purchases,
    record_return,
)
from customers.queries import find_customer
from dashboard.management.demo.trades import Item, Trade
from loyalty.enums import CardPaid
from loyalty.operations.coupons import NewCoupons, make_coupons, reserve_coupon
from loyalty.operations.gift_cards import (
    NewGiftCards,
    NewTopUp,
    issue_gift_cards,
    reserve_gift_card,
    top_up_gift_card,
)
from loyalty.operations.stamps import NewStampCard, make_stamp_card
from loyalty.queries.coupons import Basket, BasketLine

_BEGAN: Final = timedelta(days=60)
_LASTS: Final = timedelta(days=70)
_WORD: Final = "YALDA"
_BUYERS: Final = 9
_RETURNED: Final = 3
# Regulars who are given a card of their own.
_GUESTS: Final = 4


def play_gifts(trade: Trade, mobiles: Sequence[str], now: datetime) -> None:
    """Offer them, and let some customers use them."""
    began, last_day = now - _BEGAN, business_day(now + _LASTS, TEHRAN)
    item = trade.items[0]
    make_stamp_card(
        new=NewStampCard(
            name=f"دهمی از ما: {item.category}",
            needed=10,
            most_rial=item.price_rial,
            category=item.category,
        ),
        by=f"مالک {trade.name}",
        now=began,
    )
    codes = _cards(trade, item, last_day, began)
    make_coupons(
        new=NewCoupons(
            name="یلدا",
            code=_WORD,
            percent=15,
            most_rial=item.price_rial,
            most_uses=200,
            most_each=1,
            last_day=last_day,
        ),
        by=f"مالک {trade.name}",
        now=began,
    )
    make_coupons(
        new=NewCoupons(
            name="برگرد پیش ما", off_rial=item.price_rial // 4, count=60, last_day=last_day
        ),
        by=f"مالک {trade.name}",
        now=began,
    )
    _for_people(item, mobiles[_BUYERS : _BUYERS + _GUESTS], last_day, f"مالک {trade.name}", now)
    for number, mobile in enumerate(mobiles[:_BUYERS]):
        moment = now - timedelta(minutes=10 * (number + 1))
        _sell(number, mobile, item, codes, moment)


def _for_people(item: Item, mobiles: Sequence[str], last_day: date, by: str, now: datetime) -> None:
    """Make cards for regulars by their mobiles: each finds its code on their own page."""
    issue_gift_cards(
        new=NewGiftCards(
            name="سپاس از همراهی شما",
            amount_rial=item.price_rial,
            last_day=last_day,
            recipients=tuple(mobiles),
        ),
        by=by,
        now=now,
    )


def _cards(trade: Trade, item: Item, last_day: date, began: datetime) -> list[str]:
    sold = NewGiftCards(
        name="تولد سارا", amount_rial=item.price_rial * 4, paid_by=CardPaid.CASH, count=2
    )
    gifts = NewGiftCards(
        name="یلدا، برای مشتریان خوب",
        amount_rial=item.price_rial,
        count=40,
        last_day=last_day,
    )
    made = [issue_gift_cards(new=new, by=f"مالک {trade.name}", now=began) for new in (sold, gifts)]
    top_up_gift_card(
        new=NewTopUp(
            code=made[0].codes[0],
            external_id="demo-top-up",
            amount_rial=item.price_rial * 2,
            paid_by=CardPaid.POS,
        ),
        by=f"مالک {trade.name}",
        now=began + timedelta(days=20),
    )
    return [code for one in made for code in one.codes]


def _sell(number: int, mobile: str, item: Item, codes: Sequence[str], now: datetime) -> None:
    """Sell two of an item; every second time by a coupon, every third by a gift card."""
    price = item.price_rial
    holds, off = _coupon(mobile, item, now) if number % 2 else ((), 0)
    code = codes[number // 3] if number % 3 == 0 else ""
    line = NewLine(
        quantity=2,
        unit_price_rial=price,
        discount_rial=off,
        sku=item.sku,
        name=item.name,
        category=item.category,
    )
    sale = NewPurchase(
        external_id=f"gift-{number}",
        channel="pos",
        customer=CustomerHint(mobile=mobile),
        lines=(line,),
        tenders=_tenders(2 * price - off, code, price, now),
        holds=holds,
        occurred_at=now,
    )
    [outcome] = record_purchases(purchases=[sale], source="demo", now=now)
    if outcome.error is not None or outcome.purchase_id is None:
        raise outcome.error or LookupError(sale.external_id)
    if number == _RETURNED:
        record_return(
            purchase_id=outcome.purchase_id,
            external_id="gift-return",
            reason="سفارش اشتباه آماده شده بود",
            now=now,
        )


def _coupon(mobile: str, item: Item, now: datetime) -> tuple[tuple[UUID, ...], int]:
    basket = Basket(
        lines=(BasketLine(2 * item.price_rial, item.category),),
        customer_id=find_customer(mobile=mobile),
    )
    held, told = reserve_coupon(code=_WORD, basket=basket, now=now)
    return (held.id,), told.discount_rial


def _tenders(due: int, code: str, most: int, now: datetime) -> tuple[NewTender, ...]:
    if not code:
        return (NewTender(method="pos", amount_rial=due),)
    use = reserve_gift_card(code=code, most_rial=min(due, most), exact=False, now=now)
    by_card = NewTender(method="gift_card", amount_rial=use.amount_rial, reference=str(use.id))
    rest = due - use.amount_rial
    return (by_card, NewTender(method="pos", amount_rial=rest)) if rest else (by_card,)
