"""The one function that judges a basket: conditions, order of operations, groups and limits."""

from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import TEHRAN
from core.ids import new_id
from loyalty.enums import Verdict
from loyalty.queries.rules.basket import Basket, goods_of
from loyalty.queries.rules.document import Bonus, Rate, Rules, When
from loyalty.queries.rules.evaluate import Room, evaluate
from loyalty.queries.rules.spans import span_start

RATE = Rate(num=1, den=100_000)
# A Saturday morning: 1 Farvardin 1405 is 2026-03-21.
MORNING = datetime(2026, 3, 21, 9, 30, tzinfo=TEHRAN)

NOWRUZ, EVE = ("nowruz", date(2026, 3, 21)), ("fitr", date(2026, 3, 20))


def basket(rial=1_000_000, **facts):
    return Basket(**{"eligible_rial": rial, "local": MORNING, "customer_id": new_id()} | facts)


def bonus(effect="times", num=2, den=1, name="ق", **more):
    when = When(**more.pop("when", {}))
    return Bonus(name=name, effect=effect, num=num, den=den, when=when, **more)


def earned(one, *bonuses, rate=RATE, room=None):
    return evaluate(one, Rules(rate=rate, bonuses=bonuses), room or Room())


def verdict(one, rule):
    [part] = earned(one, rule).parts
    return part.verdict


def test_without_rules_a_basket_earns_by_the_rate():
    assert earned(basket(999_999)).points == 9


def test_each_effect():
    assert earned(basket(), bonus()).points == 20
    assert earned(basket(), bonus("rate", 3, 200_000)).points == 25
    assert earned(basket(), bonus("fixed", 50)).points == 60


def test_rules_add_to_the_rate_and_do_not_multiply_one_another():
    assert earned(basket(), bonus(), bonus(num=3)).points == 10 + 10 + 20


def test_r2_one_floor_for_the_order_and_its_rules():
    """R2: 1.5 by the rate and 0.75 by a rule are two points, not one and none."""
    told = earned(basket(150_000), bonus("rate", 1, 200_000))
    assert told.points == 2
    assert [part.points for part in told.parts] == [1]


def test_r3_the_tier_multiplies_the_rate_and_not_what_rules_add():
    """R3: 10 × 3/2 by the rate, doubled; ten points at once stay ten."""
    gold = basket(times_num=3, times_den=2)
    assert earned(gold, bonus()).points == 30
    assert earned(gold, bonus("fixed", 10)).points == 25


def test_r3_caps_come_before_the_floor_and_shares_after():
    """R3: a rule's cap, the order's cap, the floor, the customer's share."""
    rule = bonus("fixed", 100, cap_points=40, customer_cap_points=30)
    assert earned(basket(), rule).points == 50
    assert earned(basket(), rule, room=Room(shares={rule.key: 30})).points == 40
    tight = RATE.model_copy(update={"cap_points": 12})
    assert earned(basket(), rule, rate=tight).points == 12
    full = earned(basket(), rule, rate=RATE.model_copy(update={"cap_points": 10}))
    assert (full.points, full.parts[0].verdict) == (10, Verdict.FULL)


@pytest.mark.parametrize(
    ("when", "facts", "answer"),
    [
        ({"least_rial": 1_000_001}, {}, Verdict.AMOUNT),
        ({"least_rial": 1_000_000}, {}, Verdict.APPLIED),
        ({"skus": ("cake",)}, {}, Verdict.GOODS),
        ({"channels": ("web",)}, {"channel": "till"}, Verdict.CHANNEL),
        ({"channels": ("web",)}, {"channel": "web"}, Verdict.APPLIED),
        ({"branches": (new_id(),)}, {"branch_id": new_id()}, Verdict.BRANCH),
        ({"employees": (new_id(),)}, {"employee_id": None}, Verdict.EMPLOYEE),
        ({"since": date(2026, 3, 22)}, {}, Verdict.DATES),
        ({"until": date(2026, 3, 20)}, {}, Verdict.DATES),
        ({"since": date(2026, 3, 21), "until": date(2026, 3, 21)}, {}, Verdict.APPLIED),
        ({"weekdays": (0,)}, {}, Verdict.APPLIED),
        ({"weekdays": (6,)}, {}, Verdict.WEEKDAY),
        ({"weekend": True}, {"weekend": {6}}, Verdict.WEEKDAY),
        ({"weekend": True}, {"weekend": {0}}, Verdict.APPLIED),
        ({"weekend": False}, {"weekend": {0}}, Verdict.WEEKDAY),
        ({"weekend": False}, {"weekend": {5, 6}}, Verdict.APPLIED),
        ({"shared": {"kinds": ["nowruz"]}}, {}, Verdict.SHARED_DAY),
        ({"shared": {"kinds": ["nowruz"]}}, {"shared": [NOWRUZ]}, Verdict.APPLIED),
        ({"shared": {"kinds": ["fitr"], "days": 5}}, {"shared": [NOWRUZ]}, Verdict.SHARED_DAY),
        ({"shared": {"kinds": ["fitr"], "days": 1}}, {"shared": [EVE]}, Verdict.APPLIED),
        ({"shared": {"kinds": ["fitr"]}}, {"shared": [EVE]}, Verdict.SHARED_DAY),
        ({"from_minute": 540, "to_minute": 570}, {}, Verdict.HOURS),
        ({"from_minute": 540, "to_minute": 571}, {}, Verdict.APPLIED),
        ({"from_minute": 1320, "to_minute": 600}, {}, Verdict.APPLIED),
        ({"from_minute": 1320, "to_minute": 120}, {}, Verdict.HOURS),
        ({"tiers": (new_id(),)}, {"tier_id": new_id()}, Verdict.TIER),
        ({"tiers": (new_id(),)}, {"customer_id": None}, Verdict.STRANGER),
        ({"number": 1}, {"number": 2}, Verdict.NUMBER),
        ({"number": 1}, {"number": 1}, Verdict.APPLIED),
        ({"every": 10}, {"number": 20}, Verdict.APPLIED),
        ({"every": 10}, {"number": 21}, Verdict.NUMBER),
        ({"number": 1}, {"customer_id": None}, Verdict.STRANGER),
    ],
)
def test_each_condition_is_named_when_it_is_missing(when, facts, answer):
    assert verdict(basket(**facts), bonus(when=when)) == answer


def test_a_rule_about_goods_counts_on_those_goods_alone():
    goods = goods_of([("esp", "نوشیدنی", 600_000), ("cake", "شیرینی", 400_000)], 1_000_000)
    assert earned(basket(goods=goods), bonus(when={"categories": ("شیرینی",)})).points == 14
    assert earned(basket(goods=goods), bonus("fixed", 5, when={"skus": ("esp",)})).points == 15


def test_r6_what_points_paid_is_taken_off_the_lines_and_sums():
    """R6: 999,999 of 1,000,000 may earn: the shares of three lines sum to it."""
    goods = goods_of([("a", "", 333_333), ("b", "", 333_333), ("c", "", 333_334)], 999_999)
    assert sum(one.rial for one in goods) == 999_999


def test_r50_the_best_of_a_group_counts_and_the_others_say_so():
    """R50: of one group the best for the customer; the earlier of two as good; others add."""
    twice, thrice = bonus(group="صبح"), bonus(num=3, group="صبح")
    free = bonus("fixed", 7)
    told = earned(basket(), twice, thrice, free)
    assert told.points == 10 + 20 + 7
    assert [part.verdict for part in told.parts] == [
        Verdict.BEATEN,
        Verdict.APPLIED,
        Verdict.APPLIED,
    ]
    same = earned(basket(), bonus(group="صبح"), bonus(group="صبح"))
    assert [part.verdict for part in same.parts] == [Verdict.APPLIED, Verdict.BEATEN]


def test_r50_a_rule_without_budget_leaves_its_group_to_the_next():
    """R50: the best whose budget is used up does not keep the second from counting."""
    twice, thrice = bonus(group="صبح"), bonus(num=3, group="صبح", budget_rial=0)
    told = earned(basket(), twice, thrice, room=Room(budgets={thrice.key: 0}))
    assert told.points == 20
    assert [part.verdict for part in told.parts] == [Verdict.APPLIED, Verdict.BUDGET]


def test_r49_the_last_points_of_a_budget_are_given_and_told():
    """R49: with room for four, four."""
    rule = bonus(budget_rial=0)
    told = earned(basket(), rule, room=Room(budgets={rule.key: 4}))
    assert told.points == 14
    assert told.parts[0].cut == Verdict.BUDGET


def test_a_share_needs_a_known_customer():
    assert verdict(basket(customer_id=None), bonus(customer_cap_points=5)) == Verdict.STRANGER


def test_a_purchase_below_the_minimum_is_not_multiplied_but_may_get_points_at_once():
    high = RATE.model_copy(update={"minimum_rial": 2_000_000})
    told = earned(basket(), bonus(), bonus("fixed", 5), rate=high)
    assert told.below
    assert told.points == 5


@pytest.mark.parametrize(
    ("span", "start"),
    [
        ("day", date(2026, 3, 25)),
        ("week", date(2026, 3, 21)),
        ("month", date(2026, 3, 21)),
        ("year", date(2026, 3, 21)),
        ("ever", date(1, 1, 1)),
    ],
)
def test_shares_begin_anew_with_jalali_spans(span, start):
    assert span_start(span, date(2026, 3, 25)) == start
    assert span_start(span, start) == start


_EFFECTS = st.one_of(
    st.builds(lambda n: ("times", n + 3, 3), st.integers(1, 9)),
    st.tuples(st.just("rate"), st.integers(1, 9), st.integers(1, 10**6)),
    st.tuples(st.just("fixed"), st.integers(1, 99), st.just(1)),
)


@given(st.integers(0, 10**8), st.lists(_EFFECTS, max_size=5), st.none() | st.integers(0, 500))
def test_r2_the_parts_sum_to_one_floor_of_the_exact_order(rial, effects, cap):
    """R2: whatever the rules, the order has one floor, and no part is below zero."""
    rules = [bonus(*effect) for effect in effects]
    told = earned(basket(rial), *rules, rate=RATE.model_copy(update={"cap_points": cap}))
    exact = Fraction(rial, 100_000)
    for kind, num, den in effects:
        if rial or kind == "fixed":
            exact += {
                "times": Fraction(rial, 100_000) * (Fraction(num, den) - 1),
                "rate": Fraction(rial * num, den),
                "fixed": Fraction(num),
            }[kind] * bool(rial)
    assert told.points == (int(exact) if cap is None else min(int(exact), cap))
    assert all(part.points >= 0 for part in told.parts)


LINES = goods_of([("a", "نان", 150_000), ("b", "قهوه", 150_000), ("c", "نان", 150_000)], 450_000)


def test_r2_the_floor_is_of_the_order_or_of_each_line():
    """R2: three lines of 150,000 at 1 for 100,000 are four points, or three line by line."""
    three = basket(450_000, goods=LINES)
    by_line = RATE.model_copy(update={"by_line": True})
    assert (earned(three).points, earned(three).lines_less) == (4, None)
    told = earned(three, rate=by_line)
    assert (told.points, told.lines_less) == (3, 1)
    # Without lines there is one floor.
    assert earned(basket(450_000), rate=by_line).points == 4


def test_r2_r3_a_lines_floor_comes_after_what_rules_add_to_it():
    """R3 line by line: 1.5 and 1.5 more on two of them; points at once are whole and of no line."""
    by_line = RATE.model_copy(update={"by_line": True})
    bread = bonus(when={"categories": ("نان",)})
    told = earned(basket(450_000, goods=LINES), bread, bonus("fixed", 5), rate=by_line)
    assert [part.points for part in told.parts] == [4, 5]
    assert told.points == 3 + 1 + 3 + 5 == 12
    capped = earned(basket(450_000, goods=LINES), bonus(num=9, cap_points=2), rate=by_line)
    assert capped.points == 3 + 2


@given(
    st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
    st.lists(_EFFECTS, max_size=4),
    st.none() | st.integers(0, 60),
)
def test_r2_line_by_line_never_gives_more_and_loses_less_than_a_point_a_line(rials, effects, cap):
    goods = goods_of([("x", "", rial) for rial in rials], sum(rials))
    rules = [bonus(*effect) for effect in effects]
    rate = RATE.model_copy(update={"cap_points": cap})
    once = earned(basket(sum(rials), goods=goods), *rules, rate=rate)
    by_line = rate.model_copy(update={"by_line": True})
    told = earned(basket(sum(rials), goods=goods), *rules, rate=by_line)
    assert once.points - len(rials) < told.points <= once.points
    assert all(part.points >= 0 for part in told.parts)


def test_r50_the_best_for_the_margin_is_the_cheapest_that_gives_anything():
    """R50: which of a group counts is a policy of the version, in sight."""
    margin = RATE.model_copy(update={"best_for": "margin"})
    twice, thrice = bonus(group="صبح"), bonus(num=3, group="صبح")
    told = earned(basket(), thrice, twice, rate=margin)
    assert told.points == 20
    assert [part.verdict for part in told.parts] == [Verdict.BEATEN, Verdict.APPLIED]
    # One that comes to nothing keeps no other from counting.
    high = margin.model_copy(update={"minimum_rial": 2_000_000})
    assert earned(basket(), bonus(group="g"), bonus("fixed", 5, group="g"), rate=high).points == 5
    same = earned(basket(), bonus(group="صبح"), bonus(group="صبح"), rate=margin)
    assert [part.verdict for part in same.parts] == [Verdict.APPLIED, Verdict.BEATEN]
