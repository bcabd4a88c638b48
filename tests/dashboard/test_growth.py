"""Repeat purchases, cohorts and the bridge as pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.calendar import jalali

PAGES = ("reports/repeat/", "reports/cohorts/", "reports/bridge/", "reports/newcomers/")


def _fill(shop, people):
    for days in (70, 40, 20, 1):
        shop.sell_to(people, days_ago=days)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (PAGES[0], "مشتری شناخته‌شده‌ای نخریده"),
        (PAGES[1], "هنوز نخستین خریدی نیست"),
        (PAGES[2], "فروشی نبوده است"),
        (PAGES[3], "همین که مشتری بیاید"),
    ],
)
def test_empty_pages_teach(shop, owner_client, text_of, path, sentence):
    assert sentence in text_of(owner_client.get(shop.url(path)))


def test_of_few_counts_are_shown_and_of_many_a_rate(shop, owner_client, text_of):
    _fill(shop, 3)
    few = text_of(owner_client.get(shop.url(PAGES[0]), {"by": "product"}))
    assert "نرخ خرید بازگشتی" not in few
    assert "لاته" in few
    shop.sell_to(33)
    many = text_of(owner_client.get(shop.url(PAGES[0])))
    assert "نرخ خرید بازگشتی" in many
    assert "۹٫۱٪" in many  # 3 of 33


def test_the_triangle_is_drawn(shop, owner_client, text_of):
    _fill(shop, 2)
    response = owner_client.get(shop.url(PAGES[1]))
    rows = response.context["rows"]
    assert [row.size for row in rows] == ["۲"]
    assert rows[0].cells[-1].running
    assert "cohort-running" in text_of(response)


def test_c038_the_mix_of_newcomers_is_drawn_and_told(shop, owner_client, text_of):
    _fill(shop, 2)
    response = owner_client.get(shop.url(PAGES[3]))
    page = text_of(response)
    assert 'data-chart="stacked"' in page
    assert response.context["ways"] == [
        {"name": "خودشان آمدند", "people": "۲", "share": "—", "again": "۲"}
    ]


def test_the_bridge_of_a_month_and_of_a_year(shop, owner_client, text_of):
    _fill(shop, 2)
    today = jalali(timezone.localdate())
    month = f"{today.year}-{today.month:02}"
    for query in ({}, {"month": month}, {"month": month, "against": "year"}):
        response = owner_client.get(shop.url(PAGES[2]), query)
        assert 'data-chart="waterfall"' in text_of(response)
        assert len(response.context["rows"]) == 5
    for wrong in ("1405-13", "1499-01", "1300-01", "x"):
        assert owner_client.get(shop.url(PAGES[2]), {"month": wrong}).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_cashiers_do_not_see_them(shop, client_as, path):
    assert client_as("cashier").get(shop.url(path)).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_pages_cost_the_same_for_one_customer_and_three(shop, owner_client, path):
    counts = []
    for people in (1, 3):
        _fill(shop, people)
        owner_client.get(shop.url(path))
        with CaptureQueriesContext(connection) as queries:
            assert owner_client.get(shop.url(path)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_repeat_purchases_by_segment(shop, owner_client, text_of):
    """C001: the page groups by the segment before these days."""
    _fill(shop, 3)
    page = text_of(owner_client.get(shop.url(PAGES[0]), {"by": "segment"}))
    assert "پیش از آن در هیچ بخشی نبود" in page
    assert "به تفکیک بخش" in page
