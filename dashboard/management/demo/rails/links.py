"""Payment links, and checkouts somebody left unfinished."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from customers.operations import NewLine
from dashboard.management.demo.rails.calendar import Calendar
from dashboard.management.demo.rails.play import Play, Scene
from dashboard.management.demo.rails.refunds import LEILA
from payments.operations import (
    NewLink,
    close_link,
    create_link,
    pay_at_link,
    set_checkout_policy,
)
from payments.operations.links import (
    NewCart,
    pay_cart,
    remind_of_cart,
    remind_unfinished,
    tell_cart,
)

_LEFT_BEHIND: Final = 6
_CARTS: Final = 5
_REMIND_MINUTES: Final = 60
_HOLDOUT_PERCENT: Final = 20
# Of those left behind every so manyth comes back by itself and pays.
_COMES_BACK: Final = 3


def open_reminders(play: Play, now: datetime) -> None:
    """Remind of baskets left behind, except for some to compare with."""
    with play.acting():
        set_checkout_policy(
            is_on=True,
            after_minutes=_REMIND_MINUTES,
            holdout_percent=_HOLDOUT_PERCENT,
            now=now,
        )


def links(play: Play, calendar: Calendar) -> None:
    """A fixed sum for many, an open sum, one for a single customer, one that is over."""
    at = calendar.at
    deposit = NewLink(title="پیش‌پرداخت دوخت سفارشی", amount_rial=20_000_000)
    gift = NewLink(title="کارت هدیهٔ ترمه", least_rial=5_000_000, most_rial=100_000_000)
    invoice = NewLink(title="مانتوی سفارشی خانم کریمی", amount_rial=32_000_000, max_payments=1)
    sale = NewLink(title="حراج پاییزه، شال ابریشمی", amount_rial=7_900_000, expires_at=at(15, 23))
    closed = NewLink(title="کارگاه ست کردن لباس", amount_rial=12_000_000, max_payments=20)
    for link, made, paid in (
        (deposit, at(48, 10), (26, 12, 2)),
        (gift, at(44, 11), (29, 3)),
        (invoice, at(21, 12), (20,)),
        (sale, at(25, 9), (24,)),
        (closed, at(36, 13), (35,)),
    ):
        play.at(made, _making(play, calendar, link, paid, closes=link is closed))


def unfinished(play: Play, calendar: Calendar) -> None:
    """Baskets nobody paid; an hour later most of their owners are reminded."""
    for number in range(_LEFT_BEHIND):
        days_ago = 34 - number * 33 // _LEFT_BEHIND
        moment = calendar.at(days_ago, 9 + number % 11, number * 7 % 60)
        play.at(moment, _left(play, number))


def carts(play: Play, calendar: Calendar) -> None:
    """Carts of the web shop left before any payment was asked for."""
    for number in range(_CARTS):
        days_ago = 30 - number * 29 // _CARTS
        play.at(calendar.at(days_ago, 10 + number % 10, number * 11 % 60), _cart(play, number))


def _cart(play: Play, number: int) -> Scene:
    buyer = play.buyers[(number * 7 + 3) % len(play.buyers)]

    def scene(now: datetime) -> None:
        # Drawn by no dice, which the rest of the story throws.
        item = play.items[number % len(play.items)]
        line = NewLine(
            sku=item.sku,
            name=item.name,
            category=item.category,
            unit_price_rial=item.price_rial,
        )
        cart = NewCart(
            external_id=f"cart-{number:03}",
            amount_rial=item.price_rial,
            title=f"سبد اینترنتی: {item.name}",
            customer=buyer.hint,
            lines=(line,),
        )
        with play.acting():
            told = tell_cart(cart=cart, now=now)
        decided = now + timedelta(minutes=_REMIND_MINUTES + 1)
        play.at(decided, lambda later: _decided(play, told.id, later))
        if number % _COMES_BACK == 0:
            play.at(decided + timedelta(minutes=20), lambda later: _bought(play, told.id, later))

    def _bought(play: Play, cart_id: UUID, now: datetime) -> None:
        with play.acting():
            asked = pay_cart(cart_id=cart_id, now=now)
        play.pay(asked.id, buyer.card, now)

    return scene


def _decided(play: Play, cart_id: UUID, now: datetime) -> None:
    remind_of_cart(business_id=play.business_id, cart_id=cart_id, now=now)


def _making(
    play: Play, calendar: Calendar, link: NewLink, paid: tuple[int, ...], *, closes: bool
) -> Scene:
    def scene(now: datetime) -> None:
        with play.acting():
            link_id = create_link(link=link, by=LEILA, now=now)
        for days_ago in paid:
            play.at(calendar.at(days_ago, 20, days_ago), _payer(play, link_id, link))
        if closes:
            play.at(now + timedelta(days=6), lambda later: _closed(play, link_id, later))

    return scene


def _payer(play: Play, link_id: UUID, link: NewLink) -> Scene:
    buyer = play.dice.choice(play.buyers)
    rial = None if link.amount_rial else play.dice.choice((5_000_000, 10_000_000, 25_000_000))

    def scene(now: datetime) -> None:
        with play.acting():
            asked = pay_at_link(link_id=link_id, amount_rial=rial, customer=buyer.hint, now=now)
        play.pay(asked.id, buyer.card, now)

    return scene


def _closed(play: Play, link_id: UUID, now: datetime) -> None:
    with play.acting():
        close_link(link_id=link_id, now=now)


def _left(play: Play, number: int) -> Scene:
    buyer = play.buyers[(number * 5 + 2) % len(play.buyers)]

    def scene(now: datetime) -> None:
        asked = play.ask(f"left-{number:02}", buyer, now, lines=play.basket())
        reminded = now + timedelta(minutes=_REMIND_MINUTES + 1)
        play.at(
            reminded,
            lambda later: remind_unfinished(
                business_id=play.business_id, payment_id=asked.id, now=later
            ),
        )
        if number % _COMES_BACK == 0:
            back = reminded + timedelta(minutes=25)
            play.at(back, lambda later: play.pay(asked.id, buyer.card, later))

    return scene
