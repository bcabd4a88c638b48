"""C070: expected volume per product, with a test against the plain rule and an alarm."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tenancy import acting_for
from customers.models import PurchaseLine
from customers.operations import NewLine, record_purchases
from customers.queries.volumes import sold_weeks
from payments.enums import AlertKind
from payments.queries.alerts import alert_rows
from segmentation.estimation.volumes import foresee_weeks
from segmentation.models import VolumeNight
from segmentation.operations import foresee_volumes
from tests.customers.conftest import sale
from tests.segmentation.own import NOW, TODAY


def _weeks(rates: list[float], weeks: int = 52, seed: int = 1) -> Any:
    rng = np.random.default_rng(seed)
    return rng.poisson(np.array(rates)[:, None], (len(rates), weeks)).astype(float)


def test_steady_products_are_foreseen_closer_by_their_level_and_nobody_is_called() -> None:
    """R64 and the bounds: of 400 steady products about 80 of 100 lie within, none runs away."""
    weeks = _weeks([5 + n % 40 for n in range(400)])
    found = foresee_weeks(weeks, np.ones(56))
    assert found is not None
    assert found.by_level
    assert found.error < found.rule_error
    assert 0.75 < found.inside < 0.92
    assert not found.away.any()
    truth = 4 * np.array([5 + n % 40 for n in range(400)])
    assert np.abs(found.ahead.pieces - truth).mean() < 0.15 * truth.mean()


def test_a_product_that_stops_or_doubles_is_called() -> None:
    weeks = _weeks([20.0] * 30)
    weeks[3, -4:] = 0
    weeks[7, -4:] *= 3
    found = foresee_weeks(weeks, np.ones(56))
    assert found is not None
    assert (found.away[3], found.away[7]) == (-1, 1)
    assert np.count_nonzero(found.away) == 2


def test_what_is_new_is_no_alarm() -> None:
    weeks = _weeks([20.0] * 10)
    weeks[0, :-3] = 0
    found = foresee_weeks(weeks, np.ones(56))
    assert found is not None
    assert found.away[0] == 0


def test_where_the_weeks_wander_the_plain_rule_is_used() -> None:
    rng = np.random.default_rng(4)
    weeks = np.exp(rng.normal(0, 0.5, (60, 13)).cumsum(axis=1).repeat(4, axis=1) + 3).round()
    found = foresee_weeks(weeks, np.ones(56))
    assert found is not None
    assert not found.by_level
    assert np.array_equal(found.ahead.pieces, weeks[:, -4:].sum(axis=1))


def test_a_season_to_come_is_counted_in() -> None:
    """N24: weeks that sell twice are no new level, and are expected when they come again."""
    seasons = np.ones(56)
    seasons[20:24] = seasons[52:] = 2
    weeks = np.full((5, 52), 50.0) * seasons[:52]
    found = foresee_weeks(weeks, seasons)
    assert found is not None
    assert found.ahead.pieces == pytest.approx(np.full(5, 400.0))


def test_under_twenty_weeks_nothing_is_said() -> None:
    assert foresee_weeks(_weeks([9.0], 19), np.ones(23)) is None
    assert foresee_weeks(np.zeros((0, 52)), np.ones(56)) is None


@settings(max_examples=60, deadline=None)
@given(
    weeks=st.lists(st.lists(st.integers(0, 500), min_size=24, max_size=24), min_size=1, max_size=6)
)
def test_any_past_gives_numbers_in_order(weeks: list[list[int]]) -> None:
    found = foresee_weeks(np.array(weeks, float), np.ones(28))
    assert found is not None
    for one in (found.ahead, found.last):
        assert np.isfinite(one.high).all()
        assert (one.low >= 0).all()
        assert (one.low <= one.pieces + 1e-9).all()
        assert (one.pieces <= one.high).all()
    assert 0 <= found.inside <= 1


def _sell(weeks: int, pieces: dict[str, int], *, skip: int = 0) -> None:
    """Sell so many pieces of each product every week, two days before the week ends."""
    for week in range(skip, weeks):
        lines = tuple(
            NewLine(unit_price_rial=1000, quantity=many, sku=sku, name=sku.upper())
            for sku, many in pieces.items()
        )
        at = NOW - timedelta(days=7 * week + 3)
        total = 1000 * sum(pieces.values())
        new = sale(total, occurred_at=at, lines=lines, tenders=(), external_id=f"{pieces}{week}")
        (outcome,) = record_purchases(purchases=[new], source="api", now=NOW)
        assert outcome.error is None


@pytest.mark.django_db
def test_the_night_says_what_is_expected_and_calls_once(
    business: Any, api: Any, other_api: Any
) -> None:
    """The alarm is one alert, and goes by itself once the product sells as expected again."""
    with acting_for(business.id):
        assert foresee_volumes(now=NOW) is None
    assert api.get("reports/product-volumes").json() == {
        "as_of": None, "days": None, "by_level": None, "error": None, "rule_error": None,
        "inside": None, "data": [],
    }  # fmt: skip
    with acting_for(business.id):
        _sell(30, {"tea": 40})
        _sell(30, {"cake": 30}, skip=4)
        assert foresee_volumes(now=NOW) is not None
        foresee_volumes(now=NOW)
        (alert,) = alert_rows(kind=AlertKind.VOLUME, is_open=True)
        assert alert.detail == {"product": "CAKE", "sold": 0, "expected": 120}
        assert alert.times == 1
        assert VolumeNight.objects.count() == 1
    told = api.get("reports/product-volumes").json()
    assert (told["as_of"], told["days"]) == (TODAY.isoformat(), 28)
    tea, cake = told["data"]
    assert (tea["name"], tea["ahead"]["expected"], tea["sold"], tea["away"]) == (
        "TEA", 160, 160, None,
    )  # fmt: skip
    assert (cake["key"], cake["sold"], cake["away"]) == ("cake", 0, "less")
    assert other_api.get("reports/product-volumes").json()["data"] == []
    with acting_for(business.id):
        _sell(4, {"cake": 30})
        foresee_volumes(now=NOW)
        assert not alert_rows(kind=AlertKind.VOLUME, is_open=True)


@pytest.mark.django_db
def test_pieces_are_net_of_returns_and_today_is_not_counted(acting: Any) -> None:
    _sell(26, {"tea": 10})
    PurchaseLine.objects.update(returned_rial=2_500)
    (tea,) = sold_weeks(TODAY, 10)
    assert tea.pieces[-26:] == [7.5] * 26
    assert sum(tea.pieces) == 195
    assert sold_weeks(TODAY - timedelta(days=200), 10) == []


@pytest.mark.django_db
def test_a_night_costs_the_same_for_one_product_and_three(acting: Any, business: Any) -> None:
    counts: list[int] = []
    for goods in ({"tea": 10}, {"cake": 10, "pie": 12}):
        _sell(26, goods)
        with CaptureQueriesContext(connection) as queries, acting_for(business.id):
            foresee_volumes(now=NOW + timedelta(days=len(counts)))
        counts.append(len(queries))
    assert counts[0] == counts[1]
