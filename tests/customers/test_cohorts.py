"""What people did after a purchase, and baskets by month: figures by hand at the edges of days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from customers.operations import CustomerHint, NewLine
from customers.queries.baskets import baskets
from customers.queries.cohorts import Study, basket_changes, bought_again
from customers.queries.matching import Cell
from tests.customers.conftest import sale

STUDY = Study(since=date(2026, 6, 1), until=date(2026, 7, 1), today=date(2026, 11, 23))
NOON = datetime(2026, 6, 10, 8, 30, tzinfo=UTC)


@pytest.fixture
def buy(acting, record_one) -> Any:
    """Return `buy(mobile, days, …)`: a purchase at noon some days after 10 June."""

    def run(mobile: str, days: float = 0, *, rial: int = 100_000, categories=()) -> Any:
        lines = tuple(
            NewLine(unit_price_rial=rial // len(categories), category=one, sku=f"{one}-{place}")
            for place, one in enumerate(categories)
        )
        fields: dict[str, Any] = {"lines": lines, "tenders": ()} if lines else {}
        new = sale(
            rial,
            occurred_at=NOON + timedelta(days=days),
            customer=CustomerHint(mobile=mobile),
            **fields,
        )
        return record_one(new).purchase_id

    return run


def _told(cells: list[Cell]) -> dict[tuple[str, Any], tuple[int, float]]:
    return {(one.kind, one.stratum): (one.count, one.total) for one in cells}


def test_who_bought_again(buy):
    # Waited: a first purchase on 10 June; bought again on the first and the last day that count.
    first = buy("09120000001")
    buy("09120000001", 16)
    last = buy("09120000002")
    buy("09120000002", 75)
    # Not within the days that count.
    early = buy("09120000003")
    buy("09120000003", 15)
    late = buy("09120000004")
    buy("09120000004", 76)
    # Nobody's purchase was named here.
    buy("09120000005")
    kinds = {first: "waited", last: "waited", early: "waited", late: "quick"}
    told = _told(bought_again(kinds, STUDY, wait_days=15, follow_days=60))
    # No purchase before, no gap, the first thirty days.
    assert told == {
        ("waited", (0, -1, 0)): (3, 2.0),
        ("quick", (0, -1, 0)): (1, 0.0),
        ("", (0, -1, 0)): (1, 0.0),
    }


def test_people_are_alike_by_what_they_bought_before(buy):
    for days in (-40, -20, -10):
        buy("09120000001", days)
    named = buy("09120000001", -2)
    told = _told(bought_again({named: "waited"}, STUDY, wait_days=15, follow_days=60))
    # Three before (2 to 3), eight days ago (8 to 30).
    assert list(told) == [("waited", (2, 1, 0))]


def test_only_the_first_named_purchase_and_only_days_of_the_study(buy):
    before = buy("09120000001", -20)
    second = buy("09120000001")
    assert (
        bought_again({before: "waited", second: "waited"}, STUDY, wait_days=1, follow_days=9) == []
    )
    only = _told(bought_again({second: "waited"}, STUDY, wait_days=1, follow_days=9))
    assert [kind for kind, _stratum in only] == ["waited"]
    # Somebody with a named purchase is never one of the others.
    named = _told(bought_again({before: "waited"}, STUDY, wait_days=1, follow_days=9))
    assert named == {}


def test_how_baskets_changed_by_hand(buy):
    buy("09120000001", -30, rial=100_000, categories=["a"])
    buy("09120000001", -10, rial=200_000, categories=["a"])
    named = buy("09120000001", 0, rial=9_000_000, categories=["a", "b", "c"])
    buy("09120000001", 5, rial=400_000, categories=["a", "b"])
    # Bought on one side only: cannot be measured.
    alone = buy("09120000002")
    buy("09120000003", -5, rial=50_000)
    buy("09120000003", 1, rial=50_000)
    buy("09120000003", 91, rial=77_000)
    changes = basket_changes({named: "credit", alone: "credit"}, STUDY, follow_days=90)
    credit = {one.stratum: one for one in changes.rial if one.kind == "credit"}
    # 400,000 after, (100,000 + 200,000)/2 before.
    assert {key: (one.count, one.total, one.squares) for key, one in credit.items()} == {
        (0, -1, 0): (0, 0.0, 0.0),
        (2, 1, 0): (1, 250_000.0, 250_000.0**2),
    }
    lines = {one.stratum: (one.count, one.total) for one in changes.lines if one.kind == "credit"}
    assert lines[2, 1, 0] == (1, 1.0)
    categories = {
        one.stratum: (one.count, one.total) for one in changes.categories if one.kind == "credit"
    }
    assert categories[2, 1, 0] == (1, 1.0)


def test_baskets_by_month_by_hand(buy):
    # 1 Tir 1405 is 22 June 2026: twelve days after the tenth, a day later than the first of these.
    buy("09120000001", 11, rial=100_000, categories=["a", "a"])
    buy("09120000001", 11, rial=301_000, categories=["b"])
    buy("09120000002", 11, rial=50_000)
    buy("09120000002", 12, rial=90_000, categories=["a", "b", "c"])
    khordad, tir = baskets([date(2026, 5, 22), date(2026, 6, 22)], until=date(2026, 7, 23))
    assert (khordad.purchases, khordad.average_rial) == (3, 150_333)
    # Two of three told their lines: two and one.
    assert (khordad.with_lines, khordad.lines_each) == (2, 1.5)
    assert (khordad.customers, khordad.categories_each) == (1, 2.0)
    assert (tir.purchases, tir.lines_each, tir.categories_each) == (1, 3.0, 3.0)


def test_a_month_without_purchases(acting):
    (none,) = baskets([date(2026, 5, 22)], until=date(2026, 6, 22))
    assert (none.purchases, none.average_rial, none.lines_each, none.categories_each) == (
        0,
        None,
        None,
        None,
    )


def test_whoever_was_named_long_ago_is_neither_new_nor_one_of_the_others(buy):
    # Before the two years that are read at all; then again among the days of the study.
    long_ago = buy("09120000001", -900)
    again = buy("09120000001")
    plain = buy("09120000002", -900)
    buy("09120000002")
    other = buy("09120000003")
    kinds = {long_ago: "credit", again: "credit", plain: "credit", other: "credit"}
    told = _told(bought_again(kinds, STUDY, wait_days=1, follow_days=9))
    assert told == {("credit", (0, -1, 0)): (1, 0.0)}


def test_what_is_kept_apart_is_no_basket(buy):
    buy("09120000001", -20, rial=100_000, categories=["a"])
    early = buy("09120000001", -10, rial=9_000_000, categories=["x", "y"])
    named = buy("09120000001", 0, rial=9_000_000)
    late = buy("09120000001", 5, rial=9_000_000, categories=["x", "y"])
    buy("09120000001", 10, rial=300_000, categories=["a"])
    changes = basket_changes({named: "member"}, STUDY, follow_days=90, apart=[early, late])
    # One purchase before, twenty days ago: what is apart was not bought before either.
    (rial,) = changes.rial
    assert (rial.stratum, rial.count, rial.total) == ((1, 1, 0), 1, 200_000.0)
    assert [(one.count, one.total) for one in (*changes.lines, *changes.categories)] == [
        (1, 0.0),
        (1, 0.0),
    ]
    months = baskets([date(2026, 5, 20)], until=date(2026, 7, 23), apart=[early, named, late])
    assert [(one.purchases, one.average_rial, one.categories) for one in months] == [
        (2, 200_000, 1)
    ]
