"""Stamps are counted from paid purchases, go with returns, and end in a single-use coupon (N23)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    NewReturnLine,
    find_or_create,
    merge_customers,
    record_purchases,
    record_return,
    undo_merge,
)
from customers.queries.pieces import Sold, SoldLine
from loyalty.models import StampCard, StampReward
from loyalty.operations.coupons import reserve_coupon
from loyalty.operations.stamps import (
    NewStampCard,
    make_stamp_card,
    take_reward,
    withdraw_stamp_card,
)
from loyalty.queries.invariants import broken
from loyalty.queries.stamps import stamps_in, stamps_lost, stamps_of
from tests.loyalty.conftest import BUYER, FAR
from tests.loyalty.coupons.conftest import basket, record, sale_of
from tests.loyalty.gift_cards.conftest import refused

PRICE = 900_000
_DAY = date(2026, 11, 23)


@pytest.fixture
def card(acting, now) -> Iterator[StampCard]:
    new = NewStampCard(name="قهوهٔ دهم", needed=10, most_rial=PRICE, category="قهوه")
    yield make_stamp_card(new=new, by="t", now=now)
    assert broken(now + FAR) == []


@pytest.fixture
def person(acting, now):
    return find_or_create(customer=BUYER, source="t", now=now).customer_id


def buy(now, coffees=1, cakes=0, customer: CustomerHint | None = BUYER, **line: Any):
    """Sell coffees and cakes; return the purchase's id."""
    lines = [
        NewLine(quantity=number, unit_price_rial=PRICE, category=category, **line)
        for number, category in ((coffees, "قهوه"), (cakes, "كيك"))
        if number
    ]
    new = NewPurchase(
        external_id=str(new_id()), channel="pos", customer=customer, lines=tuple(lines)
    )
    [outcome] = record_purchases(purchases=[new], source="api", now=now)
    assert outcome.error is None
    return outcome.purchase_id


def back(purchase_id, now, *lines, rial=None):
    record_return(
        purchase_id=purchase_id,
        external_id=str(new_id()),
        amount_rial=rial,
        lines=lines,
        now=now,
    )


def standing(person):
    [one] = stamps_of(person)
    return one.toward, one.ready, one.taken


def test_paid_pieces_are_stamps_and_nothing_else_is(card, person, now):
    buy(now, coffees=3, cakes=5)
    buy(now, customer=CustomerHint(mobile="09129998877"))
    assert standing(person) == (3, 0, 0)


def test_no_path_makes_a_stamp(card):
    """N23: there is no table of stamps to write to, and no address that takes any."""
    assert {field.name for field in StampReward._meta.fields} & {"stamps", "count"} == set()
    routes = [str(one.pattern) for one in _walk(get_resolver().url_patterns)]
    posts = [one for one in routes if "stamp" in one]
    assert posts
    assert not [one for one in posts if one.rstrip("/").endswith(("stamp", "add", "grant"))]


def _walk(patterns):
    for one in patterns:
        yield from _walk(one.url_patterns) if hasattr(one, "url_patterns") else [one]


def test_what_costs_nothing_is_no_stamp(card, person, now):
    """N23: a free coffee earns none, so rewards do not feed on themselves."""
    buy(now, coffees=1)
    free = NewLine(quantity=1, unit_price_rial=PRICE, discount_rial=PRICE, category="قهوه")
    paid = NewLine(quantity=1, unit_price_rial=PRICE, category="كيك")
    new = NewPurchase(external_id="free", channel="pos", customer=BUYER, lines=(free, paid))
    record_purchases(purchases=[new], source="api", now=now)
    assert standing(person) == (1, 0, 0)


def test_a_product_or_a_line_known_by_its_name_counts_too(acting, person, now):
    new = NewStampCard(name="لاته", needed=5, most_rial=PRICE, sku="LATTE-1")
    make_stamp_card(new=new, by="t", now=now)
    buy(now, sku="LATTE-1")
    make_stamp_card(
        new=NewStampCard(name="چای", needed=5, most_rial=PRICE, category="چای"), by="t", now=now
    )
    tea = NewLine(name="چاي", quantity=2, unit_price_rial=1000)
    sale = NewPurchase(external_id="tea", channel="till", customer=BUYER, lines=(tea,))
    record_purchases(purchases=[sale], source="t", now=now)
    assert [one.toward for one in stamps_of(person)] == [1, 2]


def test_a_returned_piece_takes_its_stamp_and_no_other(card, person, now):
    """N8: by line, by bare amount, wholly."""
    first, second = buy(now, coffees=3), buy(now, coffees=2, cakes=2)
    back(first, now, NewReturnLine(position=1, quantity=1))
    assert standing(person)[0] == 4
    back(second, now, NewReturnLine(position=2))
    assert standing(person)[0] == 4
    back(second, now, rial=PRICE)
    assert standing(person)[0] == 3
    back(second, now)
    assert standing(person)[0] == 2
    back(first, now)
    assert standing(person) == (0, 0, 0)


def test_what_was_bought_before_the_card_is_not_counted(acting, person, now):
    buy(now - timedelta(days=1), coffees=9)
    new = NewStampCard(name="ق", needed=10, most_rial=PRICE, category="قهوه")
    make_stamp_card(new=new, by="t", now=now)
    assert standing(person) == (0, 0, 0)


def test_a_full_card_gives_one_coupon_of_this_customer(card, person, now):
    wanted = {"card_id": card.id, "customer_id": person, "now": now}
    buy(now, coffees=9)
    assert refused(take_reward, **wanted) == "stamps_missing"
    buy(now, coffees=2)
    made = take_reward(**wanted)
    assert refused(take_reward, **wanted) == "stamps_missing"
    assert standing(person) == (1, 0, 1)
    of = basket((PRICE, "قهوه"), (500_000, "كيك"), customer_id=person)
    stranger = basket((PRICE, "قهوه"))
    assert (
        refused(reserve_coupon, code=made.code, basket=stranger, now=now) == "coupon_needs_customer"
    )
    use, told = reserve_coupon(code=made.code, basket=of, now=now)
    assert told.of_lines == (PRICE, 0)
    assert record(sale_of(use.id, of, told.of_lines), now).error is None
    assert refused(reserve_coupon, code=made.code, basket=of, now=now) == "coupon_used_up"
    assert standing(person) == (1, 0, 1)


def test_a_reward_whose_stamps_came_back_cannot_be_used(card, person, now):
    """N8: the coupon waits until the stamps are there again."""
    purchase_id = buy(now, coffees=10)
    made = take_reward(card_id=card.id, customer_id=person, now=now)
    back(purchase_id, now, NewReturnLine(position=1, quantity=1))
    of = basket((PRICE, "قهوه"), customer_id=person)
    assert refused(reserve_coupon, code=made.code, basket=of, now=now) == "reward_not_earned"
    assert standing(person) == (-1, 0, 1)
    buy(now)
    assert reserve_coupon(code=made.code, basket=of, now=now)[1].discount_rial == PRICE


def test_r23_a_reward_alone_is_a_sale_of_nothing_that_can_be_undone(card, person, now):
    """The free coffee nobody drank: its coupon is the customer's again, no stamp moved."""
    buy(now, coffees=10)
    made = take_reward(card_id=card.id, customer_id=person, now=now)
    of = basket((PRICE, "قهوه"), customer_id=person)
    use, told = reserve_coupon(code=made.code, basket=of, now=now)
    sold = record(sale_of(use.id, of, told.of_lines), now)
    assert refused(reserve_coupon, code=made.code, basket=of, now=now) == "coupon_used_up"
    back(sold.purchase_id, now)
    assert standing(person) == (0, 0, 1)
    assert reserve_coupon(code=made.code, basket=of, now=now)[1].discount_rial == PRICE


def test_the_preview_tells_the_stamps_a_return_takes(card, person, now):
    """N8."""
    purchase_id = buy(now, coffees=4, cakes=1)
    told = stamps_lost(purchase_id, 2 * PRICE, {1: 2 * PRICE})
    assert told == {"قهوهٔ دهم": 2}
    assert stamps_lost(purchase_id, PRICE, {2: PRICE}) == {}
    assert stamps_lost(purchase_id, 5 * PRICE, {}) == {"قهوهٔ دهم": 4}


def test_a_withdrawn_card_counts_for_nobody(card, person, now):
    buy(now, coffees=10)
    for _twice in range(2):
        withdraw_stamp_card(card_id=card.id, actor=None, now=now)
    assert stamps_of(person) == []
    assert refused(take_reward, card_id=card.id, customer_id=person, now=now) == "not_found"


@pytest.mark.parametrize(
    "wrong",
    [
        {"needed": 1},
        {"category": "", "sku": ""},
        {"sku": "X"},
        {"most_rial": 0},
        {"name": ""},
        {"reward_days": 0},
    ],
)
def test_what_makes_no_sense_is_refused(acting, now, wrong):
    new = NewStampCard(
        **{"name": "ق", "needed": 10, "most_rial": PRICE, "category": "قهوه", **wrong}
    )
    assert refused(make_stamp_card, new=new, by="t", now=now) == "invalid_stamp_card"


@given(
    pieces=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 10**7)), min_size=1, max_size=5),
    shares=st.lists(st.integers(0, 100), min_size=5, max_size=5),
)
def test_stamps_never_grow_by_a_return_and_end_at_none(pieces, shares):
    """N8: more coming back never gives a stamp; all of it back leaves none, nothing leaves all."""
    card = StampCard(category="q", starts_on=_DAY)

    def stamps(part):
        lines = tuple(
            SoldLine(at, "", "q", number, total, total * min(100, part * share // 100) // 100)
            for at, ((number, total), share) in enumerate(zip(pieces, shares, strict=False))
        )
        whole = sum(line.total_rial for line in lines)
        returned = max(sum(line.returned_rial for line in lines), whole * part // 100)
        return stamps_in(card, Sold(new_id(), _DAY, whole, returned, lines))

    counts = [stamps(part) for part in (0, 10, 25, 50, 75, 100)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == sum(number for number, _total in pieces)
    assert counts[-1] == 0


def test_many_tills_take_a_reward_once(in_parallel, business, now):
    """R41."""
    with acting_for(business.id):
        new = NewStampCard(name="ق", needed=10, most_rial=PRICE, category="قهوه")
        card = make_stamp_card(new=new, by="t", now=now)
        person = find_or_create(customer=BUYER, source="t", now=now).customer_id
        buy(now, coffees=19)

    def take():
        try:
            with acting_for(business.id):
                return take_reward(card_id=card.id, customer_id=person, now=now).code
        except Problem as refusal:
            return refusal.code

    outcomes = in_parallel(*[take] * 8)
    assert outcomes.count("stamps_missing") == 7
    with acting_for(business.id):
        assert StampReward.objects.count() == 1


def test_profiles_joined_and_taken_apart_keep_their_stamps_and_rewards(card, person, now):
    """R62: a reward taken by either is taken by both, and is the first one's again afterwards."""
    other = CustomerHint(mobile="09129998877")
    buy(now, coffees=10, customer=other)
    second = find_or_create(customer=other, source="t", now=now).customer_id
    made = take_reward(card_id=card.id, customer_id=second, now=now)
    buy(now, coffees=3)
    merge_id = merge_customers(survivor_id=person, merged_id=second, reason="t", now=now).id
    assert standing(person) == (3, 0, 1)
    of = basket((PRICE, "قهوه"), customer_id=person)
    assert reserve_coupon(code=made.code, basket=of, now=now)[1].discount_rial == PRICE
    undo_merge(merge_id=merge_id, now=now)
    assert standing(person) == (3, 0, 0)
    assert standing(second) == (0, 0, 1)
