"""Tastes as a condition of own segments: the rule of the profile, asked of everybody (C006)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Problem
from customers.models import Customer
from customers.operations import CustomerHint, NewLine, record_purchases, record_return
from customers.operations.attributes import lay_out_preset
from customers.queries.attributes import definitions
from customers.queries.tastes import can_be_tasted, tastes_of
from segmentation.queries.own.names import names
from segmentation.queries.own.reading import read_rule
from segmentation.queries.own.told import told
from tests.customers.conftest import sale
from tests.segmentation.own import NOW, TODAY, found

SIZES = ("s", "M", "ال")
COLOURS = ("قرمز", "آبی", "red")
CHILDREN = ("دختر", "girl", "Boy", "پسر", "something else", "")


@pytest.fixture
def clothes(acting):
    for vertical in ("clothing", "toys"):
        lay_out_preset(vertical=vertical, now=NOW)
    return {one.key: one for one in definitions()}


def wear(who: int, days_ago: int, **attributes: str):
    new = sale(
        100,
        customer=CustomerHint(mobile=f"0912000000{who}"),
        occurred_at=NOW - timedelta(days=days_ago),
        lines=(NewLine(unit_price_rial=100, name="پیراهن", attributes=attributes),),
        tenders=(),
    )
    (outcome,) = record_purchases(purchases=[new], source="api", now=NOW)
    assert outcome.error is None
    return outcome


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    sales=st.lists(
        st.tuples(
            st.integers(0, 2),
            st.integers(0, 1200),
            st.sampled_from(COLOURS),
            st.sampled_from(SIZES),
            st.sampled_from(CHILDREN),
            st.booleans(),
        ),
        max_size=14,
    )
)
def test_everybodys_tastes_are_those_of_their_profiles(clothes, sales):
    """Property: the statement finds exactly whose profile shows the taste."""
    for who, days_ago, colour, size, child, goes_back in sales:
        sold = wear(who, days_ago, color=colour, size=size, child_gender=child)
        if goes_back:
            record_return(purchase_id=sold.purchase_id, external_id=str(sold.purchase_id), now=NOW)
    everybody = list(Customer.objects.values_list("id", flat=True))
    told_by = {one: tastes_of(one, TODAY) for one in everybody}
    asked = {(t.definition.key, t.value) for tastes in told_by.values() for t in tastes}
    never = {("child_gender", "boy"), ("size", "no such size")}
    for key, value in asked | never:
        if not can_be_tasted(clothes[key]):
            continue
        whose = {
            one
            for one, tastes in told_by.items()
            if (key, value) in {(t.definition.key, t.value) for t in tastes}
        }
        assert found({"kind": "taste", "key": key, "values": [value]}) == whose, (key, value)


def test_a_taste_reads_as_a_sentence_and_strange_ones_are_refused(clothes):
    rule = read_rule({"kind": "taste", "key": "child_gender", "values": ["girl"]}, names())
    sentence = told(rule, names())
    assert "دختر" in sentence
    assert clothes["child_gender"].title in sentence
    with pytest.raises(Problem) as caught:
        read_rule({"kind": "taste", "key": "no-such", "values": ["x"]}, names())
    assert caught.value.code == "invalid_rule"
    with pytest.raises(Problem):
        read_rule({"kind": "taste", "key": "has_child", "values": ["yes"]}, names())
