"""The board of stages (C037)."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from segmentation.enums import Basis
from segmentation.estimation import Buying, Family
from segmentation.models import RetentionModel
from segmentation.operations import plan_actions, refresh_named_segments, score_business
from segmentation.operations.retention import common_priors, estimate_retention, foresee
from tests.segmentation.shop import sell

PATH = "segments/lifecycle/"


def test_the_board(shop, owner_client, client_as, text_of):
    """C037: teaches when empty, then every stage; the same cost for one customer and three."""
    assert "شب پیدایشان می‌کند" in text_of(owner_client.get(shop.url(PATH)))
    counts = []
    for people in (1, 3):
        shop.sell_to(people)
        with acting_for(shop.business.id):
            score_business(now=timezone.now())
            refresh_named_segments(now=timezone.now())
        owner_client.get(shop.url(PATH))
        with CaptureQueriesContext(connection) as queries:
            response = owner_client.get(shop.url(PATH))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    stages = response.context["stages"]
    assert len(stages) == 8
    assert sum(one["customers"] for one in stages) == 3
    page = text_of(response)
    assert "مراحل عمر مشتری" in page
    assert "بدون کمپینی ویژهٔ این مرحله" in page
    assert client_as("cashier").get(shop.url(PATH)).status_code == 403


def test_under_two_hundred_customers_it_is_told_as_a_first_guess(
    api, owner_client, business, text_of, now
):
    """Issue 5 §2: a heuristic is labelled wherever it decides, on pages and over HTTP."""
    guess = "پیش‌بینی‌های این صفحه حدس نخست‌اند"
    with acting_for(business.id):
        sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 30, now, seed=51)
        estimate_retention(common=common_priors([]), now=now)
        foresee(now=now)
        score_business(now=now)
        refresh_named_segments(now=now)
        plan_actions(now=now)
    pages = ("segments/priorities/", "segments/lifecycle/", "actions/")
    addresses = ("retention/priorities", "reports/lifecycle", "actions/today")
    for path in pages:
        assert guess in text_of(owner_client.get(f"/b/{business.slug}/{path}")), path
    assert {api.get(one).json()["basis"] for one in addresses} == {"heuristic"}
    with acting_for(business.id):
        RetentionModel.objects.update(
            basis=Basis.MODEL, tested_from=now.date(), tested=300, brier=0.1, rule_brier=0.2,
            auc=0.8, rule_auc=0.7,
        )  # fmt: skip
    for path in pages:
        assert guess not in text_of(owner_client.get(f"/b/{business.slug}/{path}")), path
    assert {api.get(one).json()["basis"] for one in addresses} == {"model"}
