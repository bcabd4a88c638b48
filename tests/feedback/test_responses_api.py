"""Answers over HTTP: the rows behind satisfaction at a glance (C013)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.enums import SurveyKind
from tests.feedback.conftest import MINUTE

pytestmark = pytest.mark.django_db
MEMBERS = {
    "id",
    "survey_id",
    "kind",
    "customer_id",
    "purchase_id",
    "score",
    "comment",
    "goods_came_back",
    "asked_at",
    "answered_at",
}


@pytest.fixture
def answered(shop):
    """Return `answered(score, ago)`: somebody bought so long ago and answered."""
    people = iter(range(10))

    def run(score, ago=MINUTE, **more):
        at = timezone.now() - ago
        sold = shop.sell_one(at, mobile=f"0912123450{next(people)}")
        asked = (one for one in shop.invitations() if one.purchase_id == sold.purchase_id)
        shop.answer(at + MINUTE, score=score, invitation=next(asked), **more)
        return sold

    return run


def test_c013_answers_are_told_newest_first(api, shop, answered):
    sold = answered(9, timedelta(days=2), comment="عالی بود")
    answered(3)
    told = api.get("responses").json()["data"]
    assert [one["score"] for one in told] == [3, 9]
    assert set(told[1]) == MEMBERS
    assert (told[1]["comment"], told[1]["kind"]) == ("عالی بود", "nps")
    assert told[1]["purchase_id"] == str(sold.purchase_id)
    assert told[1]["goods_came_back"] is False
    shop.refund(sold, timezone.now())
    assert api.get("responses").json()["data"][1]["goods_came_back"] is True


def test_c013_the_rows_are_those_the_glance_counts(api, shop, answered):
    for score, days in ((9, 3), (10, 20), (2, 29), (8, 31), (7, 60)):
        answered(score, timedelta(days=days))
    for days in (7, 30, 90):
        glance = api.get("reports/overview", {"days": days}).json()
        rows = api.get(glance["rows"]["satisfaction"]).json()["data"]
        assert len(rows) == glance["satisfaction"]["answers"]


def test_answers_are_found_by_what_is_asked_for(api, shop, answered):
    sold = answered(9)
    answered(3)
    (low,) = api.get("responses", {"most": 6}).json()["data"]
    assert low["score"] == 3
    (hers,) = api.get("responses", {"customer": str(sold.customer_id)}).json()["data"]
    assert hers["score"] == 9
    assert len(api.get("responses", {"survey": hers["survey_id"]}).json()["data"]) == 2
    assert api.get("responses", {"kind": SurveyKind.CSAT}).json()["data"] == []
    first = api.get("responses", {"limit": 1}).json()
    (second,) = api.get("responses", {"limit": 1, "cursor": first["next_cursor"]}).json()["data"]
    assert second["score"] == 9


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"kind": "ces"}, "invalid_kind"),
        ({"days": "0"}, "invalid_days"),
        ({"days": "۷"}, "invalid_days"),
        ({"most": "11"}, "invalid_most"),
        ({"customer": "x"}, "invalid_customer"),
        ({"survey": "1"}, "invalid_survey"),
        ({"cursor": "x"}, "invalid_cursor"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_name(api, asked, code):
    refused = api.get("responses", asked)
    assert (refused.status_code, refused.json()["code"]) == (400, code)


def test_a_stranger_sees_none(api, other_api, answered):
    answered(9)
    assert other_api.get("responses").json()["data"] == []


def test_c013_the_list_costs_the_same_for_one_and_for_three(api, answered):
    answered(9)
    api.get("responses")
    one = _queries(api)
    answered(3)
    answered(7)
    assert _queries(api) == one


def _queries(api):
    with CaptureQueriesContext(connection) as asked:
        assert api.get("responses").status_code == 200
    return len(asked)
