"""What the database promises of attributes, and what presets lay out (C005, C016, C090, R59)."""

import json

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import Problem
from customers.models import AttributeDefinition, AttributeValue
from customers.operations import CustomerHint, ask_erasure, confirm_erasure, find_or_create
from customers.operations.attributes import (
    AttributeChanges,
    Listed,
    change_attribute,
    lay_out_preset,
)
from customers.queries import customer_view
from customers.queries.kept import person_document
from tests.dump import found_in_dump

pytestmark = pytest.mark.django_db


@pytest.fixture
def raw(sara, now):
    """Return `raw(definition, value, **other)`: write a value past every operation."""

    def run(definition, value, **other):
        facts = {
            "customer_id": sara,
            "definition": definition,
            "key": definition.key,
            "value": value,
            "source": "staff",
            "observed_at": now,
            "recorded_at": now,
        }
        with transaction.atomic():
            return AttributeValue.objects.create(**(facts | other))

    return run


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "five"),
        ("number", "007"),
        ("yes_no", "true"),
        ("choice", "c"),
        ("choices", "a,c"),
        ("day", "1370-13-01"),
        ("month", "2026-11"),
        ("text", "x" * 201),
    ],
)
def test_the_database_refuses_a_value_of_another_kind(define, raw, kind, value):
    listed = (Listed(code="a", fa="الف"),) if kind in {"choice", "choices"} else ()
    definition = define(kind=kind, choices=listed)
    with pytest.raises(IntegrityError):
        raw(definition, value)


def test_the_database_refuses_another_key_and_impossible_times(define, raw, now):
    definition = define()
    with pytest.raises(IntegrityError):
        raw(definition, "x", key="other")
    with pytest.raises(IntegrityError):
        raw(definition, "x", valid_to=now)


@pytest.mark.parametrize("column", ["value = 'y'", "source = 'import'", "observed_at = now()"])
def test_the_database_keeps_what_was_said(define, raw, column):
    row = raw(define(), "x")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE customers_attributevalue SET {column} WHERE id = %s",
            [row.id],
        )


def test_the_database_keeps_keys_kinds_and_lists(define):
    row = define(kind="choice", choices=(Listed(code="a", fa="الف"), Listed(code="b", fa="ب")))
    for change in ({"key": "other"}, {"kind": "choices"}, {"choices": [{"code": "a"}]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AttributeDefinition.objects.filter(id=row.id).update(**change)


def test_titles_change_and_lists_grow(define, now):
    row = define(kind="choice", choices=(Listed(code="a", fa="الف"),))
    longer = (Listed(code="a", fa="آ"), Listed(code="b", fa="ب"))
    changes = AttributeChanges(title_fa="شغل", choices=longer, privacy="sensitive")
    changed = change_attribute(definition_id=row.id, changes=changes, now=now)
    assert (changed.title_fa, changed.privacy) == ("شغل", "sensitive")
    assert [one["fa"] for one in changed.choices] == ["آ", "ب"]
    with pytest.raises(Problem, match="invalid_attribute_definition"):
        change_attribute(
            definition_id=row.id, changes=AttributeChanges(choices=longer[1:]), now=now
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "Job"},
        {"kind": "colour"},
        {"kind": "choice"},
        {"choices": (Listed(code="a", fa="الف"),)},
        {"title_fa": " "},
        {"privacy": "open"},
        {"learned_from": "weather"},
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(define, wrong):
    with pytest.raises(Problem, match="invalid_attribute_definition"):
        define(**wrong)


def test_one_key_is_one_attribute(define):
    define()
    with pytest.raises(Problem, match="attribute_taken"):
        define()


def test_a_new_business_has_its_trades_attributes(acting):
    keys = set(AttributeDefinition.objects.values_list("key", flat=True))
    assert keys == {"favourite_table", "favourite_item", "usual_time", "usual_spend"}


@pytest.mark.parametrize("trade", ["cafe", "clothing", "toys", "other"])
def test_c090_a_preset_twice_changes_nothing_and_removes_nothing(acting, now, trade):
    table = AttributeDefinition.objects.get(key="favourite_table")
    changes = AttributeChanges(title_fa="گوشهٔ دنج", is_active=False)
    change_attribute(definition_id=table.id, changes=changes, now=now)
    lay_out_preset(vertical=trade, now=now)
    before = list(AttributeDefinition.objects.order_by("id").values())
    assert lay_out_preset(vertical=trade, now=now) == 0
    assert list(AttributeDefinition.objects.order_by("id").values()) == before
    table.refresh_from_db()
    assert (table.title_fa, table.is_active) == ("گوشهٔ دنج", False)


def test_r59_values_are_given_out_and_go_with_the_person(define, note, sara, now):
    define()
    note(30, "staff", "جراح قلب")
    note(10, "customer", "جراح مغز")
    told = person_document(sara, now)["sections"]["customers.attributevalue"]
    assert [(one["key"], one["value"], one["source"]) for one in told] == [
        ("job", "جراح قلب", "staff"),
        ("job", "جراح مغز", "customer"),
    ]
    assert "جراح" in json.dumps([one["value"] for one in told], ensure_ascii=False)
    asked = ask_erasure(customer_id=sara, reason="asked", now=now)
    _erased(asked.id, sara, now)
    assert found_in_dump("جراح") == []
    assert not AttributeValue.objects.filter(customer_id=sara).exists()


def test_r59_a_value_of_another_that_names_the_person_is_emptied(define, note, sara, now):
    define()
    hint = CustomerHint(mobile="09351112233")
    friend = find_or_create(customer=hint, source="test", now=now).customer_id
    note(1, "staff", "دوستِ سارا کریمی", whose=friend)
    asked = ask_erasure(customer_id=sara, reason="asked", now=now)
    _erased(asked.id, sara, now)
    assert AttributeValue.objects.get(customer_id=friend).value is None


def _erased(erasure_id, customer_id, now):
    person = customer_view(customer_id)
    assert person is not None
    confirm_erasure(erasure_id=erasure_id, member_code=person.member_code, now=now)
