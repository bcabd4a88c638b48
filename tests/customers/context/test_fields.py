"""What lines of sales may tell: defined, held against, learned from (capability C016)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import TEHRAN, business_day
from core.errors import Problem
from customers.models import AttributeDefinition, ContextField, Purchase, PurchaseLine
from customers.operations import CustomerHint, NewLine
from customers.operations.attributes import (
    Listed,
    NewAttribute,
    define_attribute,
    lay_out_preset,
)
from customers.operations.context import (
    ContextChanges,
    NewContextField,
    change_context_field,
    define_context_field,
    lay_out_context,
)
from customers.queries.context import wrong_with
from customers.queries.tastes import tastes_of
from tests.customers.conftest import sale

pytestmark = pytest.mark.django_db
MEALS = (Listed(code="lunch", fa="ناهار"), Listed(code="dinner", fa="شام"))


@pytest.fixture
def cafe(acting, now):
    """Lay out what a café's lines tell."""
    lay_out_context(vertical="cafe", now=now)


def told(context=None, /, **attributes):
    """Return a sale of one line."""
    line = NewLine(unit_price_rial=900_000, attributes=attributes)
    return sale(lines=(line,), context=context or {})


def test_c016_without_fields_a_line_tells_what_it_likes(acting, record_one):
    record_one(told(anything=[1, {"deep": None}], table=7))
    assert PurchaseLine.objects.get().attributes == {"anything": [1, {"deep": None}], "table": 7}


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"table": "۷"}, ()),
        ({"table": "7", "guests": 3, "take_away": False, "daypart": "lunch"}, ()),
        ({"tabel": "7"}, ("tabel",)),
        ({"table": 7}, ("table",)),
        ({"table": ""}, ("table",)),
        ({"table": None}, ("table",)),
        ({"guests": "3"}, ("guests",)),
        ({"guests": True}, ("guests",)),
        ({"guests": 3.5}, ("guests",)),
        ({"take_away": "yes"}, ("take_away",)),
        ({"daypart": "brunch", "guests": "x", "table": "7"}, ("daypart", "guests")),
    ],
)
def test_c016_what_is_unknown_or_of_another_kind_is_refused_by_its_name(cafe, record, said, wrong):
    (outcome,) = record(told(**said))
    if not wrong:
        assert outcome.error is None
        assert PurchaseLine.objects.get().attributes == said
        return
    assert outcome.error.code == "invalid_context"
    assert set(outcome.error.fields) == {f"lines.0.attributes.{one}" for one in wrong}
    assert not Purchase.objects.exists()


def test_c016_one_refused_sale_of_many_leaves_the_others(cafe, record):
    outcomes = record(told(table="7"), told(table=7), told(guests=2))
    assert [one.error and one.error.code for one in outcomes] == [None, "invalid_context", None]


def test_c016_what_holds_of_the_sale_holds_of_lines_that_do_not_say_otherwise(cafe, record_one):
    lines = (
        NewLine(unit_price_rial=400_000, attributes={"size": "بزرگ"}),
        NewLine(unit_price_rial=500_000, attributes={"table": "9"}),
    )
    record_one(sale(lines=lines, context={"table": "7", "guests": 2}))
    said = list(PurchaseLine.objects.order_by("position").values_list("attributes", flat=True))
    assert said == [{"guests": 2, "size": "بزرگ", "table": "7"}, {"guests": 2, "table": "9"}]


def test_c016_what_is_wrong_of_the_sale_is_named_there(cafe, record):
    (outcome,) = record(told({"tabel": "7"}, table="7"))
    assert list(outcome.error.fields) == ["context.tabel"]
    (empty,) = record(sale(context={"table": "7"}))
    assert list(empty.error.fields) == ["context"]


def test_c016_a_field_out_of_use_is_unknown_and_without_any_all_is_free_again(acting, now, record):
    row = define_context_field(
        new=NewContextField(key="Salon", kind="text", title_fa="سالن"), now=now
    )
    assert record(told(Salon="آبی"))[0].error is None
    other = NewContextField(key="table", kind="text", title_fa="میز")
    define_context_field(new=other, now=now)
    off = ContextChanges(is_active=False)
    change_context_field(field_id=row.id, changes=off, now=now)
    assert record(told(Salon="آبی"))[0].error.code == "invalid_context"
    change_context_field(field_id=ContextField.objects.get(key="table").id, changes=off, now=now)
    assert record(told(Salon=1, x=2))[0].error is None


def test_c016_a_repeat_is_a_repeat_also_when_the_sale_said_it_for_its_lines(cafe, record):
    new = told({"table": "7"})
    first, again = record(new)[0], record(new)[0]
    assert (first.replayed, again.replayed) == (False, True)


def test_c016_a_sale_that_says_nothing_costs_no_question(cafe, record):
    record(told())
    with CaptureQueriesContext(connection) as silent:
        record(told())
    with CaptureQueriesContext(connection) as one:
        record(told(table="7"))
    with CaptureQueriesContext(connection) as three:
        record(*(told(table="7") for _ in range(3)))
    assert len(one) == len(three) == len(silent) + 1


@pytest.mark.parametrize("trade", ["cafe", "clothing", "toys", "other"])
def test_c016_a_preset_twice_changes_nothing_and_removes_nothing(acting, now, trade):
    new = NewContextField(key="size", kind="choice", title_fa="سایز", choices=MEALS)
    row = define_context_field(new=new, now=now)
    change_context_field(field_id=row.id, changes=ContextChanges(is_active=False), now=now)
    assert lay_out_context(vertical=trade, now=now) > 0
    before = list(ContextField.objects.order_by("id").values())
    assert lay_out_context(vertical=trade, now=now) == 0
    assert list(ContextField.objects.order_by("id").values()) == before
    row.refresh_from_db()
    assert (row.kind, row.is_active) == ("choice", False)


@pytest.mark.parametrize("trade", ["cafe", "clothing", "toys", "other"])
def test_c016_what_a_trade_asks_of_customers_its_lines_may_tell(acting, now, trade):
    """C090: every attribute of a preset that a line tells is a field of that trade's lines."""
    AttributeDefinition.objects.all().delete()
    lay_out_preset(vertical=trade, now=now)
    lay_out_context(vertical=trade, now=now)
    asked = AttributeDefinition.objects.filter(learned_from__startswith="line.")
    told_by = {f"line.{key}" for key in ContextField.objects.values_list("key", flat=True)}
    assert set(asked.values_list("learned_from", flat=True)) <= told_by


@pytest.mark.parametrize(
    "spoilt",
    [
        {"key": "۷"},
        {"key": "a b"},
        {"kind": "day"},
        {"title_fa": " "},
        {"kind": "choice"},
        {"choices": MEALS},
    ],
)
def test_c016_a_field_is_refused_by_what_is_wrong_with_it(acting, now, spoilt):
    facts = {"key": "table", "kind": "text", "title_fa": "میز"} | spoilt
    with pytest.raises(Problem, match="invalid_attribute_definition"):
        define_context_field(new=NewContextField(**facts), now=now)
    assert not ContextField.objects.exists()


def test_c016_a_name_is_taken_once_and_a_list_only_grows(acting, now):
    new = NewContextField(key="daypart", kind="choice", title_fa="وعده", choices=MEALS)
    row = define_context_field(new=new, now=now)
    with pytest.raises(Problem, match="context_field_taken"):
        define_context_field(new=new, now=now)
    with pytest.raises(Problem, match="invalid_attribute_definition"):
        change_context_field(field_id=row.id, changes=ContextChanges(choices=MEALS[:1]), now=now)


@pytest.mark.parametrize("change", [{"kind": "number"}, {"key": "other"}])
def test_c016_the_database_keeps_key_and_kind(cafe, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        ContextField.objects.filter(key="table").update(**change)


def test_c016_yes_and_no_of_lines_are_learned_by_customers_attributes(cafe, record_one, now):
    """What rules and own segments ask of customers is read from fields of their lines."""
    AttributeDefinition.objects.all().delete()
    define_attribute(
        new=NewAttribute(
            key="takes_away", kind="yes_no", title_fa="بیرون‌بر", learned_from="line.take_away"
        ),
        now=now,
    )
    for days_ago in (30, 20, 10):
        at = now - timedelta(days=days_ago)
        line = NewLine(unit_price_rial=900_000, attributes={"take_away": True})
        who = CustomerHint(mobile="09121234567")
        made = record_one(sale(lines=(line,), customer=who, occurred_at=at), at=at)
    (taste,) = tastes_of(made.customer_id, business_day(now, TEHRAN))
    assert (taste.value, taste.purchases) == ("yes", 3)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(value=_ANYTHING, kind=st.sampled_from(["text", "number", "yes_no", "choice"]))
def test_c016_whatever_is_sent_fits_or_is_refused_in_words(value, kind):
    """Property: a value fits one kind at most, and nothing sent breaks the answer."""
    listed = [{"code": "a", "fa": "الف", "en": ""}] if kind == "choice" else []
    fields = {"x": ContextField(key="x", kind=kind, title_fa="ایکس", choices=listed)}
    sentence = wrong_with(fields, "x", value)
    fits = {
        "text": isinstance(value, str) and bool(value.strip()),
        "number": type(value) is int and abs(value) < 10**12,
        "yes_no": isinstance(value, bool),
        "choice": value == "a",
    }[kind]
    assert (sentence is None) == fits
    assert sentence is None or "x" in str(sentence)
