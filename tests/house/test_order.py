"""Tests are shared out so that nobody waits for the database that the first worker makes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.order import shared_out


def test_the_second_half_begins_with_tests_that_need_no_database():
    assert shared_out("abcdef", "12", 2) == [*"abcd", *"12", *"ef"]


@pytest.mark.parametrize("workers", [0, 1])
def test_one_worker_makes_the_database_first(workers):
    assert shared_out("ab", "1", workers) == [*"ab", "1"]


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 9))
def test_every_test_is_there_once_and_in_its_order(stored, plain, workers):
    rows = [("stored", n) for n in range(stored)]
    simple = [("plain", n) for n in range(plain)]
    found = shared_out(rows, simple, workers)
    assert [one for one in found if one[0] == "stored"] == rows
    assert [one for one in found if one[0] == "plain"] == simple
    assert len(found) == stored + plain


@given(st.integers(2, 9), st.data())
def test_each_part_but_the_first_begins_without_one(workers, data):
    plain = data.draw(st.integers(workers - 1, 40))
    stored = data.draw(st.integers(plain * workers, 400))
    found = shared_out(["stored"] * stored, ["plain"] * plain, workers)
    part = len(found) // workers
    assert [found[part * n] for n in range(workers)] == ["stored", *["plain"] * (workers - 1)]
