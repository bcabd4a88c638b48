"""N25: what a year ahead is worth, and where tiers begin, as set and in today's prices."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.calendar import add_months
from core.tenancy import acting_for
from segmentation.estimation import Buying, Family
from segmentation.models import CustomerOutlook, CustomerScore, PriceLevel
from segmentation.operations import score_business
from segmentation.operations.retention import common_priors, estimate_retention, foresee
from segmentation.queries.prices import melted, real_worths_of
from tests.segmentation.shop import sell

pytestmark = pytest.mark.django_db


def _levels(*levels: tuple[date, int]) -> None:
    PriceLevel.objects.bulk_create([PriceLevel(month_on=on, level=level) for on, level in levels])


def _foresee() -> None:
    now = timezone.now()
    sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 40, now, seed=25)
    score_business(now=now)
    estimate_retention(common=common_priors([]), now=now)
    foresee(now=now)


def test_lifetime_value_nominal_and_real(api: Any, business: Any) -> None:
    """Where prices tripled since, what rests on old sums is worth three times as much."""
    today = timezone.now().date()
    with acting_for(business.id):
        _levels((today - timedelta(days=900), 100_000), (today, 300_000))
        _foresee()
        old = CustomerOutlook.objects.filter(
            id__in=CustomerScore.objects.filter(last_on__lt=today).values("id"), worth_rial__gt=0
        ).order_by("-worth_rial")[0]
        assert real_worths_of([old]) == {old.id: 3 * old.worth_rial}
    told = api.get(f"customers/{old.id}/retention-score").json()
    assert (told["worth_rial"], told["worth_real_rial"]) == (old.worth_rial, 3 * old.worth_rial)
    row = api.get("customers", {"order": "-clv"}).json()["data"][0]["worth"]
    assert row["clv_real_rial"] >= row["clv_rial"]


def test_without_an_index_nothing_real_is_said(api: Any, business: Any) -> None:
    with acting_for(business.id):
        _foresee()
        who = CustomerOutlook.objects.order_by("-worth_rial")[0].id
        assert melted([1_000], timezone.now().date()) == []
    assert api.get(f"customers/{who}/retention-score").json()["worth_real_rial"] is None
    assert (
        api.get("customers", {"order": "-clv"}).json()["data"][0]["worth"]["clv_real_rial"] is None
    )


def test_what_a_threshold_of_a_year_ago_would_be_now(acting: Any) -> None:
    today = date(2026, 11, 28)
    _levels((add_months(today, -14), 100_000), (add_months(today, -3), 150_000))
    (one,) = melted([50_000_000], today)
    assert (one.then_rial, one.now_rial, one.months) == (50_000_000, 75_000_000, 12)
    assert melted([50_000_000], today, months=2) == []
    assert melted([50_000_000], add_months(today, -13)) == []
