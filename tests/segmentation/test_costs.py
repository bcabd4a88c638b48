"""What goods cost, by category: worth as profit (C062, C064), who is most profitable (C007)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import Problem
from customers.operations import record_return
from customers.queries.margins import earned_of, sold_categories
from segmentation.estimation import Buying, Family
from segmentation.models import CategoryCost, CustomerOutlook, NamedStay
from segmentation.operations import (
    refresh_named_segments,
    state_category_costs,
    state_margin,
)
from segmentation.operations.retention import common_priors, estimate_retention, foresee
from segmentation.queries.actions.listing import category_costs
from segmentation.queries.profits import profits_of
from tests.segmentation.crowd_of_buyers import Manners, fill
from tests.segmentation.own import NOW, TODAY, buy
from tests.segmentation.shop import sell

pytestmark = pytest.mark.django_db
YEAR_AGO = TODAY - timedelta(days=365)


def _state(**costs: int) -> None:
    named = {f"c-{name}": percent for name, percent in costs.items()}
    state_category_costs(costs=named, actor=None, now=NOW)


def test_what_is_earned_is_sales_less_what_their_goods_cost(acting):
    """By hand: tea costs 20 in 100, cake 70, the rest earns the margin of 40; returns are off."""
    mixed = buy(1, 10, "tea", "cake", rial=1_000)
    plain = buy(2, 10, rial=500)
    record_return(
        purchase_id=mixed.purchase_id, external_id="r", amount_rial=500, reason="", now=NOW,
    )  # fmt: skip
    found = earned_of(
        [mixed.customer_id, plain.customer_id], YEAR_AGO, margin=40,
        costs={"c-tea": 20, "c-cake": 70},
    )  # fmt: skip
    assert found[mixed.customer_id].net_rial == 1_500
    assert 1_500 * 30 // 100 <= found[mixed.customer_id].earned_rial <= 1_500 * 80 // 100
    assert (found[plain.customer_id].net_rial, found[plain.customer_id].earned_rial) == (500, 200)
    assert found[plain.customer_id].of(1_000_000) == 400_000


def test_without_returns_it_is_exact(acting):
    who = buy(1, 10, "tea", "cake", rial=1_000).customer_id
    found = earned_of([who], YEAR_AGO, margin=40, costs={"c-tea": 20, "c-cake": 70})
    assert found[who].earned_rial == 800 + 300
    assert earned_of([who], TODAY, margin=40, costs={}) == {}


def test_who_brings_most_profit_is_not_who_buys_most(acting):
    """C007: net margin, not sales, and the evidence says both."""
    dear = buy(1, 10, "cake", rial=90_000).customer_id
    good = buy(2, 10, "tea", rial=50_000).customer_id
    fill([Manners(0, 0, 0, 0)] * 30, TODAY, seed=3)
    costs = {"c-tea": 10, "c-cake": 99, "x": 50}
    state_category_costs(costs=costs, actor=None, now=NOW)
    night = refresh_named_segments(now=NOW)
    assert night.usual["by_category"] is True
    rows = {
        row.customer_id: row.evidence
        for row in NamedStay.objects.filter(segment="high_profit", left_at=None)
    }
    assert dear not in rows
    assert (rows[good]["year_rial"], rows[good]["profit_rial"]) == (50_000, 45_000)


def test_worth_as_profit_by_what_each_buys(acting):
    """C064: the same worth is another profit for who buys other goods."""
    tea, cake = (
        buy(1, 10, "tea", rial=1_000).customer_id,
        buy(2, 10, "cake", rial=1_000).customer_id,
    )
    sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 30, NOW, seed=3)
    estimate_retention(common=common_priors([]), now=NOW)
    foresee(now=NOW)
    rows = list(CustomerOutlook.objects.filter(id__in=[tea, cake]))
    worth = {row.customer_id: row.worth_rial for row in rows}
    assert profits_of(rows) == {}
    state_margin(percent=40, actor=None, now=NOW)
    assert profits_of(rows) == {who: rial * 40 // 100 for who, rial in worth.items()}
    _state(cake=75)
    assert profits_of(rows) == {tea: worth[tea] * 40 // 100, cake: worth[cake] * 25 // 100}
    assert profits_of([]) == {}


def test_costs_are_kept_whole_and_wrong_ones_refused(acting):
    _state(tea=20, cake=70)
    _state(cake=60)
    assert category_costs() == {"c-cake": 60}
    for wrong in ({"x": 101}, {"x": -1}, {"": 5}, {f"c{n}": 1 for n in range(201)}):
        with pytest.raises(Problem, match="invalid_category_cost"):
            state_category_costs(costs=wrong, actor=None, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        CategoryCost.objects.create(category="x", cost_percent=101)


def test_the_categories_most_is_sold_of(acting):
    buy(1, 10, "tea", rial=100)
    buy(1, 9, "cake", rial=900)
    assert sold_categories(YEAR_AGO, 5) == [("c-cake", 900), ("c-tea", 100)]
    assert sold_categories(YEAR_AGO, 1) == [("c-cake", 900)]
