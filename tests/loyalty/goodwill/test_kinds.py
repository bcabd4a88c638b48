"""Goodwill other than points (C078): discounts, coupons, cards, services; one budget in rial."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.calendar import business_day
from core.errors import Problem
from core.ids import new_id
from loyalty.enums import CardState
from loyalty.enums.benefits import BenefitKind
from loyalty.enums.goodwill import GoodwillKind
from loyalty.models import (
    Benefit,
    BenefitGiven,
    CouponPool,
    GiftCard,
    Goodwill,
    GoodwillMeter,
    LedgerEntry,
)
from loyalty.operations.benefits import NewBenefit, offer_benefit
from loyalty.operations.coupons import (
    NewCoupons,
    commit_coupon,
    make_coupons,
    reserve_coupon,
)
from loyalty.operations.gift_cards import reserve_gift_card
from loyalty.operations.goodwill import What, give_goodwill, take_goodwill_back
from loyalty.queries.coupons import Basket, BasketLine, given_pools, pool_rows
from loyalty.queries.gift_cards import issue_rows
from loyalty.queries.goodwill_codes import code_told
from loyalty.queries.invariants import broken
from loyalty.queries.presents import presents_to
from tests.loyalty.conftest import FAR
from tests.loyalty.goodwill.conftest import MINA, UNIT, WHY, allow, known

DISCOUNT = What(kind=GoodwillKind.DISCOUNT, amount_rial=30_000)
CARD = What(kind=GoodwillKind.GIFT_CARD, amount_rial=40_000)


@pytest.fixture(autouse=True)
def sums_agree(acting, now):
    """Whatever a test does, every sum still agrees afterwards."""
    yield
    assert broken(now + FAR) == []


@pytest.fixture
def spot(sara, now):
    """Return a function that gives her something else than points."""

    def one(what: What, **more: Any) -> Goodwill:
        told: dict[str, Any] = {"customer_id": sara, "reason": WHY, "giver": MINA, "now": now}
        row: Goodwill = give_goodwill(what=what, **(told | more))
        return row

    return one


def basket(rial: int, whose: UUID | None) -> Basket:
    """Return a basket of one thing."""
    return Basket(lines=(BasketLine(rial),), customer_id=whose)


def cake(now, **changes):
    """Offer a piece of cake, which costs 20,000 rial."""
    told: dict[str, Any] = {
        "name": "برش کیک",
        "kind": BenefitKind.GIFT,
        "unit_cost_rial": 20_000,
    } | changes
    return offer_benefit(new=NewBenefit(**told), actor=None, now=now)


def refused(call, *args, **more) -> Problem:
    """Return why something was refused."""
    with pytest.raises(Problem) as found, transaction.atomic():
        call(*args, **more)
    return found.value


def test_a_discount_is_a_coupon_of_the_customers_own(spot, sara, now, sell):
    """C078: its code stands on their page; nobody else uses it, and it is used once."""
    row = spot(DISCOUNT)
    assert (row.points, row.worth_rial, row.lot) == (0, 30_000, None)
    [seen] = presents_to(sara, live_at=now)
    assert (seen.code, seen.worth_rial) == (code_told(row), 30_000)
    assert WHY in seen.sentence
    other = known(now, "09127654321")
    problem = refused(reserve_coupon, code=seen.code, basket=basket(100_000, other), now=now)
    assert problem.code == "coupon_needs_customer"
    use, off = reserve_coupon(code=seen.code, basket=basket(100_000, sara), now=now)
    assert off.discount_rial == 30_000
    commit_coupon(use_id=use.id, purchase_id=sell(70_000), now=now)
    assert presents_to(sara, live_at=now) == []
    assert [one.used for one in presents_to(sara)] == [True]
    assert (
        refused(take_goodwill_back, goodwill_id=row.id, actor=None, by="x", now=now).code
        == "goodwill_used"
    )


def test_one_kind_of_coupon_for_each_amount_and_none_of_them_is_listed(spot):
    spot(DISCOUNT)
    spot(DISCOUNT)
    assert CouponPool.objects.count() == 1
    assert not pool_rows(rewards=False).exists()
    assert not given_pools().exists()


def test_a_gift_card_is_money_of_the_business_and_ends(spot, sara, now, business):
    row = spot(CARD)
    card = GiftCard.objects.get()
    assert (card.balance_rial, card.id) == (40_000, row.gift_card_id)
    assert card.expires_at is not None
    left = business_day(card.expires_at, business.timezone) - business_day(now, business.timezone)
    assert left.days == 31
    assert not issue_rows(presents=False).exists()
    code = presents_to(sara, live_at=now)[0].code
    use = reserve_gift_card(code=code, most_rial=15_000, exact=True, now=now)
    assert use.amount_rial == 15_000
    take_goodwill_back(goodwill_id=row.id, actor=None, by="سرپرست", now=now)
    take_goodwill_back(goodwill_id=row.id, actor=None, by="سرپرست", now=now)
    card.refresh_from_db()
    assert (card.balance_rial, card.state) == (0, CardState.VOID)
    assert presents_to(sara, live_at=now) == []


def test_a_coupon_of_a_pool_counts_with_the_most_it_takes_off(spot, sara, now, business):
    last = business_day(now, business.timezone) + timedelta(days=90)
    new = NewCoupons(name="نصف قیمت", percent=50, most_rial=25_000, last_day=last, count=1)
    pool_id = make_coupons(new=new, by="test", now=now).pool_id
    row = spot(What(kind=GoodwillKind.COUPON, thing_id=pool_id))
    assert (row.worth_rial, row.name) == (25_000, "نصف قیمت")
    _use, off = reserve_coupon(code=code_told(row), basket=basket(40_000, sara), now=now)
    assert off.discount_rial == 20_000


def test_a_percentage_without_a_limit_is_not_given(spot, now, business):
    last = business_day(now, business.timezone) + timedelta(days=90)
    pool_id = make_coupons(
        new=NewCoupons(name="ده درصد", percent=10, last_day=last, count=1), by="test", now=now
    ).pool_id
    problem = refused(spot, What(kind=GoodwillKind.COUPON, thing_id=pool_id))
    assert (problem.code, list(problem.fields)) == ("invalid_goodwill", ["thing"])


def test_a_gift_item_leaves_the_stock_and_comes_back(spot, now):
    """Whoever gives on the spot decides: no tier is asked for, but there must be one left."""
    row = cake(now, stock=1)
    given_row = spot(What(kind=GoodwillKind.BENEFIT, thing_id=row.id))
    assert given_row.worth_rial == 20_000
    assert Benefit.objects.get().stock == 0
    again = refused(spot, What(kind=GoodwillKind.BENEFIT, thing_id=row.id))
    assert again.code == "benefit_out_of_stock"
    assert GoodwillMeter.objects.get().used_rial == 20_000
    take_goodwill_back(goodwill_id=given_row.id, actor=None, by="سرپرست", now=now)
    assert Benefit.objects.get().stock == 1
    assert BenefitGiven.objects.get().taken_back_at == now


def test_all_kinds_share_one_budget_in_rial(spot, now):
    """C078: a hundred points' worth a week, whatever it is."""
    spot(What(points=30))
    spot(DISCOUNT)
    spot(CARD)
    assert GoodwillMeter.objects.get().used_rial == 100 * UNIT
    problem = refused(spot, DISCOUNT)
    assert (problem.code, problem.extra["left_rial"]) == ("goodwill_used_up", 0)
    allow(now, most_at_once=20)
    assert refused(spot, DISCOUNT).code == "too_much_at_once"


def test_points_are_taken_off_by_a_correction(spot, now):
    row = spot(What(points=5))
    problem = refused(take_goodwill_back, goodwill_id=row.id, actor=None, by="x", now=now)
    assert problem.code == "goodwill_points"


def test_a_coupon_taken_back_is_refused(spot, sara, now):
    row = spot(DISCOUNT)
    take_goodwill_back(goodwill_id=row.id, actor=None, by="سرپرست", now=now)
    problem = refused(reserve_coupon, code=code_told(row), basket=basket(90_000, sara), now=now)
    assert problem.code == "coupon_taken_back"
    assert GoodwillMeter.objects.get().used_rial == 30_000


@pytest.mark.parametrize(
    ("what", "field"),
    [
        (What(kind="cash", amount_rial=10), "kind"),
        (What(kind=GoodwillKind.DISCOUNT), "amount"),
        (What(kind=GoodwillKind.DISCOUNT, amount_rial=10, points=1), "points"),
        (What(kind=GoodwillKind.GIFT_CARD, amount_rial=9_999), "amount"),
        (What(kind=GoodwillKind.BENEFIT), "thing"),
        (What(kind=GoodwillKind.BENEFIT, thing_id=new_id()), "thing"),
        (What(points=1, thing_id=new_id()), "thing"),
    ],
)
def test_what_makes_no_sense_names_its_field(spot, what, field):
    problem = refused(spot, what)
    assert (problem.code, list(problem.fields)) == ("invalid_goodwill", [field])
    assert not GoodwillMeter.objects.exists()


def test_the_database_refuses_a_kind_without_its_thing(spot):
    spot(DISCOUNT)
    for wrong in ({"kind": "points"}, {"kind": "gift_card"}, {"points": 1}, {"coupon": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Goodwill.objects.update(**wrong)


def test_the_same_grant_twice_makes_one_coupon(spot):
    same = new_id()
    first, second = (spot(DISCOUNT, goodwill_id=same) for _again in range(2))
    assert first.id == second.id
    assert GoodwillMeter.objects.get().used_rial == 30_000
    assert not LedgerEntry.objects.exists()


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(wanted=st.lists(st.tuples(st.sampled_from(["p", "d", "c"]), st.integers(1, 60)), max_size=6))
def test_whatever_is_given_never_passes_the_budget(spot, now, wanted):
    """The meter is the sum of what stands in it, and never more than the budget."""
    with transaction.atomic():
        for kind, units in wanted:
            rial = units * UNIT
            what = {
                "p": What(points=units),
                "d": What(kind=GoodwillKind.DISCOUNT, amount_rial=rial),
                "c": What(kind=GoodwillKind.GIFT_CARD, amount_rial=max(rial, 10_000)),
            }[kind]
            with suppress(Problem), transaction.atomic():
                spot(what)
        given_rial = sum(Goodwill.objects.values_list("worth_rial", flat=True))
        used = GoodwillMeter.objects.values_list("used_rial", flat=True).first() or 0
        assert used == given_rial <= 100 * UNIT
        assert broken(now + FAR) == []
        transaction.set_rollback(True)
