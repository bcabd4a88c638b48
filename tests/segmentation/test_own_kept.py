"""Own segments kept: what is refused, who came and who left, over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.models import AttributeDefinition, Customer
from feedback.models import Response
from outbox.models import Event
from segmentation.models import OwnSegment, ScoringRun, SegmentStay
from segmentation.operations import (
    change_own_segment,
    close_own_segment,
    create_own_segment,
    refresh_own_segments,
    score_business,
)
from segmentation.queries.own.names import names
from segmentation.queries.own.reading import preview, read_rule
from segmentation.queries.own.sample import Sample, sample
from segmentation.tasks import count_due
from tests.segmentation.own import NOW, buy, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(acting):
    """Three customers with a purchase each."""
    return [buy(who, 10 * who, "tea").customer_id for who in (1, 2, 3)]


# --- what is refused ------------------------------------------------------------------------------

ONE = {"kind": "bought", "least": 1}


def _deep(levels: int) -> Any:
    rule: Any = ONE
    for _level in range(levels):
        rule = {"kind": "all", "of": [rule]}
    return rule


@pytest.mark.parametrize(
    "rule",
    [
        None, 7, "x", [], {}, {"kind": "x"}, {"kind": "bought"}, {"kind": "bought", "least": -1},
        {"kind": "bought", "least": 2, "most": 1}, {"kind": "bought", "least": "1"},
        {"kind": "bought", "least": 1, "days": 3, "within": "this_month"},
        {"kind": "bought", "least": 1, "since": "2026-02-02", "until": "2026-02-01"},
        {"kind": "bought", "least": 1, "goods": []}, {"kind": "bought", "least": 1, "x": 1},
        {"kind": "all", "of": []}, {"kind": "not", "of": []},
        {"kind": "segment", "segments": ["x"]},
        {"kind": "attribute", "key": "nothing", "values": ["x"]},
        {"kind": "attribute", "key": "nothing"}, {"kind": "tier", "tiers": [str(uuid4())]},
        _deep(5), _deep(200), {"kind": "any", "of": [ONE] * 31},
        {"kind": "bought", "least": 1, "goods": ["'; DROP TABLE x; --"] * 51},
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused(acting, rule):
    with pytest.raises(Problem, match="invalid_rule"):
        read_rule(rule)


def test_nothing_typed_ever_becomes_sql(three):
    nasty = "%(p0)s'; DROP TABLE customers_customer; -- {fitting} %s"
    assert found({"kind": "bought", "least": 1, "goods": [nasty]}) == set()
    row = create_own_segment(
        name="x", rule={"kind": "bought", "least": 1, "goods": [nasty]}, actor=None, now=NOW
    )
    assert refresh_own_segments(now=NOW) == 0
    assert row.rule["goods"] == [nasty]
    assert preview(read_rule(row.rule), NOW).customers == 0


# --- kept ----------------------------------------------------------------------------------------


def _in(row: OwnSegment) -> set[Any]:
    stays = SegmentStay.objects.filter(own_segment=row, left_at=None)
    return set(stays.values_list("customer_id", flat=True))


def _heard() -> list[tuple[str, str]]:
    rows = Event.objects.filter(name__in=["segment.entered", "segment.left"]).order_by("id")
    return [(row.name, row.payload["customer_id"]) for row in rows]


def test_who_comes_and_who_leaves_is_kept_and_announced(three):
    rule = {"kind": "bought", "least": 2, "days": 30}
    row = create_own_segment(name="پرخرید", rule=rule, actor=None, now=NOW)
    assert (_in(row), _heard()) == (set(), [])
    buy(1, 0, "tea")
    later = NOW + timedelta(minutes=1)
    assert refresh_own_segments(customer_ids=[three[0]], now=later) == 1
    assert refresh_own_segments(now=later) == 0
    assert _in(row) == {three[0]}
    after = NOW + timedelta(days=40)
    assert refresh_own_segments(now=after) == 1
    assert _in(row) == set()
    assert _heard() == [("segment.entered", str(three[0])), ("segment.left", str(three[0]))]
    stay = SegmentStay.objects.get()
    assert (stay.entered_at, stay.left_at) == (later, after)


def test_a_clock_that_is_behind_ends_a_stay_when_it_began(three):
    """Two workers' clocks are not one; the demo delivers what happened in its own past."""
    bought = {"kind": "bought", "least": 1, "days": 30}
    create_own_segment(name="x", rule=bought, actor=None, now=NOW)
    inside = SegmentStay.objects.filter(left_at=None).count()
    assert inside
    SegmentStay.objects.update(entered_at=NOW + timedelta(days=41))
    refresh_own_segments(now=NOW + timedelta(days=40))
    stays = SegmentStay.objects.exclude(left_at=None)
    assert [stay.left_at for stay in stays] == [NOW + timedelta(days=41)] * inside


def test_changing_and_closing(three):
    row = create_own_segment(name="همه", rule=ONE, actor=None, now=NOW)
    assert _in(row) == set(three)
    with pytest.raises(Problem, match="segment_name_taken"):
        create_own_segment(name=" همه ", rule=ONE, actor=None, now=NOW)
    for name in ("", " ", "x" * 81):
        with pytest.raises(Problem, match="invalid_segment_name"):
            create_own_segment(name=name, rule=ONE, actor=None, now=NOW)
    more = {"kind": "last_purchase", "most": 15}
    change_own_segment(own_segment_id=row.id, name="همه", rule=more, actor=None, now=NOW)
    assert _in(row) == {three[0]}
    close_own_segment(own_segment_id=row.id, actor=None, now=NOW)
    assert _in(row) == set()
    assert _heard() == []
    with pytest.raises(NotFound):
        close_own_segment(own_segment_id=row.id, actor=None, now=NOW)
    create_own_segment(name="همه", rule=ONE, actor=None, now=NOW)


def test_the_database_keeps_one_stay_at_a_time(three):
    row = create_own_segment(name="x", rule=ONE, actor=None, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        SegmentStay.objects.create(own_segment=row, customer_id=three[0], entered_at=NOW)


def test_a_rule_about_something_closed_since_is_left_as_it_was(three):
    definition = AttributeDefinition.objects.create(
        key="a", kind="text", title_fa="آ", created_at=NOW
    )
    rule = {"kind": "not", "of": {"kind": "attribute", "key": "a", "values": ["x"]}}
    row = create_own_segment(name="x", rule=rule, actor=None, now=NOW)
    AttributeDefinition.objects.filter(id=definition.id).update(is_active=False)
    assert refresh_own_segments(now=NOW) == 0
    assert _in(row) == set(three)


def test_sentences_in_both_languages(acting):
    rule = {
        "kind": "all",
        "of": [
            {"kind": "bought", "least": 3, "days": 90, "goods": ["قهوه"]},
            {"kind": "any", "of": [
                {"kind": "not", "of": {"kind": "gave_back", "least": 1}},
                {"kind": "spent", "least": 10_000_000, "since": "2026-03-21"},
            ]},
        ],
    }  # fmt: skip
    with translation.override("fa"):
        said = preview(read_rule(rule), NOW).sentence
    assert "در ۹۰ روز گذشته" in said
    assert "دست‌کم ۳ بار خریده‌اند" in said
    assert "از ۱ فروردین ۱۴۰۵ به بعد" in said
    assert "۱٬۰۰۰٬۰۰۰ تومان" in said
    with translation.override("en"):
        assert preview(read_rule(rule), NOW).sentence.startswith(
            "Customers who bought in the last 90"
        )


def test_one_statement_and_the_same_questions_whatever_the_rule(three):
    counts = []
    names()  # that sales here have no fields is remembered
    for rule in (ONE, {"kind": "all", "of": [ONE] * 20}):
        with CaptureQueriesContext(connection) as queries:
            preview(read_rule(rule), NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_own_segments_over_http(api, other_api, business):
    with acting_for(business.id):
        customer_id = buy(1, 3, "tea").customer_id
    assert Response.objects.model
    made = api.post("segments/own", {"name": "چای", "rule": ONE})
    assert made.status_code == 201, made.content
    row = made.json()
    assert row["customers"] == 1
    assert "خریده‌اند" in row["explained"]
    path = f"segments/own/{row['id']}"
    members = api.get(f"{path}/members").json()["data"]
    assert [one["customer_id"] for one in members] == [str(customer_id)]
    why = api.get(f"{path}/members/{customer_id}").json()
    assert why["entered_at"] is not None
    (reason,) = why["conditions"]
    assert (reason["kind"], reason["holds"], reason["value"]) == ("bought", True, 1)
    assert "خریده‌اند" in reason["explained"]
    assert api.get(f"{path}/members/{new_id()}").status_code == 404
    assert other_api.get(f"{path}/members/{customer_id}").status_code == 404
    assert other_api.get("segments/own").json()["data"] == []
    for method, where in (("get", path), ("get", f"{path}/members"), ("delete", path)):
        assert other_api(method, where).status_code == 404
    assert other_api("put", path, {"name": "x", "rule": ONE}).status_code == 404
    tried = api.post("segments/preview", {"rule": {"kind": "not", "of": ONE}}).json()
    assert (tried["customers"], tried["people"]) == (0, [])
    bad = api.post("segments/preview", {"rule": {"kind": "bought", "least": 2, "most": 1}})
    assert bad.status_code == 422
    changed = api("put", path, {"name": "چای ۲", "rule": ONE | {"least": 2}}).json()
    assert (changed["name"], changed["customers"]) == ("چای ۲", 0)
    assert api("delete", path).status_code == 204
    assert api.get("segments/own").json()["data"] == []


# --- very many -----------------------------------------------------------------------------------


@pytest.fixture
def many(three, monkeypatch):
    """As if three customers were too many to be asked at once, every one of them drawn."""
    score_business(now=NOW)
    monkeypatch.setattr("segmentation.queries.own.sample.MANY", 2)
    monkeypatch.setattr("segmentation.queries.own.sample._ASKED", 3)
    return three


def test_among_very_many_a_sample_answers_and_says_how_sure_it_is(many):
    rule = read_rule(ONE)
    few = preview(rule, NOW)
    assert (few.customers, few.between) == (3, (1, 3))
    asked = Sample([uuid4()] * 20_000, each_for=64)
    about, least, most = asked.estimate(500)
    assert about == 32_000
    assert least == pytest.approx(32_000 - 2_750, abs=100)
    assert most == pytest.approx(32_000 + 2_750, abs=150)
    assert Sample([], each_for=2).estimate(0) == (0, 0, 0)


def test_a_draw_is_the_same_for_every_rule_and_about_as_large_as_meant(acting, monkeypatch):
    rows = [
        Customer(id=new_id(), member_code=f"K{n:08d}", status="active", created_at=NOW)
        for n in range(600)
    ]
    Customer.objects.bulk_create(rows)
    score_business(now=NOW)
    run = ScoringRun.objects.get()
    run.customers = 600
    run.save()
    monkeypatch.setattr("segmentation.queries.own.sample.MANY", 100)
    monkeypatch.setattr("segmentation.queries.own.sample._ASKED", 100)
    drawn = sample()
    assert drawn is not None
    assert drawn == sample()
    assert drawn.each_for == 4
    assert 100 < len(drawn.ids) < 200
    assert set(drawn.ids) < {row.id for row in rows}


def test_a_new_rule_among_very_many_waits_for_a_worker_and_is_no_event(many):
    row = create_own_segment(name="x", rule=ONE, actor=None, now=NOW)
    assert (_in(row), row.counted_at) == (set(), None)
    assert refresh_own_segments(customer_ids=many, now=NOW) == 0
    assert count_due() == 1
    assert _in(row) == set(many)
    assert count_due() == 0
    change_own_segment(
        own_segment_id=row.id,
        name="x",
        rule={"kind": "bought", "least": 2},
        actor=None,
        now=NOW + timedelta(minutes=1),
    )
    assert _in(row) == set(many)
    assert count_due() == 1
    assert (_in(row), _heard()) == (set(), [])
