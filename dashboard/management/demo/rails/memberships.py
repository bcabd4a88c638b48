"""Paid memberships: by permission and by link, renewed, late, lapsed, paused, ended, just asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from dashboard.management.demo.rails.calendar import Calendar
from dashboard.management.demo.rails.debits import active_mandate
from dashboard.management.demo.rails.play import Play
from dashboard.management.demo.rails.refunds import LEILA
from loyalty.operations.memberships import (
    NewMembershipPlan,
    cancel_membership,
    join_membership,
    offer_plan,
    pause_membership,
)
from loyalty.queries.memberships import plan_rows, waiting_period
from payments.queries import payment_by_id

_MONTHLY: Final = NewMembershipPlan(
    name="همراه ترمه",
    price_rial=1_490_000,
    multiplier_num=2,
    free_delivery=True,
    note="پیش‌خرید مجموعه‌های تازه، دو روز زودتر از دیگران",
)
_YEARLY: Final = NewMembershipPlan(
    name="همراه ترمه، یک‌ساله",
    price_rial=14_900_000,
    months=12,
    multiplier_num=3,
    multiplier_den=2,
    free_delivery=True,
    grace_days=14,
)
Later = Callable[[Play, UUID, datetime], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Joined:
    """A customer who joined so many days ago, and what came of it some days later."""

    buyer: int
    days_ago: int
    plan: NewMembershipPlan = _MONTHLY
    by_permission: bool = False
    pays: bool = True
    after: int = 0
    later: Later | None = None


def memberships(play: Play, calendar: Calendar) -> None:
    """Two plans on offer and a member of every kind."""
    play.at(calendar.at(72, 9), partial(_offer, play))
    for one in (
        _Joined(buyer=24, days_ago=61, by_permission=True),
        _Joined(buyer=25, days_ago=50, after=31, later=_pay_what_waits),
        _Joined(buyer=26, days_ago=40, plan=_YEARLY),
        _Joined(buyer=27, days_ago=35),
        _Joined(buyer=28, days_ago=70),
        _Joined(buyer=29, days_ago=20, after=12, later=_pause),
        _Joined(buyer=33, days_ago=25, after=13, later=_end),
        _Joined(buyer=31, days_ago=15, after=4, later=_end_by_notice),
        _Joined(buyer=32, days_ago=0, pays=False),
    ):
        at = calendar.at(one.days_ago, 9, one.buyer) if one.days_ago else calendar.ago(minutes=95)
        play.at(at, partial(_join, play, one))


def _offer(play: Play, now: datetime) -> None:
    with play.acting():
        for plan in (_MONTHLY, _YEARLY):
            offer_plan(plan=plan, now=now)


def _join(play: Play, one: _Joined, now: datetime) -> None:
    buyer = play.buyers[one.buyer]
    mandate_id = active_mandate(play, one.buyer, one.plan.name, now) if one.by_permission else None
    customer_id = play.customer_id(buyer, now)
    with play.acting():
        plan = plan_rows().get(name=one.plan.name)
        joined = join_membership(
            customer_id=customer_id, plan_id=plan.id, mandate_id=mandate_id, now=now
        )
    if one.pays and mandate_id is None:
        _pay_what_waits(play, joined.id, now)
    if one.later is not None:
        play.at(now + timedelta(days=one.after), partial(one.later, play, joined.id))


def _pay_what_waits(play: Play, membership_id: UUID, now: datetime) -> None:
    """Pay the period that waits at the bank, with whoever's card it is."""
    with play.acting():
        period = waiting_period(membership_id)
        payment = payment_by_id(period.payment_id) if period and period.payment_id else None
    if payment is not None:
        mobile = payment.customer_hint["mobile"]
        card = next(buyer.card for buyer in play.buyers if mobile.endswith(buyer.mobile[-9:]))
        play.pay(payment.id, card, now)


def _pause(play: Play, membership_id: UUID, now: datetime) -> None:
    with play.acting():
        pause_membership(membership_id=membership_id, now=now)


def _end(play: Play, membership_id: UUID, now: datetime) -> None:
    with play.acting():
        cancel_membership(membership_id=membership_id, by=LEILA, now=now)


def _end_by_notice(play: Play, membership_id: UUID, now: datetime) -> None:
    with play.acting():
        cancel_membership(membership_id=membership_id, at_end=True, by=LEILA, now=now)
