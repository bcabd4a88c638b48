"""Two terminals that differ by the payer's bank, so that routing by bank is seen (ADR 47).

The one in front loses half of the tries with cards of one bank, the other hardly any; with all
cards together neither is surely worse. A buyer of that bank goes to the second, and the payment's
page says why; everybody else goes to the first. Both give money back to the card it came from, and
two orders show what that undoes.
"""

import random
from datetime import datetime
from typing import Final
from uuid import UUID

from businesses.operations import Actor
from core.calendar import TEHRAN, business_day
from customers.operations.days import mark_stale
from dashboard.management.demo.bonuses import play_bonuses
from dashboard.management.demo.rails.bank import Bank, card_of_bank
from dashboard.management.demo.rails.calendar import Calendar
from dashboard.management.demo.rails.play import Buyer, Play
from dashboard.management.demo.rails.returnable import order_of_the_quarter, order_of_today
from dashboard.management.demo.trades import Trade
from payments.operations import AccountTerms, add_account, change_account
from payments.queries import accounts_for
from segmentation.operations import score_business

_FRONT: Final = "narenj7a1c9e02b5d84f63"
_BEHIND: Final = "narenj1f6e30d9c27ab845"
_TITLES: Final = {_FRONT: "زیبال، پایانهٔ اول", _BEHIND: "زیبال، پایانهٔ دوم"}
_MELLAT: Final = "610433"
_SAMAN: Final = "621986"
# Cards of a bank at a terminal: how many tries, and how many of them fail. In an order in which
# neither is surely worse while these are played, or routing would send them elsewhere.
_TRIES: Final = (
    (_FRONT, _MELLAT, 30, 13),
    (_FRONT, _SAMAN, 12, 0),
    (_BEHIND, _SAMAN, 12, 6),
    (_BEHIND, _MELLAT, 30, 0),
)
_DAYS: Final = 20
_CONNECTED: Final = 100
_NAMES: Final = (
    "شرکت آبان", "دفتر وکالت مهر", "استودیو ریسه", "کلینیک سپید", "کارگاه بیدمشک", "آژانس سفر کوچ",
    "دفتر بیمهٔ امید", "آموزشگاه فرهنگ", "گالری آبی", "شرکت نرم‌افزاری پرنیان", "مهدکودک شاپرک",
    "دفتر معماری طاق",
)  # fmt: skip
_HALF: Final = len(_NAMES) // 2


def play_banks(*, business_id: UUID, trade: Trade, bank: Bank, owner: Actor, now: datetime) -> None:
    """Play three weeks of orders paid online; the bank lives in the present already."""
    dice = random.Random(f"banks of {trade.slug}")  # noqa: S311 - a story, not a secret
    buyers = _buyers()
    play = Play(business_id=business_id, bank=bank, buyers=buyers, items=trade.items, dice=dice)
    calendar = Calendar(now)
    _open(play, calendar.at(_CONNECTED, 8))
    _put_in_front(play, _FRONT, calendar.at(_CONNECTED, 9))
    first = order_of_the_quarter(play, trade, now)
    for merchant, prefix, tries, failed in _TRIES:
        _put_in_front(play, merchant, calendar.at(_DAYS + 1, 9))
        for number in range(tries):
            _order(play, calendar, merchant, prefix, number, failed=number < failed)
    _put_in_front(play, _FRONT, now)
    for number, buyer in enumerate((buyers[0], buyers[-1])):
        play.buy(f"order-last-{number}", buyer, calendar.ago(minutes=30 - number))
    order_of_today(play, trade, buyers[-2], calendar.ago(minutes=20))
    with play.acting():
        play_bonuses(owner, now)
        mark_stale(since=business_day(first, TEHRAN), now=now)
        score_business(now=now)


def _buyers() -> list[Buyer]:
    """Return offices that order often: the first half pays with one bank's cards."""
    return [
        Buyer(
            mobile=f"09990100{900 + number}",
            name=name,
            card=card_of_bank(_MELLAT if number < _HALF else _SAMAN, 100 + number),
        )
        for number, name in enumerate(_NAMES)
    ]


def _open(play: Play, now: datetime) -> None:
    with play.acting():
        for merchant, title in _TITLES.items():
            add_account(
                provider="zibal",
                credentials={
                    "merchant": merchant,
                    "access_token": f"{merchant}.panel",
                    "account_id": "w",
                },
                title=title,
                is_sandbox=True,
                actor=None,
                now=now,
            )


def _put_in_front(play: Play, merchant: str, now: datetime) -> None:
    """Let a terminal be tried before the other; what was connected before stays behind both."""
    places = {_TITLES[_FRONT]: 2, _TITLES[_BEHIND]: 3, _TITLES[merchant]: 1}
    with play.acting():
        for row in accounts_for("gateway"):
            terms = AccountTerms(title=row.title, priority=places.get(row.title, 4) * 10)
            change_account(account_id=row.id, terms=terms, actor=None, now=now)


def _order(
    play: Play, calendar: Calendar, merchant: str, prefix: str, number: int, *, failed: bool
) -> None:
    half = play.buyers[:_HALF] if prefix == _MELLAT else play.buyers[_HALF:]
    moment = calendar.at(1 + number % _DAYS, 9 + number % 12, play.dice.randrange(60))
    if failed:
        play.bank.order_fault("pay", "pay_declined", merchant=merchant)
    play.buy(f"order-{merchant[-4:]}-{prefix}-{number:02}", half[number % len(half)], moment)
