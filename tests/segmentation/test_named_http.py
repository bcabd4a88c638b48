"""Ready-made segments and outlooks over HTTP: whole, walled, at the same cost for one and three."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from segmentation.enums import NamedSegment
from segmentation.estimation import Buying, Family
from segmentation.models import CustomerOutlook, NamedStay
from segmentation.operations import refresh_named_segments, score_business
from segmentation.operations.retention import common_priors, estimate_retention, foresee
from tests.segmentation.shop import sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(business):
    """Sixty customers, scored, foreseen and held against the ready-made segments."""
    now = timezone.now()
    with acting_for(business.id):
        sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 60, now, seed=3)
        score_business(now=now)
        estimate_retention(common=common_priors([]), now=now)
        foresee(now=now)
        refresh_named_segments(now=now)
        return [row.id for row in CustomerOutlook.objects.order_by("-risk_rial", "-id")]


def test_segments_members_and_one_customers(api, other_api, night, business):
    """C007: sizes, rules, members with evidence; nothing of another business's."""
    rows = api.get("segments/named").json()["data"]
    assert [one["segment"] for one in rows] == NamedSegment.values
    assert all(one["rule"] for one in rows)
    sizes = {one["segment"]: one["customers"] for one in rows}
    assert sizes["lapsed"] > 0
    members = api.get("segments/named/lapsed/members", {"limit": 200}).json()["data"]
    assert len(members) == sizes["lapsed"]
    assert all(one["evidence"]["line"] and one["explained"] for one in members)
    who = members[0]["customer_id"]
    mine = api.get(f"customers/{who}/segments").json()["data"]
    assert "lapsed" in {one["segment"] for one in mine}
    assert other_api.get("segments/named").json()["data"][0]["customers"] == 0
    assert other_api.get("segments/named/lapsed/members").json()["data"] == []
    assert other_api.get(f"customers/{who}/segments").status_code == 404
    assert api.get("segments/named/nothing/members").status_code == 404
    cells = api.get("loyalty-index/quadrant").json()["data"]
    assert [one["segment"] for one in cells] == [
        "happy_staying", "unhappy_staying", "happy_leaving", "unhappy_leaving",
    ]  # fmt: skip


def test_the_outlook_of_one_customer(api, other_api, night, business):
    """C112: score, chance, what 30, 90 and 365 days bring with bounds, the next day, reasons."""
    one = api.get(f"customers/{night[0]}/retention-score").json()
    with acting_for(business.id):
        row = CustomerOutlook.objects.get(id=night[0])
    assert (one["score"], one["worth_rial"]) == (row.score, row.worth_rial)
    assert one["p_active"] == row.staying
    assert [span["days"] for span in one["expected"]] == [30, 90, 365]
    for span in one["expected"]:
        assert span["purchases"] == getattr(row, f"purchases_{span['days']}")
        assert span["low"] <= span["purchases"] + 1
        assert span["high"] + 1 >= span["purchases"]
        assert span["low_rial"] <= span["high_rial"]
        assert span["spend_rial"] == round(span["purchases"] * row.day_rial)
    assert one["next_on"] == (row.as_of + timedelta(days=row.wait_days)).isoformat() or (
        row.wait_days > 365 and one["next_on"] is None
    )
    assert one["basis"] in {"model", "rule", "heuristic"}
    assert one["reasons"]
    assert all(reason["code"] and reason["text"] for reason in one["reasons"])
    assert other_api.get(f"customers/{night[0]}/retention-score").status_code == 404


def test_what_one_is_worth_and_when_they_come(api, other_api, night, business):
    """C064, C070: a year's worth with bounds, and the next purchase with its interval."""
    for who in night[:5]:
        score = api.get(f"customers/{who}/retention-score").json()
        worth = api.get(f"customers/{who}/clv").json()
        assert worth["worth_rial"] == score["worth_rial"]
        assert worth["low_rial"] <= worth["worth_rial"] <= worth["high_rial"]
        assert (worth["basis"], worth["paid_rial"] > 0) == ("heuristic", True)
        assert (worth["worth_real_rial"], worth["profit_rial"]) == (None, None)
        coming = api.get(f"customers/{who}/next-purchase").json()
        assert coming["next_on"] == score["next_on"]
        days = [coming[name] or "9999" for name in ("as_of", "low_on", "next_on", "high_on")]
        assert days == sorted(days)
        assert coming["last_on"] <= coming["as_of"]
    for path in ("clv", "next-purchase"):
        assert other_api.get(f"customers/{night[0]}/{path}").status_code == 404
        assert api.get(f"customers/{uuid4()}/{path}").status_code == 404


def test_everybodys_outlooks_page_by_page(api, other_api, night):
    found, cursor = [], None
    while True:
        asked = {"limit": 25} | ({"cursor": cursor} if cursor else {})
        page = api.get("outlooks", asked).json()
        found += [one["customer_id"] for one in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == [str(who) for who in night]
    by_score = [one["score"] for one in api.get("outlooks", {"order": "score"}).json()["data"]]
    assert by_score == sorted(by_score, reverse=True)
    assert api.get("outlooks", {"order": "name"}).status_code == 422
    assert other_api.get("outlooks").json()["data"] == []


@pytest.mark.parametrize("path", ["outlooks", "segments/named/lapsed/members"])
def test_lists_cost_the_same_for_one_and_three(api, night, path):
    counts = []
    api.get(path)
    for limit in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            assert len(api.get(path, {"limit": limit}).json()["data"]) == limit
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_stays_are_only_the_businesss(night, other_business):
    with acting_for(other_business.id):
        assert NamedStay.objects.count() == 0
