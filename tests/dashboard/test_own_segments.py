"""Own segments as pages: built row by row, tried while typing, kept, shown, closed."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Campaign
from core.tenancy import acting_for
from customers.operations.context import lay_out_context
from dashboard.web.own_segments.building import rows_of
from dashboard.web.own_segments.conditions import TITLES
from segmentation.models import OwnSegment
from segmentation.operations import create_own_segment
from segmentation.queries.own.names import names
from segmentation.queries.own.reading import read_rule

LIST, NEW, TRIED = "segments/own/", "segments/own/new/", "segments/own/tried/"
TWICE = {"row": "a:bought", "a-least": "۲", "a-when": "days", "a-days": "30", "name": "دوباره"}


def _make(shop, rule, name="بخش"):
    with acting_for(shop.business.id):
        return create_own_segment(name=name, rule=rule, actor=None, now=timezone.now())


def test_the_empty_list_teaches(shop, owner_client, text_of):
    assert "هنوز بخشی از خودتان ندارید" in text_of(owner_client.get(shop.url(LIST)))


def test_a_segment_is_built_kept_and_shown(shop, owner_client, text_of):
    shop.sell(days_ago=3)
    shop.sell(days_ago=2)
    shop.sell("09120000002", name="نیما")
    told = text_of(owner_client.post(shop.url(TRIED), TWICE))
    assert "۱ مشتری می‌خورد" in told
    assert "در ۳۰ روز گذشته دست‌کم ۲ بار خریده‌اند" in told
    assert "سارا محمدی" in told
    answer = owner_client.post(shop.url(NEW), TWICE)
    assert answer.status_code == 302, answer.content.decode()
    with acting_for(shop.business.id):
        row = OwnSegment.objects.get()
    assert row.rule == {"kind": "bought", "least": 2, "days": 30}
    page = text_of(owner_client.get(answer["Location"]))
    assert "سارا محمدی" in page
    assert "نیما" not in page
    assert "دوباره" in text_of(owner_client.get(shop.url(LIST)))
    edited = text_of(owner_client.get(shop.url(f"{LIST}{row.id}/edit/")))
    assert 'value="۲"' in edited
    change = TWICE | {"a-least": "1", "name": "هر کس"}
    assert owner_client.post(shop.url(f"{LIST}{row.id}/edit/"), change).status_code == 302
    assert "نیما" in text_of(owner_client.get(answer["Location"]))
    assert owner_client.post(shop.url(f"{LIST}{row.id}/close/")).status_code == 302
    assert "بسته است" in text_of(owner_client.get(answer["Location"]))
    assert owner_client.get(shop.url(f"{LIST}{row.id}/edit/")).status_code == 404


def test_rows_are_joined_by_and_or_and_not(shop, owner_client):
    typed = {
        "name": "x",
        "row": ["a:bought", "b:spent", "c:gave_back"],
        "a-least": "1",
        "b-least": "۱٬۰۰۰",
        "b-join": "or",
        "b-when": "dates",
        "b-since": "1405/1/1",
        "c-least": "1",
        "c-negate": "on",
    }
    assert owner_client.post(shop.url(NEW), typed).status_code == 302
    with acting_for(shop.business.id):
        rule = OwnSegment.objects.get().rule
    spent = {"kind": "spent", "least": 10_000, "since": "2026-03-21"}
    assert rule == {
        "kind": "all",
        "of": [
            {"kind": "any", "of": [{"kind": "bought", "least": 1}, spent]},
            {"kind": "not", "of": {"kind": "gave_back", "least": 1}},
        ],
    }


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"row": "a:bought", "name": "x"}, "معنا ندارد"),
        ({"row": "a:bought", "a-least": "x", "name": "x"}, "عدد"),
        ({"row": "a:bought", "a-least": "3", "a-most": "2", "name": "x"}, "معنا ندارد"),
        (TWICE | {"name": ""}, "error"),
        (
            {"row": "a:bought", "a-least": "1", "a-when": "dates", "a-since": "x", "name": "x"},
            "روز",
        ),
        ({"row": "a:segment", "name": "x"}, "error"),
    ],
)
def test_what_makes_no_sense_is_said(shop, owner_client, typed, sentence):
    answer = owner_client.post(shop.url(NEW), typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (
        "پر کنید" in owner_client.post(shop.url(TRIED), typed).content.decode() or "name" in typed
    )


def test_every_kind_of_condition_has_its_row(shop, owner_client, text_of):
    for kind in TITLES:
        page = text_of(owner_client.get(shop.url("segments/own/row/"), {"kind": kind}))
        assert f":{kind}" in page
    assert owner_client.get(shop.url("segments/own/row/"), {"kind": "x"}).status_code == 404


RULES = [
    {
        "kind": "bought",
        "least": 1,
        "goods": ["الف", "ب"],
        "least_rial": 1_000,
        "since": "2026-03-21",
    },
    {"kind": "moved", "least": 1, "segments": ["lost", "at_risk"], "within": "last_month"},
    {"kind": "answered", "most": 2, "survey": "csat", "days": 9},
    {"kind": "cases", "least": 1, "case": "complaint", "open": True},
    {"kind": "mark", "mark": "staying", "least": 50},
    {"kind": "prefers", "least": 60, "goods": ["x"]},
    # None at all is a number, too: who never bought the goods, who has no points.
    {"kind": "bought", "most": 0, "goods": ["کیک"]},
    {"kind": "points", "least": 0, "most": 0},
    {"kind": "named", "named": ["lapsed", "lead"]},
    {
        "kind": "bought",
        "least": 3,
        "months": 2,
        "field": "size",
        "values": ["38"],
        "channel": "web",
        "weekdays": [5, 6],
        "from_hour": 0,
        "to_hour": 11,
    },
    {"kind": "first_purchase", "most": 60, "goods": ["ساختنی"]},
    {"kind": "points_ending", "least": 1, "days": 30},
    {"kind": "occasion", "occasion": "birthday", "month": "this_month"},
    {"kind": "occasion", "coming_days": 7},
]


@pytest.mark.parametrize("rule", RULES)
def test_what_was_kept_is_shown_and_kept_again_the_same(shop, owner_client, rule):
    row = _make(shop, rule)
    page = owner_client.get(shop.url(f"{LIST}{row.id}/edit/"))
    (form,) = page.context["rows"]
    assert page.context["found"] is not None
    typed: dict[str, Any] = {"name": "بخش", "row": f"{form.prefix}:{form.kind}"}
    for bound in form.own_fields:
        value = bound.field.prepare_value(bound.value()) if bound.value() is not None else ""
        typed[bound.html_name] = value if isinstance(value, list) else str(value or "")
        if value in (False, ""):
            del typed[bound.html_name]
    assert owner_client.post(shop.url(f"{LIST}{row.id}/edit/"), typed).status_code == 302
    with acting_for(shop.business.id):
        assert OwnSegment.objects.get().rule == row.rule


def test_a_rule_no_rows_can_say_is_left_to_the_api(shop, owner_client, text_of):
    one = {"kind": "bought", "least": 1}
    rule = {"kind": "not", "of": {"kind": "all", "of": [one, one]}}
    row = _make(shop, rule)
    assert "با API نوشته شده" in text_of(owner_client.get(shop.url(f"{LIST}{row.id}/edit/")))
    with acting_for(shop.business.id):
        assert rows_of(read_rule(rule), names()) is None


def test_it_is_an_audience_of_campaigns(shop, owner_client, text_of):
    shop.sell()
    row = _make(shop, {"kind": "bought", "least": 1}, "چایی‌ها")
    key = f"own:{row.id}"
    page = text_of(owner_client.get(shop.url("campaigns/new/"), {"segment": key}))
    assert "چایی‌ها" in page
    typed = {
        "name": "x",
        "segment": key,
        "body": "سلام",
        "holdout_percent": "0",
        "window_days": "7",
    }
    answer = owner_client.post(shop.url("campaigns/new/"), typed)
    assert answer.status_code == 302
    assert "چایی‌ها" in text_of(owner_client.get(answer["Location"]))
    told = text_of(owner_client.post(shop.url("campaigns/estimate/"), typed))
    assert told
    with acting_for(shop.business.id):
        assert Campaign.objects.get().segment == key
    wrong = typed | {"segment": "own:00000000-0000-0000-0000-000000000000"}
    assert owner_client.post(shop.url("campaigns/new/"), wrong).status_code == 422


def test_cashiers_see_none_and_analysts_only_read(shop, client_as):
    row = _make(shop, {"kind": "bought", "least": 1})
    assert client_as("cashier").get(shop.url(LIST)).status_code == 403
    analyst = client_as("analyst")
    assert analyst.get(shop.url(f"{LIST}{row.id}/")).status_code == 200
    for path in (NEW, f"{LIST}{row.id}/edit/"):
        assert analyst.get(shop.url(path)).status_code == 403
    assert analyst.post(shop.url(f"{LIST}{row.id}/close/")).status_code == 403


def test_the_list_and_the_page_cost_the_same_for_one_and_three(shop, owner_client):
    counts = []
    for people in (1, 3):
        shop.sell_to(people)
        row = _make(shop, {"kind": "bought", "least": 1}, f"بخش {people}")
        found = []
        for path in (LIST, f"{LIST}{row.id}/"):
            owner_client.get(shop.url(path))
            with CaptureQueriesContext(connection) as queries:
                owner_client.get(shop.url(path))
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]


def test_a_reader_is_told_why_somebody_fits(shop, owner_client, client_as, text_of):
    """Issue 5 §3: condition by condition, in a kept segment and while it is being built."""
    shop.sell(days_ago=3)
    shop.sell(days_ago=2)
    row = _make(shop, {"kind": "bought", "least": 2, "days": 30})
    page = owner_client.get(shop.url(f"{LIST}{row.id}/"))
    (person,) = page.context["people"]
    path = shop.url(f"{LIST}{row.id}/why/{person['id']}/")
    assert path in page.content.decode()
    told = text_of(owner_client.get(path))
    assert "در ۳۰ روز گذشته دست‌کم ۲ بار خریده‌اند" in told
    assert "۲ بار" in told
    assert client_as("analyst").get(path).status_code == 200
    tried = owner_client.post(
        shop.url(f"segments/own/tried/{person['id']}/"), TWICE | {"a-least": "5"}
    )
    assert "برقرار نیست" in text_of(tried)
    wrong = TWICE | {"a-least": "x"}
    assert (
        owner_client.post(shop.url(f"segments/own/tried/{person['id']}/"), wrong).status_code == 404
    )


def test_words_of_a_field_of_sales_are_its_codes(shop, owner_client):
    """A list is asked for by its Persian names and kept by its codes, like attributes."""
    with acting_for(shop.business.id):
        lay_out_context(vertical="toys", now=timezone.now())
        fields = names().fields
    key = next(key for key, one in fields.items() if one.choices)
    choice = fields[key].choices[0]
    typed = {
        "row": "a:bought",
        "name": "x",
        "a-least": "1",
        "a-field": key,
        "a-values": choice["fa"],
    }
    assert owner_client.post(shop.url(NEW), typed).status_code == 302
    with acting_for(shop.business.id):
        assert OwnSegment.objects.get().rule["values"] == [choice["code"]]


def test_a_cafe_owners_question_is_built_by_hand(shop, owner_client, text_of):
    """Three times in two months of the one and not of the other, birthday this month, satisfied."""
    typed = {
        "name": "صبحانه‌ای‌های راضی",
        "row": ["a:bought", "b:bought", "c:occasion", "d:answered"],
        "a-least": "۳",
        "a-when": "months",
        "a-days": "۲",
        "a-goods": "قهوه",
        "b-most": "۰",
        "b-when": "months",
        "b-days": "۲",
        "b-goods": "کیک",
        "c-occasion": "birthday",
        "c-month": "this_month",
        "d-survey": "csat",
        "d-least": "۴",
    }
    assert owner_client.post(shop.url(NEW), typed).status_code == 302
    with acting_for(shop.business.id):
        rule = OwnSegment.objects.get().rule
    assert rule == {
        "kind": "all",
        "of": [
            {"kind": "bought", "least": 3, "months": 2, "goods": ["قهوه"]},
            {"kind": "bought", "most": 0, "months": 2, "goods": ["کیک"]},
            {"kind": "occasion", "occasion": "birthday", "month": "this_month"},
            {"kind": "answered", "least": 4, "survey": "csat"},
        ],
    }
    assert "در ۲ ماه شمسی اخیر از «قهوه» دست‌کم ۳ بار" in text_of(
        owner_client.post(shop.url(TRIED), typed)
    )
