"""The whole history of one shop's money, from the first connected gateway to this minute."""

import random
from collections import Counter
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.db import connection

from core.calendar import TEHRAN, business_day
from customers.operations.days import mark_stale
from dashboard.management.demo.rails import (
    books,
    credit,
    debits,
    deposits,
    gateways,
    links,
    memberships,
    quotes,
    refunds,
)
from dashboard.management.demo.rails.bank import Bank
from dashboard.management.demo.rails.calendar import Calendar
from dashboard.management.demo.rails.play import Buyer, Play, buyers_of
from dashboard.management.demo.story import tell
from dashboard.management.demo.trades import Trade
from segmentation.operations import refresh_named_segments, score_business

HISTORY: Final = 75
_BUYERS: Final = 48
# A look costs time. Workers look, so many days ago, when something is due, and later more often.
_LOOKS: Final = (66, 59, 53, 44, 38, 36, 29, 23, 17, 13, 10, 7, 4, 1)
_LOOK_HOUR: Final = 11


def play_rails(*, business_id: UUID, trade: Trade, bank: Bank, now: datetime) -> None:
    """Play two months and a half of money against the sandbox, which is emptied first.

    Run under the worker's role and outside any scope.
    """
    calendar = Calendar(now)
    opening = calendar.at(HISTORY, 6)
    play = Play(
        business_id=business_id,
        bank=bank,
        buyers=_regulars(trade, now),
        items=trade.items,
        dice=random.Random(f"rails of {trade.slug}"),  # noqa: S311 - a story, not a secret
    )
    with connection.cursor() as cursor:
        # A history that was interrupted is thrown away: none of its commits need be durable.
        cursor.execute("SET synchronous_commit = off")
    bank.begin(opening)
    _opening(play, calendar)
    _scenes(play, calendar)
    play.run(until=now)
    bank.catch_up()
    with play.acting():
        mark_stale(since=play.day(opening), now=now)
        score_business(now=now)
        # Who pays well is seen only now.
        refresh_named_segments(now=now)


def _regulars(trade: Trade, now: datetime) -> list[Buyer]:
    """Return customers of the year's story, those who bought most first."""
    visits = Counter(
        (sale.customer.mobile, sale.customer.name or "")
        for sale in tell(trade, business_day(now, TEHRAN))
        if sale.customer and sale.customer.mobile
    )
    return buyers_of([person for person, _times in visits.most_common(_BUYERS)])


def _opening(play: Play, calendar: Calendar) -> None:
    for minute, scene in enumerate(
        (
            gateways.open_gateways,
            refunds.set_rules,
            deposits.open_account,
            credit.open_credit,
            links.open_reminders,
        )
    ):
        play.at(calendar.at(HISTORY, 8, minute), partial(scene, play))


def _scenes(play: Play, calendar: Calendar) -> None:
    for scenes in (
        gateways.everyday,
        gateways.silent_morning,
        gateways.lost_return,
        gateways.strange_returns,
        refunds.refunds,
        refunds.large_refunds,
        refunds.brought,
        refunds.to_accounts,
        refunds.payouts,
        deposits.deposits,
        deposits.feed,
        debits.debits,
        credit.credit,
        links.links,
        links.unfinished,
        links.carts,
        quotes.quotes,
        memberships.memberships,
        books.books,
    ):
        scenes(play, calendar)
    for days_ago in _LOOKS:
        play.at(calendar.at(days_ago, _LOOK_HOUR), play.work)
