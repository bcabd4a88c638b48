"""Coupons: what they take off, how often, and when they come back (R6, R23, R41, R43)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotFound
from core.ids import new_id
from customers.models import Purchase, PurchaseLine
from customers.operations import record_return
from loyalty.models import CouponPool, CouponUse, Lot
from loyalty.operations import sweep_business
from loyalty.operations.coupons import (
    release_coupon,
    reserve_coupon,
    withdraw_coupons,
)
from loyalty.queries.coupons import discount_of, priced
from tests.loyalty.coupons.conftest import (
    LAST_DAY,
    basket,
    person,
    record,
    sale_of,
    sell_with,
    taken,
)
from tests.loyalty.gift_cards.conftest import code_of, refused

MINUTE = timedelta(minutes=1)


def back(outcome, now, rial=None):
    record_return(
        purchase_id=outcome.purchase_id, external_id=str(new_id()), amount_rial=rial, now=now
    )


# --- what it takes off ----------------------------------------------------------------------------


def test_a_percentage_is_spread_over_the_lines_exactly(offered, now):
    """R6: a tenth of 333,333 + 333,333 + 333,333 is 99,999, parts by largest remainder."""
    offered()
    told = discount_of("yalda", basket(333_333, 333_333, 333_333), now)
    assert told.discount_rial == 99_999
    assert told.of_lines == (33_333, 33_333, 33_333)
    odd = discount_of("YALDA", basket(100_005, 1, 50_009), now)
    assert (odd.discount_rial, sum(odd.of_lines)) == (15_001, 15_001)


@given(
    lines=st.lists(st.integers(0, 10**9), min_size=1, max_size=12),
    percent=st.integers(1, 100),
    most=st.none() | st.integers(1, 10**9),
)
def test_no_line_goes_below_zero_and_parts_sum(lines, percent, most):
    """R6: whatever the basket, the parts sum to the discount and none is more than its line."""
    pool = CouponPool(percent=percent, most_rial=most, least_basket_rial=0)
    off = min(sum(lines) * percent // 100, most or 10**18)
    if not off:
        assert refused(priced, pool=pool, coupon=None, basket=basket(*lines))
        return
    told = priced(pool, None, basket(*lines))
    assert sum(told.of_lines) == told.discount_rial == off
    assert all(0 <= part <= line for part, line in zip(told.of_lines, lines, strict=True))


def test_an_amount_is_never_more_than_the_basket_and_a_cap_holds(offered, now):
    offered(code="MOST", percent=50, most_rial=30_000)
    offered(code="OFF", percent=None, off_rial=200_000)
    assert discount_of("most", basket(100_000), now).discount_rial == 30_000
    assert discount_of("off", basket(150_000), now).discount_rial == 150_000


def test_only_the_category_is_discounted(offered, now):
    offered(category="قهوه")
    told = discount_of("YALDA", basket((100_000, "كيك"), (200_000, "قهوه ")), now)
    assert told.of_lines == (0, 20_000)
    wrong = {"code": "YALDA", "basket": basket(100_000), "now": now}
    assert refused(discount_of, **wrong) == "coupon_takes_nothing"


@pytest.mark.parametrize(
    ("terms", "asked", "code"),
    [
        ({"least_basket_rial": 100_001}, {}, "coupon_basket_small"),
        ({"channel": "web"}, {"channel": "till"}, "coupon_not_here"),
        ({"most_each": 1}, {}, "coupon_needs_customer"),
    ],
)
def test_conditions_are_kept(offered, now, terms, asked, code):
    offered(**terms)
    wanted = {"code": "YALDA", "basket": basket(100_000, **asked), "now": now}
    assert refused(discount_of, **wanted) == code
    assert refused(reserve_coupon, **wanted) == code


def test_before_and_after_its_time_it_is_nothing(offered, now):
    made = offered()
    end = CouponPool.objects.get().ends_at
    wanted: dict[str, Any] = {"code": "YALDA", "basket": basket(100_000)}
    assert discount_of(**wanted, now=end - MINUTE).discount_rial == 10_000
    assert refused(discount_of, **wanted, now=end) == "coupon_over"
    assert refused(discount_of, **wanted, now=now - MINUTE) == "coupon_not_offered"
    withdraw_coupons(pool_id=made.pool_id, actor=None, now=now)
    assert refused(discount_of, **wanted, now=now) == "coupon_not_offered"


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent": None},
        {"off_rial": 5},
        {"percent": 101},
        {"code": "", "count": 0},
        {"code": "A", "count": 0},
        {"code": "AB C-D"},
        {"count": 5},
        {"name": ""},
        {"most_uses": 0},
        {"channel": "moon"},
        {"last_day": LAST_DAY.replace(year=2020)},
    ],
)
def test_what_makes_no_sense_is_refused(offered, wrong):
    assert refused(offered, **wrong) == "invalid_coupons"


def test_a_code_is_one_promise(offered):
    offered()
    assert refused(offered, code=" yalda ") == "coupon_code_taken"


# --- at the checkout ------------------------------------------------------------------------------


def test_a_sale_spends_it_and_earns_on_what_was_paid(offered, now):
    offered()
    outcome = sell_with("YALDA", basket(600_000, 400_000), now)
    assert outcome.error is None
    assert outcome.purchase_id is not None
    assert outcome.total_rial == 900_000
    assert Lot.objects.get(id=outcome.purchase_id).base_rial == 900_000
    assert [line.discount_rial for line in PurchaseLine.objects.order_by("position")] == [
        60_000,
        40_000,
    ]
    assert taken() == 1


def test_a_sale_of_another_basket_is_refused(offered, now):
    offered()
    of = basket(600_000)
    use, _told = reserve_coupon(code="YALDA", basket=of, now=now)
    assert code_of(record(sale_of(use.id, of, (70_000,)), now)) == "coupon_basket_changed"
    assert record(sale_of(use.id, of, (60_000,)), now).error is None


def test_one_coupon_for_a_sale(offered, now):
    """R50: coupons do not stack."""
    offered()
    offered(code="OTHER")
    of = basket(600_000)
    first, second = (reserve_coupon(code=c, basket=of, now=now)[0] for c in ("YALDA", "OTHER"))
    new = sale_of(first.id, of, (60_000,))
    both = type(new)(**{**_fields(new), "holds": (first.id, second.id)})
    assert code_of(record(both, now)) == "one_coupon"


def _fields(new):
    return {name: getattr(new, name) for name in new.__slots__}


def test_limits_hold_for_all_and_for_each(offered, now):
    """R41: numbers held count as taken."""
    offered(most_uses=3, most_each=2)
    one, other = person(now), person(now, "09123334455")
    mine, theirs = (
        {"code": "YALDA", "basket": basket(100_000, customer_id=who), "now": now}
        for who in (one, other)
    )
    for _twice in range(2):
        reserve_coupon(**mine)
    assert refused(reserve_coupon, **mine) == "coupon_used_up"
    use, _told = reserve_coupon(**theirs)
    assert refused(reserve_coupon, **theirs) == "coupon_used_up"
    release_coupon(use_id=use.id, now=now)
    release_coupon(use_id=use.id, now=now)
    assert taken() == 2
    reserve_coupon(**theirs)


def test_a_hold_runs_out(offered, now):
    """R43: with and without the sweeper; a sale after it is asked to hold again."""
    offered(most_uses=1)
    of = basket(100_000)
    use, told = reserve_coupon(code="YALDA", basket=of, now=now)
    late = now + 16 * MINUTE
    again, _told = reserve_coupon(code="YALDA", basket=of, now=late)
    assert code_of(record(sale_of(use.id, of, told.of_lines), late)) == "hold_over"
    sweep_business(now=late + 16 * MINUTE)
    assert taken() == 0
    assert CouponUse.objects.get(id=again.id).state == "expired"


def test_a_code_of_its_own_serves_once(offered, now):
    made = offered(code="", count=3)
    assert len(set(made.codes)) == 3
    sell_with(made.codes[0], basket(100_000), now)
    wanted = {"basket": basket(100_000), "now": now}
    assert refused(reserve_coupon, code=made.codes[0], **wanted) == "coupon_used_up"
    assert reserve_coupon(code=made.codes[1], **wanted)[1].discount_rial == 10_000
    with pytest.raises(NotFound):
        reserve_coupon(code="2222", **wanted)


def test_a_sale_recorded_twice_spends_once(offered, now):
    """R42."""
    offered()
    of = basket(100_000)
    use, told = reserve_coupon(code="YALDA", basket=of, now=now)
    new = sale_of(use.id, of, told.of_lines)
    first, again = record(new, now), record(new, now)
    assert again.replayed
    assert again.purchase_id == first.purchase_id
    assert code_of(record(sale_of(use.id, of, told.of_lines), now)) == "hold_spent"
    assert refused(release_coupon, use_id=use.id, now=now) == "coupon_spent"
    assert taken() == 1


# --- given back -----------------------------------------------------------------------------------


def test_a_part_returned_keeps_it_spent_and_all_returned_gives_it_back(offered, now):
    """R23: the count goes down exactly once. Complaint 4.2."""
    made = offered(code="", count=1)
    [code] = made.codes
    outcome = sell_with(code, basket(1_000_000), now)
    back(outcome, now, 400_000)
    assert taken() == 1
    back(outcome, now)
    assert taken() == 0
    assert sell_with(code, basket(1_000_000), now).error is None
    assert taken() == 1


def test_after_its_end_it_is_good_for_a_week_more(offered, now):
    """R23: max(its own end, seven days), for a code of its own and for the customer of a word."""
    [code] = offered(code="", count=1).codes
    offered(most_each=1)
    who = person(now)
    of = basket(1_000_000, customer_id=who)
    outcomes = [sell_with(one, of, now) for one in (code, "YALDA")]
    late = CouponPool.objects.get(code="YALDA").ends_at + timedelta(days=30)
    for outcome in outcomes:
        back(outcome, late)
    week, stranger = late + timedelta(days=7), person(now, "09129998877")
    for one in (code, "YALDA"):
        assert sell_with(one, of, week).error is None
        assert refused(reserve_coupon, code=one, basket=of, now=week) in {
            "coupon_used_up",
            "coupon_over",
        }
    other = {"code": "YALDA", "basket": basket(10, customer_id=stranger), "now": week}
    assert refused(reserve_coupon, **other) == "coupon_over"


def test_a_week_and_a_day_later_it_is_over(offered, now):
    """R23."""
    [code] = offered(code="", count=1).codes
    outcome = sell_with(code, basket(1_000_000), now)
    late = CouponPool.objects.get().ends_at + timedelta(days=30)
    back(outcome, late)
    wanted = {"code": code, "basket": basket(1_000_000), "now": late + timedelta(days=9)}
    assert refused(reserve_coupon, **wanted) == "coupon_over"


def test_the_owner_may_keep_it_spent(offered, now):
    """R23, by policy."""
    [code] = offered(code="", count=1, gives_back=False).codes
    outcome = sell_with(code, basket(1_000_000), now)
    back(outcome, now)
    assert taken() == 1
    assert Purchase.objects.get().returned_rial == 900_000


# --- what the database keeps ----------------------------------------------------------------------


def test_the_database_keeps_the_number(offered):
    """R41."""
    offered(most_uses=2)
    for wrong in (3, -1):
        with pytest.raises(IntegrityError, match="loyalty_pool_taken"), transaction.atomic():
            CouponPool.objects.update(taken=wrong)


def test_the_database_keeps_a_code_to_one_sale(offered, now):
    """R42."""
    [code] = offered(code="", count=1).codes
    use, _told = reserve_coupon(code=code, basket=basket(100_000), now=now)
    twin = CouponUse(**{f.attname: getattr(use, f.attname) for f in use._meta.concrete_fields})
    twin.id = new_id()
    with pytest.raises(IntegrityError, match="loyalty_coupon_use_once"), transaction.atomic():
        twin.save(force_insert=True)
