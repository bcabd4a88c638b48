"""The page of good customers who were expected and have not come (C070)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from payments.enums import AlertKind
from payments.operations import raise_alert
from segmentation.enums import Basis
from segmentation.estimation import Buying, Family
from segmentation.models import RetentionModel
from segmentation.operations import call_awaited, score_business
from segmentation.operations.retention import common_priors, estimate_retention, foresee
from tests.segmentation.shop import sell

PATH = "segments/awaited/"
MODEL = Buying(Family.MBG, 2.0, 10.0, 0.5, 6.0)


@pytest.fixture
def quiet(shop):
    """Return the shop after fourteen days in which nobody came."""
    now = timezone.now()
    with acting_for(shop.business.id):
        sell(MODEL, 400, now - timedelta(days=14), seed=11)
        estimate_retention(common=common_priors([]), now=now - timedelta(days=14))
        RetentionModel.objects.update(
            basis=Basis.MODEL, tested_from=now.date(), tested=300, brier=0.1, rule_brier=0.2,
            auc=0.8, rule_auc=0.7,
        )  # fmt: skip
        score_business(now=now)
        foresee(now=now)
    return shop


def test_it_teaches_before_the_forecast_has_proven_itself(shop, owner_client, text_of):
    page = text_of(owner_client.get(shop.url(PATH)))
    assert "نخست باید پیش‌بینی خود را نشان دهد" in page


def test_the_alarm_leads_to_who_has_not_come(
    quiet, owner_client, client_as, api, other_api, text_of
):
    with acting_for(quiet.business.id):
        found = call_awaited(now=timezone.now())
    assert found is not None
    assert found.called
    alerts = owner_client.get(quiet.url("alerts/"))
    assert "مشتریان خوب در زمان موردانتظار نیامدند" in text_of(alerts)
    assert quiet.url(PATH) in alerts.content.decode()
    page = owner_client.get(quiet.url(PATH))
    rows = page.context["rows"]
    assert 0 < len(rows) <= 100
    assert "منتظر تا" in text_of(page)
    assert rows[0]["title"] in text_of(page)
    told = api.get("reports/awaited-customers").json()
    assert told["people"] == found.away
    assert [one["customer_id"] for one in told["data"]] == [str(row["id"]) for row in rows]
    assert other_api.get("reports/awaited-customers").json() == {
        "days": 14, "people": None, "data": [],
    }  # fmt: skip
    assert client_as("cashier").get(quiet.url(PATH)).status_code == 403


def test_the_page_costs_the_same_for_one_row_and_three(quiet, owner_client, monkeypatch):
    counts = []
    for most in (1, 3):
        monkeypatch.setattr("dashboard.web.awaited._MOST", most)
        owner_client.get(quiet.url(PATH))
        with CaptureQueriesContext(connection) as queries:
            page = owner_client.get(quiet.url(PATH))
        assert len(page.context["rows"]) == most
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_alert_told_in_words(shop, owner_client, text_of):
    with acting_for(shop.business.id):
        raise_alert(
            kind=AlertKind.AWAITED, source_id=shop.business.id,
            detail={"away": 31, "usually": 12}, now=timezone.now(),
        )  # fmt: skip
    page = text_of(owner_client.get(shop.url("alerts/")))
    assert "نفراتی که نیامدند: ۳۱" in page
    assert "معمولاً حدود: ۱۲" in page
