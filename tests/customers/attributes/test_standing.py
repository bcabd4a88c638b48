"""What holds of a customer, given all that was said (capability C005)."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotFound, Problem
from customers.models import AttributeValue
from customers.operations import (
    CustomerHint,
    find_or_create,
    merge_customers,
    undo_merge,
)
from customers.operations.attributes import Listed, note_attributes
from customers.queries.attributes import Fact, age_of, attributes_of, known_at
from customers.queries.attributes.standing import CLASSES, standing

pytestmark = pytest.mark.django_db


def test_what_people_say_beats_what_is_inferred_however_new(define, note, holds):
    define()
    note(100, "staff", "نجار")
    note(1, "inferred", "آهنگر")
    note(2, "import", "خیاط")
    assert holds() == "نجار"


def test_of_one_class_the_newer_wins_whoever_said_it(define, note, holds):
    define()
    note(10, "staff", "نجار")
    note(5, "customer", "معلم")
    assert holds() == "معلم"
    note(20, "staff", "بنا")
    assert holds() == "معلم"


def test_a_value_that_ran_out_does_not_bring_an_older_one_back(define, note, holds):
    define()
    note(30, "staff", "نجار")
    note(20, "staff", "معلم", valid_days=5)
    assert holds() is None
    note(40, "import", "خیاط")
    assert holds() == "خیاط"


def test_taken_back_goes_with_all_that_was_known_until_then(define, note, holds):
    define()
    note(30, "import", "خیاط")
    note(25, "staff", "نجار")
    note(20, "staff", None)
    assert holds() is None
    note(10, "import", "معلم")
    assert holds() == "معلم"


def test_a_system_takes_nothing_back_that_a_person_said(define, note, holds):
    define()
    note(30, "staff", "نجار")
    note(20, "import", None)
    assert holds() == "نجار"


def test_every_version_stays_and_the_same_again_is_none(define, note, sara, now):
    define()
    note(30, "staff", "نجار")
    assert note(30, "staff", "نجار") == []
    note(10, "staff", "معلم")
    assert note(5, "customer", "معلم") == ["job"]
    assert AttributeValue.objects.filter(customer_id=sara).count() == 3
    held = attributes_of([sara], now)[sara]["job"]
    assert held.confirmed_at == now - timedelta(days=5)


def test_a_moment_asked_later_answers_what_was_known_then(define, note, sara, now):
    define()
    note(30, "staff", "نجار")
    moment = (sara, now - timedelta(days=20))
    before = known_at({moment}, ["job"])
    note_attributes(
        customer_id=sara,
        given={"job": "معلم"},
        source="staff",
        observed_at=now - timedelta(days=25),
        now=now,
    )
    assert before == known_at({moment}, ["job"]) == {moment: {"job": Fact("text", "نجار")}}


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", "  كيف ", "کیف"),
        ("number", -12, "-12"),
        ("yes_no", True, "yes"),
        ("choice", "b", "b"),
        ("choices", ["b", "a", "b"], "a,b"),
        ("day", "۱۳۷۰/۱۲/۳۰", "1370-12-30"),
        ("month", "1402/5", "1402-05"),
    ],
)
def test_each_kind_is_kept_in_one_form(define, note, holds, kind, given, kept):
    define(kind=kind, choices=_list(kind))
    note(1, "staff", given)
    assert holds() == kept


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("text", ""),
        ("text", 5),
        ("text", "ا" * 201),
        ("number", "5"),
        ("number", True),
        ("number", 10**12),
        ("yes_no", "yes"),
        ("choice", "c"),
        ("choices", []),
        ("choices", ["c"]),
        ("choices", "a"),
        ("day", "1371-12-30"),
        ("day", "2026-11-23"),
        ("month", "1402-13"),
    ],
)
def test_what_is_no_value_of_the_kind_is_refused(define, note, kind, given):
    define(kind=kind, choices=_list(kind))
    with pytest.raises(Problem) as refused:
        note(1, "staff", given)
    assert refused.value.code == "invalid_attribute"
    assert not AttributeValue.objects.exists()


def test_unknown_attributes_people_and_moments_are_refused(define, note, sara, now):
    define()
    with pytest.raises(Problem, match="unknown_attribute"):
        note(1, "staff", "x", key="other")
    with pytest.raises(Problem, match="invalid_moment"):
        note(-1, "staff", "x", valid_days=-2)
    with pytest.raises(NotFound):
        note(1, "staff", "x", whose=define(key="b").id)


def test_a_child_ages_by_itself():
    assert age_of("1402-05", date(2026, 11, 23)) == (3, 4)
    assert age_of("1402-05", date(2027, 8, 23)) == (4, 1)
    assert age_of("1370-12-30", date(2026, 3, 19)) == (33, 11)
    assert age_of("1370-12-30", date(2026, 3, 20)) == (34, 0)
    assert age_of("1402-05", date(2020, 1, 1)) == (0, 0)


def test_values_move_with_a_merge_and_back(define, note, holds, sara, now):
    define()
    other = _other(now)
    note(30, "staff", "نجار")
    note(10, "customer", "معلم", whose=other)
    merge = merge_customers(survivor_id=sara, merged_id=other, now=now)
    assert holds() == "معلم"
    undo_merge(merge_id=merge.id, now=now)
    assert (holds(), holds(whose=other)) == ("نجار", "معلم")


@given(
    st.lists(
        st.tuples(
            st.integers(0, 9), st.sampled_from(sorted(CLASSES)), st.sampled_from(["a", "b", None])
        ),
        max_size=8,
    )
)
def test_no_weaker_word_beats_a_stronger_one_that_stands(said):
    """Plain arithmetic: the newest of the strongest class that has not been taken back."""
    rows: list[Any] = [
        SimpleNamespace(source=source, value=value, observed_at=at, valid_to=None)
        for at, source, value in sorted(said, key=lambda one: one[0])
    ]
    at: Any = 10
    held = standing(rows, at)
    expected: Any = None
    for strength in (2, 1, 0):
        of_class = [one for one in rows if CLASSES[one.source] == strength]
        stronger = [
            newest.observed_at
            for rank in range(strength)
            if (newest := next((r for r in rows[::-1] if CLASSES[r.source] == rank), None))
            and newest.value is None
        ]
        if of_class and of_class[-1].value and of_class[-1].observed_at > max(stronger, default=-1):
            expected = of_class[-1]
    assert held is expected


def _list(kind):
    listed = (Listed(code="a", fa="الف"), Listed(code="b", fa="ب"))
    return listed if kind in {"choice", "choices"} else ()


def _other(now):
    hint = CustomerHint(mobile="09351112233")
    return find_or_create(customer=hint, source="test", now=now).customer_id
