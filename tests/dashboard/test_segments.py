"""Segments month to month, how marks are given, and a customer's way."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.calendar import jalali
from core.tenancy import acting_for
from customers.models import Customer
from segmentation.models import PriceLevel, ScoringRun, ScoringTerms
from segmentation.operations import rescore, score_business, work_out_past
from segmentation.queries import latest_run


def _score(shop):
    with acting_for(shop.business.id):
        work_out_past(now=timezone.now())
        score_business(now=timezone.now())


def _month(days_ago=0):
    day = jalali(timezone.localdate() - timedelta(days=days_ago))
    return f"{day.year}-{day.month:02}"


def test_flows_of_this_month_and_of_one_before_the_first_scoring(shop, owner_client, text_of):
    for days in (200, 120, 60, 2):
        shop.sell(days_ago=days)
        shop.sell("09120000002", days_ago=days + 5)
    _score(shop)
    response = owner_client.get(shop.url("segments/flows/"))
    page = text_of(response)
    assert response.context["earlier"]
    assert response.context["later"] == ""
    assert 'data-chart="sankey"' in page
    assert "پیش از نخستین نمره‌گذاری" not in page
    nodes = {node["id"] for node in response.context["chart"]["nodes"]}
    links = response.context["chart"]["links"]
    assert {end for link in links for end in (link["from"], link["to"])} <= nodes
    assert sum(link["value"] for link in links) == 2
    earlier = owner_client.get(shop.url("segments/flows/"), {"month": _month(100)})
    assert "پیش از نخستین نمره‌گذاری" in text_of(earlier)


@pytest.mark.parametrize("month", ["x", "1405-13", "1300-01", "1499-01", "1405-1"])
def test_a_month_that_is_none_or_out_of_reach_is_not_there(shop, owner_client, month):
    shop.sell()
    _score(shop)
    path = shop.url("segments/flows/")
    assert owner_client.get(path, {"month": month}).status_code == 404


def test_before_the_first_scoring_the_pages_teach(shop, owner_client, text_of):
    assert "هنوز کسی در بخشی نیست" in text_of(owner_client.get(shop.url("segments/flows/")))
    assert "شب نخست" in text_of(owner_client.get(shop.url("segments/scale/")))


def test_the_scale_is_explained_and_labelled(shop, owner_client, text_of):
    """R66: money is told as net of returns, and as paid or in today's prices."""
    for place, days in enumerate((1, 40, 90, 150, 300)):
        shop.sell(f"0912000000{place}", days_ago=days, rial=1_000_000 * (place + 1))
    _score(shop)
    page = text_of(owner_client.get(shop.url("segments/scale/")))
    assert "مقیاس ثابت (هنوز مشتری کم است)" in page
    assert "۰ تا ۲۹ روز پیش" in page
    assert "بیش از ۲۳۹ روز پیش" in page
    assert "۶ و بیشتر" in page
    assert "پس از کسر مرجوعی" in page
    assert "همان‌طور که پرداخت شده" in page


def test_an_index_and_a_window_are_agreed_and_everybody_is_scored(shop, owner_client, text_of):
    shop.sell(days_ago=1)
    typed = {"window_months": "۱۲", "money": "real", "levels": "۱۴۰۴/۰۱ ۱۰۰\n1405/01 150.5"}
    answer = owner_client.post(shop.url("segments/scale/"), typed)
    assert answer.status_code == 302, answer.content.decode()
    with acting_for(shop.business.id):
        run = latest_run()
        assert run is not None
        assert (run.money, run.base_level, run.customers) == ("real", 150_500, 1)
        assert run.since_on is not None
        assert ScoringTerms.objects.get().window_months == 12
        assert list(PriceLevel.objects.order_by("month_on").values_list("level", flat=True)) == [
            100_000,
            150_500,
        ]
    assert "به قیمت امروز" in text_of(owner_client.get(shop.url("segments/")))
    page = text_of(owner_client.get(shop.url("segments/scale/")))
    assert "1405/01 150.5" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"levels": "1405/01"}, "سطر ۱"),
        ({"levels": "1405/01 100\n1405/1x 5"}, "سطر ۲"),
        ({"levels": "1405/01 1.2345"}, "سطر ۱"),
        ({"levels": "1405/01 NaN"}, "سطر ۱"),
        ({"levels": "1405/01 0"}, "بزرگ‌تر از صفر"),
        ({"levels": "1405/01 1\n1405/01 2"}, "دو بار"),
        ({"levels": "1499/01 1"}, "شروع شده‌اند"),
        ({"money": "real"}, "به شاخص نیاز دارد"),
        ({"window_months": "121"}, "۱۲۰"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(shop, owner_client, typed, sentence):
    answer = owner_client.post(shop.url("segments/scale/"), {"money": "nominal"} | typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    with acting_for(shop.business.id):
        assert not ScoringRun.objects.exists()


def test_analysts_read_and_managers_change(shop, client_as):
    assert client_as("cashier").get(shop.url("segments/scale/")).status_code == 403
    analyst = client_as("analyst")
    assert analyst.get(shop.url("segments/scale/")).context["form"] is None
    assert analyst.post(shop.url("segments/scale/"), {"money": "nominal"}).status_code == 403


def test_a_customers_way_is_drawn(shop, owner_client, text_of):
    for days in (300, 100, 1):
        outcome = shop.sell(days_ago=days)
    _score(shop)
    response = owner_client.get(shop.url(f"customers/{outcome.customer_id}/"))
    assert "مسیر در بخش‌ها" in text_of(response)
    way = response.context["way"]
    assert way.points.startswith("0.0,")
    assert way.points.split()[-1].startswith("100,")
    assert len(way.steps) <= 5


def test_flows_cost_the_same_for_one_customer_and_three(shop, owner_client):
    counts = []
    for people in (1, 3):
        shop.sell_to(people, days_ago=50)
        _score(shop)
        owner_client.get(shop.url("segments/flows/"))
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(shop.url("segments/flows/"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_segment_nobody_is_in_says_so(shop, owner_client, text_of):
    """It is no search that found nothing."""
    shop.sell()
    _score(shop)
    page = text_of(owner_client.get(shop.url("segments/cant_lose/")))
    assert "اکنون کسی اینجا نیست" in page
    assert "املای دیگر" not in page


def test_who_bought_first_since_the_night_is_counted_above_the_picture_too(shop, owner_client):
    """Issue 5 §1: the number of customers on the page is the sum of its squares."""
    shop.sell_to(2)
    _score(shop)
    shop.sell("09120000077")
    with acting_for(shop.business.id):
        [new] = Customer.objects.filter(mobile="+989120000077")
        rescore(customer_ids=[new.id], now=timezone.now())
    context = owner_client.get(shop.url("segments/")).context
    assert sum(one.count for one in context["segments"]) == 3
    assert context["lead"].startswith("۳ مشتری")
