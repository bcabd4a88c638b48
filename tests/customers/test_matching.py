"""Comparing like people: the figures by hand, and when nothing may be said."""

import pytest

from customers.queries.matching import Cell, Verdict, compared


def _cell(kind: str, stratum: str, count: int, total: float, squares: float | None = None) -> Cell:
    squares = total if squares is None else squares
    return Cell(kind=kind, stratum=stratum, count=count, total=total, squares=squares)


def test_shares_by_hand():
    found = compared(
        [
            _cell("waited", "a", 10, 2),
            _cell("", "a", 40, 20),
            _cell("waited", "b", 30, 15),
            _cell("", "b", 10, 8),
            _cell("waited", "c", 3, 3),
            _cell("", "d", 900, 900),
            _cell("quick", "a", 5, 5),
        ],
        kind="waited",
        like="",
        yes_or_no=True,
    )
    assert (found.people, found.like, found.unmatched) == (40, 50, 3)
    assert found.mean == 17 / 40
    # A quarter of the matched people are in stratum a: 0.25 · 0.5 + 0.75 · 0.8.
    assert found.like_mean == pytest.approx(0.725)
    # ±1.96 · √(0.244898/40 + 0.246672 · (0.25²/40 + 0.75²/10)) = ±0.279823.
    assert (found.low, found.high) == pytest.approx((-0.579823, -0.020177), abs=1e-6)
    assert found.verdict is Verdict.LESS


def test_amounts_by_hand_and_too_few_people():
    found = compared(
        [_cell("credit", "a", 2, 30, 500), _cell("", "a", 2, 10, 50)], kind="credit", like=""
    )
    # The variances are 50 and 0: ±1.96 · √(50/2).
    assert (found.difference, found.low, found.high) == pytest.approx((10, 0.200180, 19.799820))
    assert found.verdict is Verdict.UNCLEAR


def test_an_interval_with_zero_says_nothing():
    cells = [_cell("waited", "a", 40, 20), _cell("", "a", 40, 24)]
    found = compared(cells, kind="waited", like="", yes_or_no=True)
    assert found.verdict is Verdict.UNCLEAR


def test_people_who_all_did_the_same_are_not_certain():
    cells = [_cell("waited", "a", 30, 30), _cell("", "a", 30, 30)]
    found = compared(cells, kind="waited", like="", yes_or_no=True)
    assert found.low is not None
    assert found.low < -0.05
    assert found.verdict is Verdict.UNCLEAR


@pytest.mark.parametrize(
    "cells",
    [[], [_cell("waited", "a", 40, 20)], [_cell("waited", "a", 40, 20), _cell("", "b", 9, 1)]],
)
def test_without_anybody_alike_there_are_no_figures(cells):
    found = compared(cells, kind="waited", like="", yes_or_no=True)
    assert (found.people, found.mean, found.difference, found.verdict) == (
        0,
        None,
        None,
        Verdict.UNCLEAR,
    )


def test_one_person_tells_no_spread():
    cells = [_cell("credit", "a", 1, 5, 25), _cell("", "a", 50, 250, 1_250)]
    found = compared(cells, kind="credit", like="")
    assert (found.difference, found.low, found.verdict) == (0, None, Verdict.UNCLEAR)
