"""N8: one refund, everything settles.

Sales paid by points, gift cards and money, some with a coupon, come back in any split and order.
After every step each derived number is what recomputing it from scratch gives (`broken` recomputes
points, cards, coupons and books); once all of it is back, everything is as it was before.
"""

import itertools
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Problem
from core.ids import new_id
from customers.models import CustomerTotals, Purchase
from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    NewReturnLine,
    NewTender,
    record_purchases,
    record_return,
)
from customers.queries.money_parts import money_parts
from loyalty.enums import ReferralState
from loyalty.enums.engagement import EngagementKind
from loyalty.models import (
    CouponPool,
    GiftCard,
    Redemption,
    Referral,
    ReferralOffer,
    RuleMeter,
    StampCard,
    Wallet,
)
from loyalty.operations import commit_redemption, reserve_redemption
from loyalty.operations.coupons import reserve_coupon
from loyalty.operations.gift_cards import reserve_gift_card
from loyalty.operations.referrals import referral_code_for
from loyalty.operations.stamps import NewStampCard, make_stamp_card
from loyalty.queries.coupons import Basket, BasketLine
from loyalty.queries.invariants import broken
from loyalty.queries.rules.presents import presents_of_customer
from loyalty.queries.stamps import stamps_of
from payments.models import MoneyEntry
from tests.loyalty.conftest import BUYER, FAR, sale
from tests.loyalty.coupons.conftest import make
from tests.loyalty.engagement.test_engagement import count
from tests.loyalty.gift_cards.conftest import LAST_DAY, issue_cards
from tests.loyalty.referrals.conftest import OFFER, offer, tick
from tests.loyalty.rules.conftest import bonus, put

_mobiles = itertools.count(1)
LINE = st.tuples(st.integers(1, 4), st.integers(1_000, 900_000), st.sampled_from(["قهوه", "كيك"]))
SALE = st.fixed_dictionaries(
    {
        "lines": st.lists(LINE, min_size=1, max_size=3),
        "coupon": st.booleans(),
        "points": st.integers(0, 60),
        "cards": st.tuples(st.integers(0, 700_000), st.integers(0, 700_000)),
    }
)
BACK = st.tuples(st.integers(0, 9), st.sampled_from(["amount", "line"]), st.integers(1, 100))


@dataclass
class Shop:
    """A shop with everything a refund touches, and what it looked like before any sale."""

    now: datetime
    codes: tuple[str, str]
    customer: UUID
    sales: list[UUID] = field(default_factory=list)

    def picture(self) -> dict[str, Any]:
        """Return every derived number."""
        wallet = Wallet.objects.get(id=self.customer)
        totals = CustomerTotals.objects.get(id=self.customer)
        return {
            "points": (wallet.balance_points, wallet.pending_points),
            "qualifying": wallet.qualifying_rial,
            "cards": sorted(
                GiftCard.objects.exclude(state="void").values_list("balance_rial", flat=True)
            ),
            "coupon": CouponPool.objects.get(code="YALDA").taken,
            "stamps": [(one.toward, one.ready) for one in stamps_of(self.customer)],
            "presents": sorted(
                (one.id, one.used) for one in presents_of_customer(self.customer) if standing(one)
            ),
            "limits": sorted(RuleMeter.objects.filter(used__gt=0).values_list("key", "used")),
            "bought": totals.gross_rial - totals.returned_rial,
            "owed": sum(
                MoneyEntry.objects.filter(account="gift_cards").values_list(
                    "amount_rial", flat=True
                )
            ),
        }

    def sell(self, wanted: dict[str, Any]) -> None:
        """Sell as the till does: hold a coupon, then cards, then spend points."""
        lines = tuple(
            NewLine(quantity=pieces, unit_price_rial=price, category=category)
            for pieces, price, category in wanted["lines"]
        )
        holds, lines = self._coupon(lines) if wanted["coupon"] else ((), lines)
        total = sum(int(one.quantity) * one.unit_price_rial - one.discount_rial for one in lines)
        tenders, left = self._cards(wanted["cards"], total)
        points = min(wanted["points"], self.picture()["points"][0], left // 1_000)
        if points > 0:
            tenders.append(NewTender(method="points", amount_rial=points * 1_000))
            left -= points * 1_000
        if left:
            tenders.append(NewTender(method="cash", amount_rial=left))
        new = NewPurchase(
            external_id=str(new_id()),
            channel="till",
            customer=BUYER,
            lines=lines,
            tenders=tuple(tenders),
            holds=holds,
        )
        [outcome] = record_purchases(purchases=[new], source="till", now=self.now)
        assert outcome.error is None
        assert outcome.purchase_id is not None
        if points > 0:
            held = reserve_redemption(customer_id=self.customer, points=points, now=self.now)
            commit_redemption(redemption_id=held.id, purchase_id=outcome.purchase_id, now=self.now)
        self.sales.append(outcome.purchase_id)

    def friend(self, rial: int, code: str) -> UUID:
        """Sell a friend's first basket, with the code they were told."""
        new = NewPurchase(
            external_id=str(new_id()),
            channel="till",
            customer=CustomerHint(mobile=f"0935{next(_mobiles):07}"),
            tenders=(NewTender(method="cash", amount_rial=rial),),
            referral_code=code,
        )
        [outcome] = record_purchases(purchases=[new], source="till", now=self.now)
        assert outcome.customer_id is not None
        assert outcome.purchase_id is not None
        self.sales = [*self.sales, outcome.purchase_id]
        friend: UUID = outcome.customer_id
        return friend

    def _coupon(self, lines: tuple[NewLine, ...]) -> Any:
        of = Basket(
            lines=tuple(
                BasketLine(int(one.quantity) * one.unit_price_rial, one.category) for one in lines
            ),
            customer_id=self.customer,
        )
        try:
            use, told = reserve_coupon(code="YALDA", basket=of, now=self.now)
        except Problem:
            return (), lines
        parts = zip(lines, told.of_lines, strict=True)
        cut = tuple(
            NewLine(
                quantity=one.quantity,
                unit_price_rial=one.unit_price_rial,
                category=one.category,
                discount_rial=part,
            )
            for one, part in parts
        )
        return (use.id,), cut

    def _cards(self, wanted: tuple[int, int], total: int) -> tuple[list[NewTender], int]:
        tenders, left = [], total
        for code, most in zip(self.codes, wanted, strict=True):
            if not min(most, left):
                continue
            try:
                use = reserve_gift_card(
                    code=code, most_rial=min(most, left), exact=False, now=self.now
                )
            except Problem:
                continue
            left -= use.amount_rial
            tenders.append(
                NewTender(method="gift_card", amount_rial=use.amount_rial, reference=str(use.id))
            )
        return tenders, left

    def back(self, purchase_id: UUID, how: str, percent: int) -> None:
        """Take back a part of a sale: a share of what is left, or one of its lines."""
        purchase = Purchase.objects.get(id=purchase_id)
        left = purchase.total_rial - purchase.returned_rial
        if not left:
            return
        asked: dict[str, Any] = {"amount_rial": max(1, left * percent // 100)}
        if how == "line":
            asked = {"lines": [NewReturnLine(position=1 + percent % 3)]}
        # A line that is not there, or is back already: the shop is told so and nothing changes.
        with suppress(Problem):
            record_return(purchase_id=purchase_id, external_id=str(new_id()), now=self.now, **asked)


def standing(present):
    return not present.taken_back


def give_presents(now):
    """Publish rules that give every kind of present, with budgets, shares and smallest baskets."""
    stamps = StampCard.objects.get().id
    pool = make(now, code="", count=1, percent=10, most_rial=50_000, name="بعدی").pool_id
    large = {"least_rial": 400_000}
    put(
        bonus("stamp", 3, present={"stamp_card": stamps}, when={"categories": ("قهوه",)}),
        bonus("coupon", 1, present={"pool": pool}, when=large, customer_cap_points=2),
        bonus("gift_card", 1, present={"worth_rial": 90_000}, when=large, budget_rial=200_000),
        bonus("item", 1, present={"category": "كيك", "worth_rial": 80_000}, budget_rial=100_000),
        now=now,
    )


@pytest.fixture
def shop(acting, now):
    [first] = issue_cards(now, 1_500_000).codes
    [gift] = issue_cards(now, 800_000, paid_by="nothing", last_day=LAST_DAY).codes
    make(now, category="قهوه", most_rial=200_000)
    new = NewStampCard(name="قهوه", needed=5, most_rial=900_000, category="قهوه")
    make_stamp_card(new=new, by="t", now=now)
    [known] = record_purchases(
        purchases=[sale(9_000_000, customer=BUYER, at=now - timedelta(days=2))],
        source="api",
        now=now,
    )
    assert known.customer_id is not None
    give_presents(now)
    return Shop(now, (first, gift), known.customer_id)


FRIEND_SALE = st.tuples(st.integers(600_000, 3_000_000), st.lists(st.integers(1, 100), max_size=4))


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=FRIEND_SALE, early=st.booleans())
def test_a_friends_first_sale_returned_in_any_split_takes_the_recommendation_back(
    shop, told, early
):
    """N8 and R27: both sides, the offer's budget and the engagement go once too little is left."""
    rial, percents = told
    offer(shop.now)
    count(EngagementKind.REFERRAL, 10, 99, at=shop.now)
    code = referral_code_for(customer_id=shop.customer, now=shop.now)
    before, sold_before = shop.picture(), shop.sales
    friend = shop.friend(rial, code)
    rewarded_at = shop.now + timedelta(days=8)
    if not early:
        tick(rewarded_at)
        assert Referral.objects.get(friend=friend).state == ReferralState.REWARDED
        assert shop.picture()["points"][0] == before["points"][0] + 60
    for percent in [*percents, 100]:
        shop.back(shop.sales[-1], "amount", percent)
        assert broken(shop.now + FAR) == []
        bought = Purchase.objects.get(id=shop.sales[-1])
        enough = bought.total_rial - bought.returned_rial >= OFFER["least_rial"]
        stands = Referral.objects.get(friend=friend).state == ReferralState.REWARDED
        assert stands == (enough and not early)
    tick(rewarded_at)
    assert Referral.objects.get(friend=friend).state in {
        ReferralState.TAKEN_BACK,
        ReferralState.REFUSED,
    }
    assert ReferralOffer.objects.get().used_rial == 0
    assert shop.picture() == before
    assert Wallet.objects.get(id=friend).balance_points == 0
    shop.sales = sold_before


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sales=st.lists(SALE, min_size=1, max_size=3), backs=st.lists(BACK, max_size=6))
def test_any_sales_returned_in_any_split_and_order_leave_everything_as_before(shop, sales, backs):
    """N8: R15, R17, R19, R23, R24, R27 and N23 together."""
    shop.sales = []
    before = shop.picture()
    for wanted in sales:
        shop.sell(wanted)
    assert broken(shop.now + FAR) == []
    for which, how, percent in backs:
        shop.back(shop.sales[which % len(shop.sales)], how, percent)
        assert broken(shop.now + FAR) == []
    for purchase_id in reversed(shop.sales):
        shop.back(purchase_id, "amount", 100)
    assert broken(shop.now + FAR) == []
    assert shop.picture() == before
    spent = Redemption.objects.filter(purchase__in=shop.sales)
    assert all(one.returned_points == one.points for one in spent)


def test_what_goes_back_as_money_is_what_was_paid_in_money(shop):
    """N8 and R19: parts of money, points and cards sum to what came back, at every step."""
    shop.sell(
        {
            "lines": [(3, 333_333, "قهوه"), (1, 77_777, "كيك")],
            "coupon": True,
            "points": 40,
            "cards": (200_001, 99_999),
        }
    )
    [purchase_id] = shop.sales
    total = Purchase.objects.get(id=purchase_id).total_rial
    paid = total - 40_000 - 200_001 - 99_999
    given = 0
    while True:
        parts = money_parts(purchase_id)
        assert parts is not None
        left = parts.total_rial - parts.returned_rial
        if not left:
            break
        goods = min(123_457, left)
        given += parts.for_goods(goods)
        record_return(
            purchase_id=purchase_id, external_id=str(new_id()), amount_rial=goods, now=shop.now
        )
    assert given == paid
