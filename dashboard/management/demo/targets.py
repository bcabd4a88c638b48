"""Targets of the shops: one reached, one behind, one moved, one to come, one over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from businesses.operations import Actor
from core.calendar import TEHRAN, add_months, business_day, day_start, month_start
from customers.queries.days import DaySums, sales_days
from dashboard.management.demo.trades import Trade
from segmentation.enums import Figure, Span
from segmentation.operations import move_target, set_target
from segmentation.queries.targets.spans import begins

_ONE: Final = timedelta(days=1)
_PERCENT: Final = 100
_WINTER: Final = 115
_ROUND: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class _Wish:
    """A goal as a share, in percent, of what the month before brought."""

    figure: Figure
    percent: int
    ago: int = 0
    moved: int = 0


# Who wants a little less than the month before brought gets there; who wants far more does not.
_WISHES: Final[dict[str, Sequence[_Wish]]] = {
    "narenj": (
        _Wish(Figure.NET_SALES, 135),
        _Wish(Figure.RETURNING, 108, ago=1),
        _Wish(Figure.NEW, 90, moved=75),
    ),
    "termeh": (_Wish(Figure.NET_SALES, 92), _Wish(Figure.RETURNING, 140, ago=1)),
    "donya": (_Wish(Figure.NET_SALES, 80, ago=1), _Wish(Figure.NEW, 150)),
}
_SHARE_GOAL: Final = 6_500


def set_targets(trade: Trade, owner: Actor, now: datetime) -> None:
    """Aim at what the shop wants, each before its month began, the moved one moved since."""
    today = business_day(now, TEHRAN)
    month = month_start(today)
    sums = sales_days(add_months(month, -3), today)
    for wish in _WISHES.get(trade.slug, ()):
        _set(wish, sums, owner, now)
    if trade.slug == "narenj":
        set_target(
            figure=Figure.PROMOTERS, span=Span.QUARTER, starts_on=begins(Span.QUARTER, today),
            goal=_SHARE_GOAL, by=str(owner), actor=owner, now=now,
        )  # fmt: skip
        last = _sum(Figure.NET_SALES, sums, add_months(month, -1), month - _ONE)
        set_target(
            figure=Figure.NET_SALES, span=Span.MONTH, starts_on=add_months(month, 1),
            goal=_rounded(last * _WINTER // _PERCENT),
            reason="منوی زمستانی از دی آغاز می‌شود", by=str(owner), actor=owner, now=now,
        )  # fmt: skip


def _set(wish: _Wish, sums: Sequence[DaySums], owner: Actor, now: datetime) -> None:
    start = add_months(month_start(business_day(now, TEHRAN)), -wish.ago)
    brought = _sum(wish.figure, sums, add_months(start, -1), start - _ONE)
    then = day_start(start - _ONE, TEHRAN)
    goal = _goal(wish, brought, wish.percent)
    target = set_target(
        figure=wish.figure, span=Span.MONTH, starts_on=start, goal=goal, by=str(owner),
        actor=owner, now=then,
    )  # fmt: skip
    if wish.moved:
        move_target(
            target_id=target.id, goal=_goal(wish, brought, wish.moved),
            reason="تبلیغات این ماه نصف شد.", by=str(owner), actor=owner, now=now - _ONE,
        )  # fmt: skip


def _goal(wish: _Wish, brought: int, percent: int) -> int:
    goal = max(brought * percent // _PERCENT, 2)
    return _rounded(goal) if wish.figure == Figure.NET_SALES else goal


def _rounded(rial: int) -> int:
    return max(rial // _ROUND, 1) * _ROUND


def _sum(figure: Figure, sums: Sequence[DaySums], first: date, last: date) -> int:
    days = [one for one in sums if first <= one.on <= last]
    values = {
        Figure.NET_SALES: [one.net_rial for one in days],
        Figure.RETURNING: [one.returning_purchases for one in days],
        Figure.NEW: [one.new_customers for one in days],
    }
    return sum(values[figure])
