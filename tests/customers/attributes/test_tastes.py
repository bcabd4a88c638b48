"""What somebody keeps buying (C006), and whether it changed (C075)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import TEHRAN, business_day
from customers.models import AttributeDefinition
from customers.operations import CustomerHint, NewLine, NewReturnLine, record_return
from customers.operations.attributes import lay_out_preset
from customers.queries.tastes import drifts_of, tastes_of
from customers.queries.tastes.bought import Bought
from customers.queries.tastes.drift import chi_square, compare, survival
from customers.queries.tastes.weigh import weigh
from tests.customers.conftest import sale

pytestmark = pytest.mark.django_db
MOBILE = "09121234567"
_DAY = date(2026, 11, 23)


@pytest.fixture
def trade(acting, now):
    """Return `trade(name)`: only that trade's attributes are there."""

    def run(name):
        AttributeDefinition.objects.all().delete()
        lay_out_preset(vertical=name, now=now)

    return run


@pytest.fixture
def buy(acting, record_one, now):
    """Return `buy(days_ago, *lines)`; a line is (name, attributes)."""

    def run(days_ago, *lines, category=""):
        at = now - timedelta(days=days_ago)
        new = [
            NewLine(name=name, category=category, unit_price_rial=2_500_000, attributes=more)
            for name, more in lines
        ]
        bought = sale(
            2_500_000 * len(new),
            lines=tuple(new),
            customer=CustomerHint(mobile=MOBILE),
            occurred_at=at,
        )
        return record_one(bought, at=at)

    return run


@pytest.fixture
def likes(now):
    """Return `likes(outcome)`: {key: [(value, purchases)]}."""

    def run(outcome):
        found: dict[str, list[tuple[str, int]]] = {}
        for one in tastes_of(outcome.customer_id, business_day(now, TEHRAN)):
            found.setdefault(one.definition.key, []).append((one.value, one.purchases))
        return found

    return run


def test_c006_two_purchases_are_no_taste_and_three_are(trade, buy, likes):
    trade("clothing")
    buy(30, ("پیراهن", {"size": "L"}))
    two = buy(20, ("پیراهن", {"size": "L"}))
    assert "size" not in likes(two)
    three = buy(10, ("پیراهن", {"size": "L"}))
    assert likes(three) == {
        "size": [("L", 3)],
        "favourite_item": [("پیراهن", 3)],
        "usual_time": [("noon", 3)],
        "usual_spend": [("200000", 3)],
    }


def test_c006_what_half_of_the_weight_does_not_say_is_no_taste(trade, buy, likes):
    trade("clothing")
    for days in (1, 2, 3):
        buy(days, ("شال", {"color": "آبی"}))
    last = buy(4, ("شال", {}))
    assert likes(last)["favourite_colour"] == [("آبی", 3)]
    for days in (5, 6, 7, 8):
        last = buy(days, ("شال", {"color": "سبز"}))
    assert likes(last)["favourite_colour"] == [("سبز", 4)]


def test_c006_old_purchases_weigh_less(trade, buy, likes):
    trade("clothing")
    for days in (540, 541, 542, 543, 544):
        buy(days, ("کفش", {"size": "38"}))
    for days in (1, 2, 3):
        last = buy(days, ("کفش", {"size": "39"}))
    assert likes(last)["size"] == [("39", 3)]


def test_a_cafe_learns_the_table_the_order_the_time_and_the_amount(trade, buy, likes):
    trade("cafe")
    for days in (1, 2, 3):
        last = buy(days, ("لاته", {"table": "۷"}), ("کیک", {}))
    assert likes(last) == {
        "favourite_table": [("۷", 3)],
        "favourite_item": [("لاته", 3), ("کیک", 3)],
        "usual_time": [("noon", 3)],
        "usual_spend": [("500000", 3)],
    }


def test_a_toy_shop_learns_the_year_of_birth_so_that_the_child_ages(trade, buy, likes):
    trade("toys")
    for days in (300, 200, 100):
        last = buy(days, ("پازل", {"child_age": "۳", "child_gender": "دختر"}), category="فکری")
    assert likes(last)["child_gender"] == [("girl", 3)]
    assert likes(last)["child_taste"] == [("فکری", 3)]
    # Two of the three were bought in 1405, one late in 1404: not three of one year yet.
    assert "child_birth_month" not in likes(last)
    last = buy(50, ("پازل", {"child_age": 3}), category="فکری")
    assert likes(last)["child_birth_month"] == [("1402-07", 3)]


def test_buying_for_a_child_is_a_sensitive_guess_and_its_absence_says_nothing(
    trade, buy, likes, now
):
    trade("clothing")
    for days in (4, 5, 6):
        plain = buy(days, ("پیراهن", {}))
    assert "has_child" not in likes(plain)
    for days in (1, 2, 3):
        last = buy(days, ("کاپشن بچه\u200cگانه", {}), ("جوراب", {}))
    assert likes(last)["has_child"] == [("yes", 3)]
    (guess,) = [
        one
        for one in tastes_of(last.customer_id, business_day(now, TEHRAN))
        if one.definition.key == "has_child"
    ]
    assert guess.definition.privacy == "sensitive"


def test_what_came_back_is_no_taste(trade, buy, likes, now):
    trade("clothing")
    kept = [buy(days, ("شال", {"color": "آبی"}), ("کت", {"size": "M"})) for days in (1, 2, 3)]
    record_return(
        purchase_id=kept[0].purchase_id,
        external_id="r-1",
        lines=(NewReturnLine(position=2),),
        now=now,
    )
    assert likes(kept[0])["favourite_colour"] == [("آبی", 3)]
    assert "size" not in likes(kept[0])
    record_return(purchase_id=kept[1].purchase_id, external_id="r-2", now=now)
    assert "favourite_colour" not in likes(kept[0])


def test_c075_a_change_of_taste_is_noticed_and_named(trade, buy, now):
    trade("cafe")
    for days in range(100, 340, 8):
        buy(days, ("لاته", {}))
    for days in range(1, 85, 5):
        last = buy(days, ("چای", {}))
    found = {one.definition.key: one for one in drifts_of(last.customer_id, _today(now))}
    item = found["favourite_item"]
    assert (item.state, item.grew, item.shrank) == ("changed", "چای", "لاته")
    assert (item.recent, item.before, item.degrees) == (17, 30, 1)
    assert item.p_value is not None
    assert item.p_value < 0.001
    assert found["usual_time"].state == "steady"
    assert found["favourite_table"].state == "too_few"


def test_c075_a_few_purchases_say_nothing(trade, buy, now):
    trade("cafe")
    for days in range(100, 200, 10):
        buy(days, ("لاته", {}))
    for days in range(1, 8):
        last = buy(days, ("چای", {}))
    found = {one.definition.key: one.state for one in drifts_of(last.customer_id, _today(now))}
    assert set(found.values()) == {"too_few"}


@pytest.mark.parametrize(
    ("square", "degrees", "risk"),
    [
        (3.841, 1, 0.05),
        (6.635, 1, 0.01),
        (5.991, 2, 0.05),
        (9.210, 2, 0.01),
        (7.815, 3, 0.05),
        (9.488, 4, 0.05),
        (11.070, 5, 0.05),
        (16.919, 9, 0.05),
        (18.307, 10, 0.05),
        (37.566, 20, 0.01),
    ],
)
def test_the_formula_gives_the_tables_of_the_textbooks(square, degrees, risk):
    assert survival(square, degrees) == pytest.approx(risk, abs=2e-5)


def test_chi_square_of_a_known_table():
    # 20 of 30 against 10 of 30: the textbook's (ad - bc)² n ÷ the product of the margins.
    expected = (20 * 20 - 10 * 10) ** 2 * 60 / (30 * 30 * 30 * 30)
    assert chi_square([(20, 10), (10, 20)]) == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from("abc")), max_size=40))
def test_shares_are_shares_and_no_taste_stands_on_less(bought):
    item = AttributeDefinition(key="item", kind="text", learned_from="item")
    today = _DAY
    rows = [Bought(today - timedelta(days=days), {"item": {name}}) for days, name in bought]
    weights = [0.5 ** (days / 180) for days, _name in bought]
    for taste in weigh(item, rows, today):
        own = sum(
            weight
            for weight, (_days, name) in zip(weights, bought, strict=True)
            if name == taste.value
        )
        assert taste.share == pytest.approx(own / sum(weights))
        assert taste.share >= 0.5 - 1e-9
        assert taste.purchases == sum(name == taste.value for _days, name in bought) >= 3
    drift = compare(item, rows, today)
    assert drift.recent == sum(days < 90 for days, _name in bought)
    assert drift.before == sum(90 <= days < 360 for days, _name in bought)


def _today(now):
    return business_day(now, TEHRAN)
