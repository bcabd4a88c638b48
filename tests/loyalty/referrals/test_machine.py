"""Any sales, returns and days: who is rewarded is what plain arithmetic says (R27, N8)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ids import new_id
from customers.models import Purchase
from customers.operations import CustomerHint, find_or_create, record_return
from loyalty.models import LedgerEntry, Referral, ReferralOffer
from loyalty.operations.referrals import referral_code_for
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.referrals.conftest import OFFER, Buy, offer, tick

MOBILES = [f"0912555000{n}" for n in range(4)]
WAIT = timedelta(days=7)
SELL = st.tuples(
    st.just("sell"),
    st.integers(0, 3),
    st.none() | st.integers(0, 3),
    st.sampled_from([499_999, 500_000, 900_000]),
)
BACK = st.tuples(st.just("back"), st.integers(0, 9), st.just(None), st.integers(1, 100))
DAYS = st.tuples(st.just("days"), st.integers(1, 9), st.just(None), st.just(0))


@dataclass
class Plain:
    """Who was brought by whom, with which sale; no database."""

    brought: dict[int, tuple[int, UUID, datetime]] = field(default_factory=dict)
    buyers: set[int] = field(default_factory=set)

    def sell(self, who: int, by: int | None, sale: tuple[UUID, int, datetime]) -> None:
        fresh = who not in self.buyers and who not in self.brought
        if by is not None and by != who and fresh and sale[1] >= OFFER["least_rial"]:
            self.brought[who] = (by, sale[0], sale[2])
        self.buyers.add(who)

    def points(self, now: datetime) -> list[int]:
        """Return what each got in the end, by what is left of each first sale."""
        got = [0] * len(MOBILES)
        for friend, (by, sale, at) in self.brought.items():
            bought = Purchase.objects.get(id=sale)
            left = bought.total_rial - bought.returned_rial
            if now >= at + WAIT and left >= OFFER["least_rial"]:
                got[by] += OFFER["referrer_points"]
                got[friend] += OFFER["friend_points"]
        return got


@dataclass
class Shop:
    """The real thing beside it."""

    buy: Buy
    people: list[UUID]
    codes: list[str]
    now: datetime
    sales: list[UUID] = field(default_factory=list)
    plain: Plain = field(default_factory=Plain)

    def step(self, what: str, which: int, by: int | None, number: int) -> None:
        if what == "sell":
            code = "" if by is None else self.codes[by]
            sold = self.buy(MOBILES[which], number, code=code, at=self.now)
            assert sold.error is None
            assert sold.purchase_id is not None
            self.sales.append(sold.purchase_id)
            self.plain.sell(which, by, (sold.purchase_id, number, self.now))
        elif what == "back" and self.sales:
            self.back(self.sales[which % len(self.sales)], number)
        elif what == "days":
            self.now += timedelta(days=which)
        tick(self.now)

    def back(self, purchase_id: UUID, percent: int) -> None:
        bought = Purchase.objects.get(id=purchase_id)
        left = bought.total_rial - bought.returned_rial
        if left:
            part = max(1, left * percent // 100)
            number = str(new_id())
            record_return(
                purchase_id=purchase_id, external_id=number, amount_rial=part, now=self.now
            )

    def given(self) -> list[int]:
        """Return what recommendations moved for each, forgiven points included."""
        rows = list(LedgerEntry.objects.filter(data__has_key="referral"))
        moved = [
            (row.customer_id, row.points - row.data.get("forgiven", 0) - row.data.get("lapsed", 0))
            for row in rows
        ]
        return [sum(points for one, points in moved if one == who) for who in self.people]


@pytest.fixture
def world(buy, now):
    offer(now)
    people = [
        find_or_create(
            customer=CustomerHint(mobile=one), source="api", now=now - timedelta(days=1)
        ).customer_id
        for one in MOBILES
    ]
    codes = [referral_code_for(customer_id=one, now=now) for one in people]
    return buy, people, codes, now


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.one_of(SELL, SELL, BACK, DAYS), max_size=12))
def test_who_is_rewarded_is_what_plain_arithmetic_says(world, acting, steps):
    """R27, N8, C073."""
    sid = transaction.savepoint()
    shop = Shop(*world)
    for step in steps:
        shop.step(*step)
        assert shop.given() == shop.plain.points(shop.now)
        assert broken(shop.now + FAR) == []
    for sale in shop.sales:
        shop.back(sale, 100)
    tick(shop.now + FAR)
    assert shop.given() == [0] * len(MOBILES)
    assert ReferralOffer.objects.get().used_rial == 0
    assert not Referral.objects.filter(next_at__isnull=False).exists()
    assert broken(shop.now + FAR) == []
    transaction.savepoint_rollback(sid)
