"""Rules of own segments find whom a reader would find."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from businesses.operations import open_branch
from core.calendar import Jalali
from core.errors import Problem
from customers.enums import AttributeSource
from customers.models import AttributeDefinition, AttributeValue, Case, Customer, Purchase
from customers.operations import record_return
from customers.queries.attributes import attributes_of
from loyalty.models import Wallet
from segmentation.models import CustomerScore
from segmentation.operations import (
    score_business,
)
from segmentation.queries.own.names import names
from segmentation.queries.own.reading import read_rule
from tests.segmentation.own import GOODS, NOW, TODAY, buy, found

pytestmark = pytest.mark.django_db


# --- against a plain reading ----------------------------------------------------------------------

RANGES: Any = st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from("lmb")).map(
    lambda r: {
        "l": {"least": min(r[:2])},
        "m": {"most": max(r[:2])},
        "b": {"least": min(r[:2]), "most": max(r[:2])},
    }[r[2]]
)
WHEN: Any = st.sampled_from(
    [{}, {"days": 30}, {"days": 1}, {"within": "this_month"}, {"within": "last_month"},
     {"since": "2026-10-01"}, {"since": "2026-10-01", "until": "2026-11-01"}]
)  # fmt: skip
BOUGHT = st.tuples(
    RANGES, WHEN, st.sampled_from([None, ["tea"], ["c-cake", "tea"], ["SALAD"]])
).map(lambda t: {"kind": "bought", **t[0], **t[1], **({"goods": t[2]} if t[2] else {})})
SPENT = st.tuples(RANGES, WHEN).map(
    lambda t: {"kind": "spent", **{k: v * 100 for k, v in t[0].items()}, **t[1]}
)
LAST = RANGES.map(lambda r: {"kind": "last_purchase", **{k: v * 20 for k, v in r.items()}})
BACK = st.tuples(RANGES, WHEN).map(lambda t: {"kind": "gave_back", **t[0], **t[1]})
LEAF = st.one_of(BOUGHT, SPENT, LAST, BACK)
RULES = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        inner.map(lambda one: {"kind": "not", "of": one}),
        st.lists(inner, min_size=1, max_size=3).map(lambda of: {"kind": "all", "of": of}),
        st.lists(inner, min_size=1, max_size=3).map(lambda of: {"kind": "any", "of": of}),
    ),
    max_leaves=5,
)
SALES = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 70),
        st.lists(st.sampled_from(GOODS), max_size=3),
        st.booleans(),
    ),
    min_size=1, max_size=8,
)  # fmt: skip
MONTHS = {
    "this_month": (Jalali(1405, 9, 1), Jalali(1405, 9, 2)),
    "last_month": (Jalali(1405, 8, 1), Jalali(1405, 8, 30)),
}


def _fits(rule: Any, told: list[dict[str, Any]]) -> Any:
    """Read a rule the way a person would, of one customer's sales."""
    kind = rule["kind"]
    if kind == "not":
        return not _fits(rule["of"], told)
    if kind in {"all", "any"}:
        return (all if kind == "all" else any)(_fits(one, told) for one in rule["of"])
    if kind == "last_purchase":
        return bool(told) and _within(rule, min(one["ago"] for one in told))
    seen = [one for one in told if _when(rule, one["day"])]
    if kind == "spent":
        return _within(rule, sum(one["rial"] - one["back"] for one in seen))
    if kind == "gave_back":
        return _within(rule, sum(one["back"] > 0 for one in told if _when(rule, TODAY)))
    goods = rule.get("goods")
    return _within(
        rule,
        sum(
            goods is None
            or any(g in (sku, f"c-{sku}", sku.upper()) for g in goods for sku in one["skus"])
            for one in seen
        ),
    )


def _within(rule: Any, value: int) -> Any:
    return rule.get("least", value) <= value <= rule.get("most", value)


def _when(rule: Any, day: Any) -> Any:
    if "days" in rule:
        return TODAY - timedelta(days=rule["days"]) < day <= TODAY
    if "within" in rule:
        first, last = (one.to_date() for one in MONTHS[rule["within"]])
        return first <= day <= last
    return rule.get("since", "0") <= day.isoformat() <= rule.get("until", "9999")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sales=SALES, rule=RULES)
def test_a_rule_finds_whom_a_reader_would(sales, rule, acting):
    with transaction.atomic():
        told: dict[Any, list[dict[str, Any]]] = {}
        for number, (who, ago, skus, returned) in enumerate(sales):
            outcome = buy(who, ago, *skus)
            row = Purchase.objects.get(id=outcome.purchase_id)
            if returned:
                record_return(purchase_id=row.id, external_id=f"r{number}", amount_rial=50, now=NOW)
            told.setdefault(outcome.customer_id, []).append(
                {"ago": ago, "day": row.local_date, "skus": skus, "rial": row.total_rial,
                 "back": 50 if returned else 0}
            )  # fmt: skip
        nobody = Customer.objects.create(member_code=str(uuid4()), created_at=NOW)
        told[nobody.id] = []
        everybody = {one for one, facts in told.items() if _fits(rule, facts)}
        assert found(rule) == everybody
        some = list(told)[:2]
        assert found(rule, some) == everybody & set(some)
        transaction.set_rollback(True)


# --- the other kinds ------------------------------------------------------------------------------


@pytest.fixture
def three(acting):
    """Three customers with a purchase each."""
    return [buy(who, 10 * who, "tea").customer_id for who in (1, 2, 3)]


def test_tastes_are_shares_of_pieces(acting):
    lover = buy(1, 5, "tea", "tea", "cake").customer_id
    buy(2, 5, "tea", "cake", "cake")
    rule = {"kind": "prefers", "goods": ["c-tea"], "least": 60}
    assert found(rule) == {lover}
    assert len(found(rule | {"least": 30})) == 2
    assert found(rule | {"days": 4}) == set()


def test_scores_segments_and_moves(three):
    score_business(now=NOW)
    CustomerScore.objects.filter(id=three[0]).update(r=1, segment="lost")
    assert found({"kind": "segment", "segments": ["lost"]}) == {three[0]}
    assert found({"kind": "mark", "mark": "r", "most": 1}) == {three[0]}
    assert found({"kind": "mark", "mark": "staying", "least": 0}) == set()
    now_in = CustomerScore.objects.get(id=three[1]).segment
    assert three[1] in found({"kind": "moved", "segments": [now_in], "days": 1})
    assert found({"kind": "moved", "segments": [now_in], "until": "2020-01-01"}) == set()


def test_points_and_tiers(three, acting):
    Wallet.objects.update(balance_points=0)
    Wallet.objects.filter(id=three[0]).update(balance_points=50)
    assert found({"kind": "points", "least": 1}) == {three[0]}
    assert found({"kind": "points", "most": 0}) == set(three[1:])
    known = names()
    base = list(known.tiers)
    if base:
        assert found({"kind": "tier", "tiers": [str(one) for one in base]}) == set(three)


def test_cases(three):
    Case.objects.create(kind="complaint", title="x", customer_id=three[0], opened_at=NOW)
    Case.objects.create(
        kind="request", title="x", customer_id=three[1], opened_at=NOW - timedelta(days=40),
        state="resolved", resolved_at=NOW,
    )  # fmt: skip
    assert found({"kind": "cases", "least": 1}) == {three[0], three[1]}
    assert found({"kind": "cases", "least": 1, "open": True}) == {three[0]}
    assert found({"kind": "cases", "least": 1, "case": "request"}) == {three[1]}
    assert found({"kind": "cases", "least": 1, "days": 30}) == {three[0]}
    assert found({"kind": "cases", "most": 0}) == {three[2]}


def test_branches_and_amounts(acting, now):
    north = open_branch(code="n", name="شمال", now=now)
    there = buy(1, 1, "tea", rial=5_000, branch_code="n").customer_id
    buy(2, 1, "tea", rial=400)
    asked = {"kind": "bought", "least": 1}
    assert found(asked | {"branch_id": str(north.id)}) == {there}
    assert found(asked | {"least_rial": 5_000}) == {there}
    with pytest.raises(Problem, match="invalid_rule"):
        read_rule(asked | {"branch_id": str(uuid4())})


SAID = st.lists(
    st.tuples(
        st.sampled_from(list(AttributeSource.values)),
        st.sampled_from(["1", "2", None]),
        st.integers(1, 9),
        st.sampled_from([None, 5, 30]),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=SAID)
def test_attributes_hold_as_everywhere_else(said, three):
    with transaction.atomic():
        definition = AttributeDefinition.objects.create(
            key="size", kind="number", title_fa="سایز", created_at=NOW
        )
        for source, value, ago, lasts in said:
            seen = NOW - timedelta(days=ago)
            AttributeValue.objects.create(
                customer_id=three[0], definition=definition, key="size", value=value, source=source,
                observed_at=seen, recorded_at=NOW,
                valid_to=seen + timedelta(days=lasts) if lasts else None,
            )  # fmt: skip
        held = attributes_of([three[0]], NOW)[three[0]].get("size")
        for value in (1, 2):
            expected = {three[0]} if held and held.value == str(value) else set()
            assert (
                found({"kind": "attribute", "key": "size", "least": value, "most": value})
                == expected
            )
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("born", "years", "fits"),
    [("1375-09-02", 30, True), ("1375-09-03", 30, False), ("1375-09", 30, True),
     ("1375-10", 30, False), ("1374-09-03", 30, True), ("1374-09-02", 30, False)],
)  # fmt: skip
def test_ages_are_of_jalali_birthdays(three, born, years, fits):
    kind = "day" if born.count("-") == 2 else "month"
    definition = AttributeDefinition.objects.create(
        key="born", kind=kind, title_fa="تولد", created_at=NOW
    )
    AttributeValue.objects.create(
        customer_id=three[0], definition=definition, key="born", value=born, source="staff",
        observed_at=NOW - timedelta(days=1), recorded_at=NOW - timedelta(days=1),
    )  # fmt: skip
    rule = {"kind": "attribute", "key": "born", "least": years, "most": years}
    assert found(rule) == ({three[0]} if fits else set())


def test_lists_yes_and_texts(three):
    for key, kind, choices, value, asked in (
        ("likes", "choices", [{"code": "a", "fa": "آ"}, {"code": "b", "fa": "ب"}], "a,b", ["b"]),
        ("vegan", "yes_no", [], "yes", ["yes"]),
        ("table", "text", [], "کنار پنجره، بالا", ["کنار پنجره، بالا"]),
    ):
        definition = AttributeDefinition.objects.create(
            key=key, kind=kind, title_fa=key, choices=choices, created_at=NOW
        )
        AttributeValue.objects.create(
            customer_id=three[1], definition=definition, key=key, value=value, source="staff",
            observed_at=NOW - timedelta(days=1), recorded_at=NOW - timedelta(days=1),
        )  # fmt: skip
        assert found({"kind": "attribute", "key": key, "values": asked}) == {three[1]}


def test_a_kind_nobody_knows_is_refused_in_persian(api):
    """Issue 5 §3: bad input to the builder over HTTP gets a clear error in both languages."""
    for rule, told in (({"kind": "x"}, "این نوع شناخته نیست"), ({}, "نوع را بگویید")):
        answer = api.post("segments/preview", {"rule": rule})
        assert answer.status_code == 422
        assert told in str(answer.json()["errors"])
