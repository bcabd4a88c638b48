"""Prices promised to customers: kept and paid, sold in parts, still open, over, taken back."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from core.calendar import add_months
from customers.operations import NewLine
from dashboard.management.demo.rails.calendar import Calendar
from dashboard.management.demo.rails.play import Buyer, Play
from dashboard.management.demo.rails.refunds import LEILA
from payments.operations import NewQuote, make_quote, pay_quote, withdraw_quote
from payments.operations.instalments import NewPlan
from payments.operations.quotes import sell_quote_on_credit


def quotes(play: Play, calendar: Calendar) -> None:
    """One of each kind; the two newest are still open."""
    at = calendar.at
    coat = (
        NewLine(
            sku="PLT-3",
            name="پالتوی پشمی زمستانه",
            unit_price_rial=68_000_000,
            discount_rial=8_000_000,
        ),
        NewLine(sku="SHL-1", name="شال کشمیر", unit_price_rial=19_500_000),
    )
    suit = (NewLine(name="کت‌وشلوار عروسی", unit_price_rial=95_000_000, discount_rial=6_000_000),)
    play.at(at(33, 12), partial(_paid, play, play.buyers[4], "ست مانتو و شلوار", 41_000_000))
    play.at(at(26, 17), partial(_made, play, "مانتوی مجلسی", 24_000_000, at(19, 23, 59)))
    play.at(at(18, 11), partial(_taken_back, play, at(4, 23, 59)))
    play.at(at(12, 18), partial(_in_parts, play, play.buyers[9], suit, at(5, 23, 59)))
    play.at(at(2, 16), partial(_kept, play, play.buyers[6], coat, at(-5, 23, 59)))
    play.at(at(1, 13), partial(_members, play, at(-2, 23, 59)))


def _quote(play: Play, quote: NewQuote, now: datetime) -> UUID:
    with play.acting():
        return make_quote(quote=quote, by=LEILA, now=now)


def _made(play: Play, title: str, rial: int, until: datetime, now: datetime) -> UUID:
    return _quote(play, NewQuote(title=title, amount_rial=rial, valid_to=until), now)


def _kept(
    play: Play, buyer: Buyer, lines: tuple[NewLine, ...], until: datetime, now: datetime
) -> UUID:
    customer_id = play.customer_id(buyer, now)
    quote = NewQuote(title=lines[0].name, lines=lines, customer_id=customer_id, valid_to=until)
    return _quote(play, quote, now)


def _members(play: Play, until: datetime, now: datetime) -> None:
    quote = NewQuote(
        title="کیف چرم دست‌دوز", amount_rial=37_500_000, valid_to=until, members_only=True
    )
    _quote(play, quote, now)


def _paid(play: Play, buyer: Buyer, title: str, rial: int, now: datetime) -> None:
    """Promised for a week, paid at that price three days later."""
    quote_id = _made(play, title, rial, now + timedelta(days=7), now)

    def pay(later: datetime) -> None:
        with play.acting():
            asked = pay_quote(quote_id=quote_id, mobile=buyer.mobile, now=later)
        play.pay(asked.id, buyer.card, later)

    play.at(now + timedelta(days=3, hours=4), pay)


def _taken_back(play: Play, until: datetime, now: datetime) -> None:
    quote_id = _made(play, "بارانی تابستانه، رنگ کرم", 28_000_000, until, now)

    def take_back(later: datetime) -> None:
        with play.acting():
            withdraw_quote(quote_id=quote_id, by=LEILA, now=later)

    play.at(now + timedelta(days=2), take_back)


def _in_parts(
    play: Play, buyer: Buyer, lines: tuple[NewLine, ...], until: datetime, now: datetime
) -> None:
    """Promised, then sold in instalments at that price two days later."""
    quote_id = _kept(play, buyer, lines, until, now)

    def sell(later: datetime) -> None:
        plan = NewPlan(
            external_id="credit-promised",
            customer_id=play.customer_id(buyer, later),
            total_rial=89_000_000,
            down_rial=49_000_000,
            count=4,
            first_due_on=add_months(play.day(later), 1),
        )
        with play.acting():
            sell_quote_on_credit(quote_id=quote_id, plan=plan, by=LEILA, now=later)

    play.at(now + timedelta(days=2), sell)
