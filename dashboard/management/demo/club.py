"""The club beside its points: gifts on the spot, own days, who left, signs, who listens."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from businesses.operations import Actor
from core.calendar import TEHRAN, business_day, jalali
from customers.operations import (
    CardHint,
    CustomerHint,
    NewPurchase,
    NewTender,
    record_purchases,
)
from customers.queries.people import find_customer
from dashboard.management.demo.trades import Trade
from loyalty.enums import ExitWay, GoodwillSpan, SuspicionVerdict
from loyalty.enums.goodwill import GoodwillKind
from loyalty.enums.presents import OccasionKind, OccasionSource, SharedDayKind
from loyalty.operations.goodwill import Giver, NewBudget, What, allow_goodwill, give_goodwill
from loyalty.operations.leaving import leave_club, rejoin_club
from loyalty.operations.occasions import (
    NewOccasion,
    NewRules,
    celebrate_due,
    celebrate_occasions,
    tell_occasion,
)
from loyalty.operations.shared_days import NewSharedDay, plan_shared_day
from loyalty.operations.suspicions import judge_suspicion, look_for_misuse
from loyalty.queries.suspicions.reading import suspicion_rows
from webhooks.operations import change_endpoint, open_endpoint, send_test

# Among the first customers some recommend, some use gifts; these are others.
_FIRST: Final = 20
_LAST: Final = 34
# Days ago, what, why.
_GIVEN: Final = (
    (24, What(points=20), "قهوه سرد شده بود؛ عذرخواهی"),
    (15, What(points=30), "نیم ساعت در صف ماند"),
    (9, What(points=50), "کالای معیوب، به جای تعویض"),
    (6, What(kind=GoodwillKind.DISCOUNT, amount_rial=300_000), "سفارش دیر آماده شد"),
    (4, What(kind=GoodwillKind.GIFT_CARD, amount_rial=500_000), "صورت‌حساب اشتباه شده بود"),
    (2, What(points=15), "تولد فرزندشان بود"),
)
# Who left: how many days ago; whether they said so themselves; after how many days they came back
# (0: they did not); how often they had bought.
_LEFT: Final = (
    ("کاوه نیکنام", 130, True, 0, 3),
    ("سارا دلاور", 74, False, 12, 2),
    ("بهار منصوری", 41, True, 0, 7),
    ("یاشار پورمند", 6, True, 0, 8),
)
# Two mobiles with one card, and how many days ago they bought.
_SHARED: Final = (("09199990031", 33), ("09199990032", 4))
_LOST_INTEREST: Final = timedelta(days=40)
_COMING: Final = (0, 3, 11, 26)
_CELEBRATED: Final = (19, 52)
_TOLD_BEFORE: Final = timedelta(days=5)
_MORNING: Final = timedelta(hours=12)
# More than anybody buys in a day; and somebody who works here and collects points.
_SALES: Final = 8
_STAFF_SALES: Final = 5
# Whose card others' purchases were rung up on, on two days; somebody looked after both.
_TAKEN: Final = CustomerHint(mobile="09199990002", name="هومن پرکار")
_HEARD: Final = (
    "purchase.recorded",
    "purchase.returned",
    "points.earned",
    "tier.changed",
    "retention.dropped",
)


def play_club(
    trade: Trade, customers: Sequence[UUID], owner: Actor, cashier: Actor, now: datetime
) -> None:
    """Let a club have its everyday life; told in the past, looked through tonight."""
    others = list(customers[_FIRST:_LAST])
    _give(others[: len(_GIVEN)], owner, cashier, now)
    _leave(trade, owner, now)
    _days(others[8:], now)
    if settings.WEBHOOKS_INSIDE:
        _listen(trade, now)
    _sell_much(trade, cashier, now)
    _share_a_card(trade, now)
    look_for_misuse(now=now)
    _confirm_misuse(owner, now)


def _give(customers: Sequence[UUID], owner: Actor, cashier: Actor, now: datetime) -> None:
    budget = NewBudget(
        is_open=True,
        amount_rial=2_000_000,
        span=GoodwillSpan.MONTH,
        most_at_once_rial=500_000,
    )
    allow_goodwill(new=budget, actor=owner, now=now - timedelta(days=30))
    for place, (customer_id, (days, what, why)) in enumerate(zip(customers, _GIVEN, strict=True)):
        who = owner if place == 1 else cashier
        give_goodwill(
            customer_id=customer_id,
            what=what,
            reason=why,
            giver=Giver(who.id, str(who)),
            now=now - timedelta(days=days),
        )


def _leave(trade: Trade, owner: Actor, now: datetime) -> None:
    for place, (name, days, alone, away, times) in enumerate(_LEFT):
        at = now - timedelta(days=days)
        whose = CustomerHint(mobile=f"0919888000{place}", name=name)
        customer_id = _bought(trade, whose, times, at - _LOST_INTEREST)
        way = ExitWay.OWN_PAGE if alone else ExitWay.STAFF
        leave_club(customer_id=customer_id, way=way, actor=None if alone else owner, now=at)
        if away:
            rejoin_club(customer_id=customer_id, actor=owner, now=at + timedelta(days=away))


def _bought(trade: Trade, whose: CustomerHint, times: int, last: datetime) -> UUID:
    """Record sales when they were made: their points are older than what became of them."""
    first = _buy(trade, whose, 0, last - timedelta(days=9 * times))
    for number in range(1, times):
        _buy(trade, whose, number, last - timedelta(days=9 * (times - number)))
    return first


def _buy(trade: Trade, whose: CustomerHint, number: int, at: datetime) -> UUID:
    code, _name, branch = trade.employees[0]
    sale = NewPurchase(
        external_id=f"{trade.slug}-{whose.mobile}-{number}",
        channel="till",
        branch_code=branch,
        employee_code=code,
        customer=whose,
        tenders=(NewTender(method="pos", amount_rial=2 * trade.items[0].price_rial),),
        occurred_at=at,
    )
    [outcome] = record_purchases(purchases=[sale], source="till", now=at)
    if outcome.error is not None or outcome.customer_id is None:
        raise outcome.error or LookupError(sale.external_id)
    return outcome.customer_id


def _days(customers: Sequence[UUID], now: datetime) -> None:
    rules = NewRules(is_open=True, birthday_points=50, wedding_points=30, own_points=20)
    celebrate_occasions(new=rules, actor=None, now=now - timedelta(days=90))
    for customer_id, days in zip(customers, _CELEBRATED, strict=False):
        at = now - timedelta(days=days)
        _tell(customer_id, OccasionKind.BIRTHDAY, at, now=at - _TOLD_BEFORE)
        celebrate_due(now=at + _MORNING)
    for place, (customer_id, days) in enumerate(
        zip(customers[len(_CELEBRATED) :], _COMING, strict=True)
    ):
        kind = OccasionKind.WEDDING if place == 1 else OccasionKind.BIRTHDAY
        _tell(customer_id, kind, now + timedelta(days=days), now=now - _TOLD_BEFORE)
    celebrate_due(now=now)
    yalda = NewSharedDay(kind=SharedDayKind.YALDA, points=20)
    plan_shared_day(new=yalda, actor=None, now=now)


def _tell(customer_id: UUID, kind: OccasionKind, on: datetime, *, now: datetime) -> None:
    day = jalali(business_day(on, TEHRAN))
    tell_occasion(
        customer_id=customer_id,
        new=NewOccasion(kind=kind, month=day.month, day=day.day),
        source=OccasionSource.STAFF,
        now=now,
    )


def _share_a_card(trade: Trade, now: datetime) -> None:
    """One card under two mobiles: a pair that waits for somebody who knows them."""
    card = CardHint(masked_pan="603799******4471", hash=f"{trade.slug}-shared-card")
    for number, (mobile, days) in enumerate(_SHARED):
        whose = CustomerHint(mobile=mobile, name="نگار صادقی", card=card)
        _buy(trade, whose, number, now - timedelta(days=days))


def _sell_much(trade: Trade, cashier: Actor, now: datetime) -> None:
    code, _name, branch = trade.employees[0]
    busy = CustomerHint(mobile="09199990001", name="مهران پاکدل")
    staff = CustomerHint(email=cashier.email, name="صندوقدار")
    sales = [
        NewPurchase(
            external_id=f"{trade.slug}-much-{days}-{number}",
            channel="till",
            branch_code=branch,
            employee_code=code,
            customer=whose,
            tenders=(NewTender(method="pos", amount_rial=trade.items[0].price_rial),),
            occurred_at=_noon(now, days) + timedelta(minutes=11 * number),
        )
        for whose, times, days in (
            (busy, _SALES, 2),
            (_TAKEN, _SALES, 16),
            (_TAKEN, _SALES, 9),
            (staff, _STAFF_SALES, 3),
        )
        for number in range(times)
    ]
    for outcome in record_purchases(purchases=sales, source="till", now=now):
        if outcome.error is not None:
            raise outcome.error


def _confirm_misuse(owner: Actor, now: datetime) -> None:
    """Let the owner have looked after what one customer's card was used for, twice."""
    whose = find_customer(mobile=_TAKEN.mobile or "")
    for one in suspicion_rows().filter(customer=whose):
        judge_suspicion(
            suspicion_id=one.id,
            verdict=SuspicionVerdict.SEEN,
            reason="خرید چند نفر دیگر را به نام خودش زده است؛ صندوقدار هم تأیید کرد.",
            actor=owner,
            now=now,
        )


def _noon(now: datetime, days_ago: int) -> datetime:
    day = business_day(now, TEHRAN) - timedelta(days=days_ago)
    return datetime.combine(day, time(12), tzinfo=TEHRAN)


def _listen(trade: Trade, now: datetime) -> None:
    """Let the shop's software, which the sandbox plays, listen; another of them rests."""
    address = f"{settings.SANDBOX_URL}/receiver/{trade.slug}"
    opened = open_endpoint(url=address, kinds=_HEARD, note="نرم‌افزار حسابداری", actor=None, now=now)
    send_test(endpoint_id=opened.endpoint.id, now=now)
    resting = open_endpoint(
        url=f"{address}-stock", kinds=_HEARD[:2], note="انبار", actor=None, now=now
    )
    change_endpoint(
        endpoint_id=resting.endpoint.id,
        url=resting.endpoint.url,
        kinds=resting.endpoint.kinds,
        note=resting.endpoint.note,
        is_open=False,
        actor=None,
        now=now,
    )
