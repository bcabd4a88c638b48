"""Customers who brought friends: some count, one may still be returned, some do not count."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.money import RIAL_PER_TOMAN
from customers.operations import CustomerHint, NewPurchase, NewTender, record_purchases
from dashboard.management.demo.trades import Trade
from loyalty.operations.referrals import (
    NewOffer,
    offer_referrals,
    referral_code_for,
    settle_due_referrals,
)

_WAIT_DAYS: Final = 7
_LEAST: Final = 50_000 * RIAL_PER_TOMAN
# Who brings (by place among the customers), who comes, how many days ago, for how much. The last
# one's goods may come back for a quarter of an hour more: then both have their points.
_CAME: Final = (
    (0, "شیرین تقوی", 64, 3),
    (0, "کاوه مهرجو", 41, 7),
    (0, "نرگس بهاری", 4, 2),
    (1, "پویا دهقان", 38, 5),
    (2, "الهام زرین", 27, 4),
    (2, "سینا فرهی", 20, 1),
    (3, "یلدا سهرابی", _WAIT_DAYS - 0.01, 3),
)
_TOO_SMALL: Final = 1


def play_friends(trade: Trade, customers: Sequence[UUID], now: datetime) -> None:
    """Open the offer and let friends come; one of them brings another."""
    offer = NewOffer(
        is_open=True,
        referrer_points=40,
        friend_points=20,
        least_rial=_LEAST,
        wait_days=_WAIT_DAYS,
        most_per_month=5,
        budget_rial=5_000_000 * RIAL_PER_TOMAN,
    )
    offer_referrals(new=offer, actor=None, now=now)
    came: list[UUID] = []
    for n, (by, name, days, times) in enumerate(_CAME):
        code = referral_code_for(customer_id=customers[by], now=now)
        came += _come(trade, n, name, code, now - timedelta(days=days), times, now)
    code = referral_code_for(customer_id=came[0], now=now)
    _come(trade, len(_CAME), "رها امیدی", code, now - timedelta(days=16), 6, now)
    settle_due_referrals(now=now)


def _come(  # noqa: PLR0917 - one friend's story
    trade: Trade, n: int, name: str, code: str, at: datetime, times: int, now: datetime
) -> list[UUID]:
    sale = NewPurchase(
        external_id=f"{trade.slug}-friend-{n}",
        channel="till",
        occurred_at=at,
        customer=CustomerHint(
            mobile=f"0919888{sum(trade.slug.encode()) % 100:02}{n:02}", name=name
        ),
        tenders=(NewTender(method="pos", amount_rial=_amount(times)),),
        referral_code=code,
    )
    outcomes = record_purchases(purchases=[sale], source="till", now=now)
    return [one.customer_id for one in outcomes if one.customer_id is not None]


def _amount(times: int) -> int:
    return _LEAST // 2 if times == _TOO_SMALL else _LEAST * times
