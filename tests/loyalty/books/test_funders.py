"""Points a supplier pays for: what is owed for them is told apart, to the rial (N3, N8, N28)."""

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.calendar import TEHRAN, business_day
from core.errors import Problem
from core.ids import new_id
from customers.operations import NewReturnLine, record_return
from loyalty.models import BonusRule, FundedPosting, LedgerEntry, Lot, LotFunding, LotWorth
from loyalty.operations import commit_redemption, expire_due, reserve_redemption
from loyalty.operations.books import expect_spent, post, post_entries
from loyalty.queries.books import Amounts, bridge, bridges_by_funder
from loyalty.queries.invariants import broken
from tests.loyalty.books.funded import funders_sum_to, parts_anew, parts_posted
from tests.loyalty.conftest import FAR, buyer
from tests.loyalty.rules.conftest import RATE, basket, bonus, put, record
from tests.loyalty.test_return_waits import CAKE, SHIRT, SHOES, wait_for_returns

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
BAKERY, WEAVER = "قنادی یاس", "بافندگی کاج"
COFFEE = ("esp", "نوشیدنی", 600_000)
SWEET = ("cake", CAKE, 400_000)
# 6 and 4 points by the rate, 8 more on the cake.
TRIPLE = bonus("times", 3, when={"categories": (CAKE,)}, funder=BAKERY)


@pytest.fixture
def shop(acting, now):
    """A shop whose baker pays for three times as many points on cake."""
    put(TRIPLE, now=now - DAY)
    yield
    while post_entries(now=now + FAR, thorough=True).count:
        pass
    assert parts_posted() == parts_anew()
    assert broken(now + FAR) == []


def buy(now, *lines):
    [purchase_id] = record(basket(*lines, at=now), now=now)
    return purchase_id


def back(purchase_id, now, *positions, rial=None):
    record_return(
        purchase_id=purchase_id,
        external_id=str(new_id()),
        lines=[NewReturnLine(position=n) for n in positions],
        amount_rial=rial,
        now=now,
    )


def spend(purchase_id, points, now):
    held = reserve_redemption(customer_id=buyer(purchase_id), points=points, now=now)
    commit_redemption(redemption_id=held.id, now=now)


def owed(at=TODAY):
    """Return {funder: what is owed} at the end of a day."""
    return {one.funder: one.bridge.closing for one in bridges_by_funder(bridge(at, at))}


def test_n28_what_is_owed_is_told_by_who_pays_and_sums(shop, now):
    """Of 18 points 8 are the baker's; 17,682 rial are owed: ⌊17,682 × 8 ÷ 18⌋ = 7,858."""
    sold = buy(now, COFFEE, SWEET)
    post_entries(now=now)
    assert LotWorth.objects.get(id=sold).owed_rial == 17_682
    assert owed() == {"": Amounts(10, 9_824), BAKERY: Amounts(8, 7_858)}
    spend(sold, 9, now + DAY)
    post_entries(now=now + DAY)
    told = bridge(TODAY + DAY, TODAY + DAY)
    assert [
        (one.funder, one.bridge.opening, [(p.kind, p.change.points) for p in one.bridge.parts])
        for one in bridges_by_funder(told)
    ] == [
        ("", Amounts(10, 9_824), [("redeem", -5)]),
        (BAKERY, Amounts(8, 7_858), [("redeem", -4)]),
    ]
    funders_sum_to(told)


def test_n8_points_go_back_with_the_goods_they_were_given_on(shop, now):
    """The cake goes back: nothing of the lot is the baker's any more; the coffee: all but four."""
    cake_back, coffee_back = buy(now, COFFEE, SWEET), buy(now, COFFEE, SWEET)
    back(cake_back, now + DAY, 2)
    back(coffee_back, now + DAY, 1)
    post_entries(now=now + DAY)
    assert {lot: amounts.points for (lot, _who), amounts in parts_posted().items()} == {
        coffee_back: 8
    }
    entry = LedgerEntry.objects.get(kind="earn", purchase=coffee_back)
    assert [part["funder"] for part in entry.data["bonuses"]] == [BAKERY]
    back(coffee_back, now + 2 * DAY)
    post_entries(now=now + 2 * DAY)
    assert owed(TODAY + 2 * DAY)[BAKERY] == Amounts()


def test_r16_a_return_of_one_lots_goods_changes_whose_the_others_are(acting, now):
    """The parts of a purchase hold its funders' points in one share; a return moves them all."""
    wait_for_returns(now)
    put(
        bonus("rate", 1, 50_000, when={"categories": (SHIRT,)}, funder=WEAVER),
        TRIPLE,
        now=now - DAY,
    )
    sold = buy(now, ("", CAKE, 1_000_000), ("", SHIRT, 2_000_000), ("", SHOES, 4_000_000))
    post_entries(now=now)
    assert Lot.objects.count() == 3
    assert parts_posted() == parts_anew()
    before = parts_posted()
    back(sold, now + DAY, 2)
    post_entries(now=now + DAY)
    assert parts_posted() == parts_anew() != before
    assert {who for _lot, who in parts_posted()} == {BAKERY}
    assert FundedPosting.objects.filter(entry=None).exists()
    funders_sum_to(bridge(TODAY, TODAY + DAY))
    post_entries(now=now + 2 * DAY)
    assert parts_posted() == parts_anew()
    assert broken(now + FAR) == []


def test_a_rule_of_another_version_keeps_who_paid_for_what_it_gave(shop, now):
    first = buy(now, SWEET)
    put(TRIPLE.model_copy(update={"funder": WEAVER}), now=now)
    second = buy(now + DAY, SWEET)
    post_entries(now=now + DAY)
    assert set(parts_posted()) == {(first, BAKERY), (second, WEAVER)}


def test_two_rules_of_one_funder_are_one_part(shop, now):
    put(TRIPLE, bonus("fixed", 5, funder=f"  {BAKERY.replace('ی', 'ي')} "), now=now)
    sold = buy(now, COFFEE, SWEET)
    [row] = LotFunding.objects.filter(lot=sold)
    assert (row.funder, row.points, row.of_points) == (BAKERY, 13, 23)


def test_without_funders_nothing_is_written_and_nothing_told(acting, now):
    put(bonus(), now=now - DAY)
    back(buy(now, COFFEE), now, rial=300_000)
    post_entries(now=now)
    assert not LotFunding.objects.exists()
    assert not FundedPosting.objects.exists()
    assert bridges_by_funder(bridge(TODAY, TODAY)) == []


def test_only_points_have_a_funder(acting, now):
    worth = {"worth_rial": 100_000}
    with pytest.raises(ValidationError):
        bonus("gift_card", 1, present=worth, funder=BAKERY)
    put(bonus("gift_card", 1, present=worth), now=now)
    row = BonusRule.objects.get()
    row.id, row.funder, row.key, row.position = new_id(), BAKERY, new_id(), 9
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_what_is_expected_never_to_be_spent_is_the_businesss_own(shop, now):
    sold = buy(now, COFFEE, SWEET)
    spend(sold, 9, now)
    post_entries(now=now)
    expect_spent(spent_ppm=500_000, reason="سابقه", actor=None, now=now)
    told = bridge(TODAY, TODAY)
    funders_sum_to(told)
    own, baker = bridges_by_funder(told)
    assert baker.bridge.closing == Amounts(4, 3_929)
    assert [part.kind for part in own.bridge.parts] == ["earn", "redeem", "estimate"]
    assert LotWorth.objects.get(id=sold).owed_rial > told.closing.rial


@pytest.mark.parametrize("size", [1, 2, 3, 1_000])
def test_batches_of_any_size_say_the_same(shop, now, size):
    first, second = buy(now, COFFEE, SWEET), buy(now + DAY, SWEET)
    spend(first, 7, now + 2 * DAY)
    back(first, now + 3 * DAY, 2)
    back(second, now + 4 * DAY, rial=100_000)
    expire_due(now=now + 500 * DAY)
    with patch.object(post, "BATCH", size):
        while post_entries(now=now + 500 * DAY).count:
            pass
    rows = FundedPosting.objects.exclude(points=0, owed_rial=0).order_by("at", "-points")
    said = [(row.kind, row.points) for row in rows]
    assert said == [
        ("earn", 8),
        ("earn", 8),
        ("redeem", -4),
        ("clawback", -1),
        ("clawback", -4),
        ("clawback", -2),
        ("expire", -5),
    ]


_STEP = st.one_of(
    st.tuples(st.just("sell"), st.integers(0, 3), st.integers(0, 2)),
    st.tuples(st.just("back"), st.integers(0, 20), st.integers(0, 100)),
    st.tuples(st.just("spend"), st.integers(1, 30), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from([1, 9, 40, 400]), st.just(0)),
    st.tuples(st.just("post"), st.sampled_from([1, 2, 5, 1_000]), st.just(0)),
)


class _History:
    """Sells, returns, spends, waits and posts as told; a second passes with each step."""

    def __init__(self, now):
        self.now, self.sold = now, []

    def do(self, what, one, other):
        self.now += timedelta(seconds=1)
        getattr(self, what)(one, other)

    def sell(self, cakes, coffees):
        lines = [("", CAKE, 130_001)] * cakes + [("", SHOES, 270_001)] * coffees
        if lines:
            self.sold.append(buy(self.now, *lines))

    def back(self, pick, percent):
        if self.sold:
            one = self.sold[pick % len(self.sold)]
            asked = (1 + percent % 3,) if percent % 2 else ()
            rial = None if asked else 1 + percent * 4_000
            self.attempt(lambda: back(one, self.now, *asked, rial=rial))

    def spend(self, points, _other):
        if self.sold:
            self.attempt(lambda: spend(self.sold[0], points, self.now))

    def wait(self, days, _other):
        self.now += timedelta(days=days)
        expire_due(now=self.now)

    def post(self, size, _other):
        with patch.object(post, "BATCH", size):
            post_entries(now=self.now)

    def attempt(self, work):
        try:
            with transaction.atomic():
                work()
        except Problem:
            return


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(_STEP, min_size=3, max_size=14), waits=st.booleans())
def test_any_history_leaves_every_funder_what_computing_anew_says(acting, now, steps, waits):
    """N3, N8: two funders, returns by line and by amount, books written whenever it pleases."""
    with transaction.atomic():
        if waits:
            wait_for_returns(now)
        put(
            TRIPLE,
            bonus("fixed", 7, when={"least_rial": 400_000}, funder=WEAVER),
            bonus("rate", 1, 70_001, when={"categories": (SHOES,)}, funder=BAKERY),
            bonus("rate", 1, 333_333),
            now=now,
            rate=RATE,
        )
        history = _History(now)
        for step in steps:
            history.do(*step)
        post_entries(now=history.now)
        assert parts_posted() == parts_anew()
        assert broken(history.now + FAR) == []
        first, last = business_day(now, TEHRAN), business_day(history.now, TEHRAN)
        for since in (first, first + (last - first) / 2, last):
            funders_sum_to(bridge(since, last))
        transaction.set_rollback(True)


def test_the_api_tells_the_bridge_of_each_funder(shop, now, api):
    buy(now, COFFEE, SWEET)
    post_entries(now=now)
    told = api.get("reports/points-owed", {"since": "2026-11-23", "until": "2026-11-23"}).json()
    assert [(one["funder"], one["closing"]) for one in told["funders"]] == [
        ("", {"points": 10, "owed": 9_824}),
        (BAKERY, {"points": 8, "owed": 7_858}),
    ]
    assert told["funders"][1]["parts"] == [
        {"kind": "earn", "postings": 1, "points": 8, "owed": 7_858}
    ]


def test_one_funder_and_three_cost_the_same(shop, now, api, django_assert_max_num_queries):
    def cost():
        post_entries(now=now)
        with django_assert_max_num_queries(100) as asked:
            assert api.get("reports/points-owed").status_code == 200
        return len(asked)

    buy(now, SWEET)
    cost()
    one = cost()
    more = [bonus("fixed", n, funder=f"پخش {n}") for n in (3, 4)]
    put(TRIPLE, *more, now=now)
    buy(now, SWEET)
    assert cost() == one
