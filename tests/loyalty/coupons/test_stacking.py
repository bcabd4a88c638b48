"""Which coupons go together for one sale (rule R50), at the till, in the quote and in the sale."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Problem
from core.ids import new_id
from customers.models import Purchase, Return
from customers.operations import record_return
from loyalty.models import CouponPool, CouponUse
from loyalty.operations import update_rule
from loyalty.operations.coupons import reserve_coupon, reserve_coupons
from loyalty.queries.coupon_stacks import stack_of
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.coupons.conftest import basket, make, record, sale_of


def beside(offered, code, **more):
    return offered(code=code, name=code, stacking="beside", **more)


def told(stack):
    return [(one.asked.code, one.basket_rial, one.discount_rial) for one in stack.used]


def test_r50_coupons_that_allow_it_stand_together_percentages_first(offered, now):
    beside(offered, "MINUS", percent=None, off_rial=50_000)
    beside(offered, "TENTH")
    stack = stack_of(["MINUS", "TENTH"], basket(300_000, 700_000), now)
    assert told(stack) == [("TENTH", 1_000_000, 100_000), ("MINUS", 900_000, 50_000)]
    assert (stack.discount_rial, stack.of_lines) == (150_000, (45_000, 105_000))


def test_r50_one_that_stands_alone_wins_or_is_left_out_with_its_reason(offered, now):
    beside(offered, "MINUS", percent=None, off_rial=50_000)
    beside(offered, "TENTH")
    offered(code="ALONE", percent=14)
    small = stack_of(["MINUS", "TENTH", "ALONE"], basket(1_000_000), now)
    assert [one.asked.code for one in small.used] == ["TENTH", "MINUS"]
    [left] = small.left_out
    assert left.asked.code == "ALONE"
    large = stack_of(["MINUS", "TENTH", "ALONE"], basket(2_000_000), now)
    assert told(large) == [("ALONE", 2_000_000, 280_000)]
    assert {one.asked.code for one in large.left_out} == {"MINUS", "TENTH"}


def test_r50_of_a_group_the_best_for_the_customer_counts(offered, now):
    beside(offered, "TENTH", group="یلدا")
    beside(offered, "MINUS", percent=None, off_rial=50_000, group="یلدا")
    assert [one.asked.code for one in stack_of(["TENTH", "MINUS"], basket(400_000), now).used] == [
        "MINUS"
    ]
    assert [one.asked.code for one in stack_of(["TENTH", "MINUS"], basket(900_000), now).used] == [
        "TENTH"
    ]


def test_r50_where_the_margin_counts_the_cheapest_way_is_taken(offered, now):
    """R50: of a group, and of ways that exclude each other, what takes least off."""
    update_rule(points_num=1, points_den=100_000, best_for="margin", actor=None, now=now)
    beside(offered, "TENTH", group="یلدا")
    beside(offered, "MINUS", percent=None, off_rial=50_000, group="یلدا")
    offered(code="ALONE", percent=2)
    stack = stack_of(["TENTH", "MINUS"], basket(900_000), now)
    assert [one.asked.code for one in stack.used] == ["MINUS"]
    alone = stack_of(["TENTH", "MINUS", "ALONE"], basket(900_000), now)
    assert told(alone) == [("ALONE", 900_000, 18_000)]
    assert {str(one.why) for one in alone.left_out} == {
        "از گروه آن، اینجا کوپن دیگری به حساب می‌آید.",
        "با بقیه که اینجا به حساب می‌آیند، همراه نمی‌شود.",
    }


def test_r50_one_that_finds_nothing_left_is_passed_over(offered, now):
    beside(offered, "FREE", percent=100)
    beside(offered, "MINUS", percent=None, off_rial=50_000)
    stack = stack_of(["FREE", "MINUS"], basket(90_000), now)
    assert told(stack) == [("FREE", 90_000, 90_000)]
    assert len(stack.left_out) == 1


def test_a_smallest_basket_is_asked_of_the_whole(offered, now):
    beside(offered, "TENTH")
    beside(offered, "MINUS", percent=None, off_rial=50_000, least_basket_rial=1_000_000)
    assert len(stack_of(["TENTH", "MINUS"], basket(1_000_000), now).used) == 2


def test_r50_a_sale_that_names_one_of_two_is_refused(offered, now):
    beside(offered, "TENTH")
    beside(offered, "MINUS", percent=None, off_rial=50_000)
    of = basket(1_000_000)
    uses, stack = reserve_coupons(codes=["MINUS", "TENTH"], basket=of, now=now)
    for use in uses:
        wrong = record(sale_of(use.id, of, stack.of_lines), now)
        assert wrong.error is not None
        assert wrong.error.code == "coupon_basket_changed"


def sold_with(codes, of, now):
    uses, stack = reserve_coupons(codes=codes, basket=of, now=now)
    sale = sale_of(uses[0].id, of, stack.of_lines)
    return record(replace(sale, holds=tuple(one.id for one in uses)), now)


def test_r50_a_sale_names_all_that_were_held_for_it(offered, now):
    beside(offered, "TENTH")
    beside(offered, "MINUS", percent=None, off_rial=50_000)
    outcome = sold_with(["TENTH", "MINUS"], basket(1_000_000), now)
    assert outcome.error is None
    assert Purchase.objects.get(id=outcome.purchase_id).total_rial == 850_000
    assert set(CouponPool.objects.values_list("taken", flat=True)) == {1}
    record_return(purchase_id=outcome.purchase_id, external_id=str(new_id()), now=now)
    assert set(CouponPool.objects.values_list("taken", flat=True)) == {0}
    assert CouponUse.objects.filter(again_until__isnull=False).count() == 2


def test_r50_holds_made_apart_are_refused_together(offered, now):
    offered(code="ALONE")
    beside(offered, "TENTH")
    of = basket(1_000_000)
    first, told_off = reserve_coupon(code="ALONE", basket=of, now=now)
    second, _told = reserve_coupon(code="TENTH", basket=of, now=now)
    sale = sale_of(first.id, of, told_off.of_lines)
    outcome = record(replace(sale, holds=(first.id, second.id)), now)
    assert outcome.error is not None
    assert outcome.error.code == "one_coupon"


def test_a_free_item_alone_is_a_sale_of_nothing_and_spends_its_coupon(offered, now):
    offered(code="FREE", percent=100)
    outcome = sold_with(["FREE"], basket(300_000), now)
    assert outcome.error is None
    assert Purchase.objects.get(id=outcome.purchase_id).total_rial == 0
    assert CouponUse.objects.get().state == "committed"
    assert CouponPool.objects.get().taken == 1


def test_r23_a_sale_of_nothing_is_undone_by_a_return_of_nothing_once(offered, now):
    """R23, R25: its coupon is good again; another return finds nothing, the same is told again."""
    offered(code="FREE", percent=100)
    sold = sold_with(["FREE"], basket(300_000), now)
    back = record_return(purchase_id=sold.purchase_id, external_id="r1", now=now)
    assert (back.amount_rial, back.replayed) == (0, False)
    assert CouponPool.objects.get().taken == 0
    assert CouponUse.objects.exclude(again_until=None).count() == 1
    assert record_return(purchase_id=sold.purchase_id, external_id="r1", now=now).replayed
    with pytest.raises(Problem) as refused:
        record_return(purchase_id=sold.purchase_id, external_id="r2", now=now)
    assert refused.value.code == "return_exceeds_purchase"
    assert CouponPool.objects.get().taken == 0
    assert sold_with(["FREE"], basket(300_000), now).error is None


def test_r23_a_sale_of_something_never_comes_back_for_nothing(offered, now):
    offered(code="TENTH")
    sold = sold_with(["TENTH"], basket(1_000_000), now)
    with pytest.raises(Problem) as refused:
        record_return(purchase_id=sold.purchase_id, external_id="r0", amount_rial=0, now=now)
    assert refused.value.code == "invalid_amount"
    with pytest.raises(IntegrityError), transaction.atomic():
        Return.objects.create(
            purchase_id=sold.purchase_id,
            external_id="r1",
            amount_rial=0,
            returned_so_far_rial=1,
            occurred_at=now,
            local_date=now.date(),
            source="t",
            fingerprint=b"",
            recorded_at=now,
        )
    assert CouponPool.objects.get().taken == 1


def test_too_many_and_none_are_refused(offered, now):
    for codes in ([], ["A1", "A2", "A3", "A4", "A5", "A6"]):
        with pytest.raises(Problem) as refused:
            stack_of(codes, basket(1_000_000), now)
        assert refused.value.code == "too_many_coupons"


def test_a_group_is_for_coupons_that_stand_beside_others(offered):
    with pytest.raises(Problem) as refused:
        offered(group="یلدا")
    assert "group" in refused.value.fields


POOL = st.fixed_dictionaries(
    {
        "percent": st.one_of(st.none(), st.integers(1, 100)),
        "off": st.integers(1, 400_000),
        "stacking": st.sampled_from(["alone", "beside", "beside"]),
        "group": st.sampled_from(["", "g"]),
    }
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    pools=st.lists(POOL, min_size=1, max_size=5),
    lines=st.lists(st.integers(1, 600_000), min_size=1, max_size=3),
)
def test_r50_whatever_is_asked_nothing_excluded_stands_together_and_sums_hold(
    acting, now, pools, lines
):
    """The customer never does better with one alone, and the sale comes out to the rial."""
    codes = []
    for number, one in enumerate(pools):
        codes.append(f"C{new_id().hex[-12:]}{number}".upper())
        make(
            now,
            code=codes[-1],
            percent=one["percent"],
            off_rial=None if one["percent"] else one["off"],
            stacking=one["stacking"],
            group=one["group"] if one["stacking"] == "beside" else "",
        )
    of = basket(*lines)
    singly = []
    for code in codes:
        try:
            singly.append(stack_of([code], of, now).discount_rial)
        except Problem:
            return  # takes nothing off so small a basket: told as one
    stack = stack_of(codes, of, now)
    assert max(singly) <= stack.discount_rial <= sum(lines)
    used = [one.asked.pool for one in stack.used]
    assert len(used) == 1 or all(pool.stacking == "beside" for pool in used)
    assert sum(pool.group == "g" for pool in used) <= 1
    assert all(part <= line for part, line in zip(stack.of_lines, lines, strict=True))
    assert len(stack.used) + len(stack.left_out) == len(codes)
    outcome = sold_with(codes, of, now)
    assert outcome.error is None
    assert Purchase.objects.get(id=outcome.purchase_id).total_rial == of.total_rial - (
        stack.discount_rial
    )
    assert broken(now + FAR) == []
