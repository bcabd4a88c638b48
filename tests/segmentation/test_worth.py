"""The best customers (C062) and who buys again by segment (C001)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from customers.models import Purchase
from customers.queries.repeat import repeat_groups
from segmentation.estimation import Buying, Family
from segmentation.models import CustomerOutlook, ScoringTerms, SegmentTransition
from segmentation.operations import refresh_named_segments, score_business
from segmentation.operations.retention import common_priors, estimate_retention, foresee
from segmentation.queries.repeat import SEGMENTS
from tests.segmentation.shop import sell

pytestmark = pytest.mark.django_db

BY_WORTH = {"order": "-clv"}


@pytest.fixture
def shop_of_sixty(business):
    """Sixty customers, scored and foreseen; return their ids, the most worth first."""
    now = timezone.now()
    with acting_for(business.id):
        sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 60, now, seed=62)
        score_business(now=now)
        estimate_retention(common=common_priors([]), now=now)
        foresee(now=now)
        return [row.id for row in CustomerOutlook.objects.order_by("-worth_rial", "-id")]


def test_customers_by_what_they_will_bring(api, other_api, shop_of_sixty, business):
    """C062: ranked by lifetime value, with what the past year earned once a margin is known."""
    found, cursor = [], None
    while True:
        asked = {**BY_WORTH, "limit": 25, **({"cursor": cursor} if cursor else {})}
        page = api.get("customers", asked).json()
        found += page["data"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert [one["id"] for one in found] == [str(who) for who in shop_of_sixty]
    assert all(one["worth"]["earned_rial"] is None for one in found)
    now = timezone.now()
    with acting_for(business.id):
        ScoringTerms.objects.create(margin_percent=40, changed_at=now)
        bought = sum(
            Purchase.objects.filter(
                customer_id=shop_of_sixty[0], local_date__gte=now.date() - timedelta(days=365)
            ).values_list("total_rial", flat=True)
        )
        row = CustomerOutlook.objects.get(id=shop_of_sixty[0])
    first = api.get("customers", BY_WORTH).json()["data"][0]
    assert first["worth"]["clv_rial"] == row.worth_rial
    assert first["worth"]["earned_rial"] == bought * 40 // 100
    assert other_api.get("customers", BY_WORTH).json()["data"] == []


def test_customers_by_what_they_earned(api, other_api, shop_of_sixty, business):
    """C062: the best fifth by realised margin, page by page, beside what is foreseen of them."""
    with acting_for(business.id):
        ScoringTerms.objects.create(margin_percent=40, changed_at=timezone.now())
        refresh_named_segments(now=timezone.now())
        sold = Purchase.objects.filter(customer_id=shop_of_sixty[0])
        sold.update(total_rial=F("total_rial") * 3, eligible_rial=F("eligible_rial") * 3)
    found, cursor = [], None
    while True:
        asked = {"order": "-earned", "limit": 5, **({"cursor": cursor} if cursor else {})}
        page = api.get("customers", asked).json()
        found += page["data"]
        if (cursor := page["next_cursor"]) is None:
            break
    earned = [one["worth"]["earned_rial"] for one in found]
    assert len(found) > 5
    assert earned == sorted(earned, reverse=True)
    assert len({one["id"] for one in found}) == len(found)
    assert found[0]["worth"]["clv_rial"] > 0
    assert other_api.get("customers", {"order": "-earned"}).json()["data"] == []


def test_only_whom_the_list_would_show(api, shop_of_sixty):
    """C062: search and status choose first; without an order nothing is told of worth."""
    name = {"search": "shopper", **BY_WORTH}
    assert len(api.get("customers", {**name, "limit": 200}).json()["data"]) == len(shop_of_sixty)
    assert api.get("customers", {**name, "search": "nobody"}).json()["data"] == []
    assert api.get("customers", {**BY_WORTH, "status": "erased"}).json()["data"] == []
    assert api.get("customers").json()["data"][0]["worth"] is None


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"order": "name"}, 422, "invalid_order"),
        ({**BY_WORTH, "cursor": "x"}, 400, "invalid_cursor"),
    ],
)
def test_a_bad_order_is_told(api, shop_of_sixty, asked, status, code):
    told = api.get("customers", asked)
    assert (told.status_code, told.json()["code"]) == (status, code)


def test_the_list_by_worth_costs_the_same_for_one_and_three(api, shop_of_sixty):
    counts = []
    api.get("customers", BY_WORTH)
    for limit in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            assert len(api.get("customers", {**BY_WORTH, "limit": limit}).json()["data"]) == limit
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_who_buys_again_by_the_segment_before(api, shop_of_sixty, business):
    """C001: by the segment before the first day, not by the one these orders led to."""
    now = timezone.now()
    since, until = now.date() - timedelta(days=90), now.date() + timedelta(days=1)
    with acting_for(business.id):
        people = list(
            Purchase.objects.filter(local_date__gte=since)
            .values_list("customer_id", flat=True).distinct()
        )  # fmt: skip
        old, fresh, _rest = people[:3], people[3:5], people[5:]
        for who in old:
            _move(who, now - timedelta(days=300), "", "at_risk")
            _move(who, now - timedelta(days=200), "at_risk", "loyal")
            _move(who, now - timedelta(days=10), "loyal", "champions")
        for who in fresh:
            _move(who, now - timedelta(days=10), "", "new")
        groups = {one.key: one for one in repeat_groups("segment", since, until, SEGMENTS)}
        counts = {
            who: Purchase.objects.filter(customer_id=who, local_date__gte=since).count()
            for who in people
        }
    assert {key: one.customers for key, one in groups.items()} == {
        "loyal": 3, "": len(people) - 3,
    }  # fmt: skip
    assert groups["loyal"].again == sum(counts[who] > 1 for who in old)
    # The dates are told: by itself the report ends today in Tehran, which may be another day.
    days = {"from": since, "to": until - timedelta(days=1)}
    told = api.get("reports/repeat-purchase", {"group_by": "segment", **days}).json()["groups"]
    assert {one["key"]: one["customers"] for one in told} == {"loyal": 3, "": len(people) - 3}
    assert all(one["name"] for one in told)


def _move(who, at, before, after):
    SegmentTransition.objects.create(
        customer_id=who, on=at.date(), at=at, before=before, after=after
    )
