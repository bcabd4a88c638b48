"""Whole rials, and parts that always sum to the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import (
    MAX_RIAL,
    format_rial,
    format_toman,
    largest_remainder,
    looks_like_wrong_unit,
)

amounts = st.integers(0, MAX_RIAL)


@given(amounts, st.lists(st.integers(0, 10**12), min_size=1, max_size=30))
def test_parts_sum_to_the_whole_and_are_fair(total: int, weights: list[int]) -> None:
    """Rule R6."""
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert total * weight // whole <= part <= total * weight // whole + 1


def test_ties_go_to_the_earlier_part() -> None:
    """Rule R6."""
    assert largest_remainder(2, [1, 1, 1]) == [1, 1, 0]
    assert largest_remainder(5, [0, 0]) == [5, 0]
    assert largest_remainder(5, []) == []


@pytest.mark.parametrize(
    ("rial", "toman"),
    [(0, "۰"), (10, "۱"), (15, "۱٫۵"), (1_234_567_890, "۱۲۳٬۴۵۶٬۷۸۹"), (-25, "-۲٫۵")],
)
def test_toman(rial: int, toman: str) -> None:
    """Rule R1."""
    assert format_toman(rial) == toman


def test_rial() -> None:
    assert format_rial(1_234_567) == "۱٬۲۳۴٬۵۶۷"


@given(st.integers(1, MAX_RIAL // 10))
def test_the_unit_slip_is_seen_both_ways(rial: int) -> None:
    assert looks_like_wrong_unit(rial, rial * 10)
    assert looks_like_wrong_unit(rial * 10, rial)
    assert not looks_like_wrong_unit(rial, rial)
    assert not looks_like_wrong_unit(rial, rial * 10 + 1)
