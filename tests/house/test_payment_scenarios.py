"""The scenario table of docs/payments.md names tests that exist, and covers all fifteen."""

import re

import pytest

from tests.house.named_tests import NAMED, cells, missing
from tests.house.sources import ROOT

PAGE = ROOT / "docs" / "payments.md"
SCENARIO = re.compile(r"^### (\d+)\. ", re.MULTILINE)
NOT_SHOWN = "not shown: no such product here"


def _rows(text: str) -> dict[int, list[list[str]]]:
    """Return the rows of each scenario's table, as cells."""
    _, *parts = SCENARIO.split(text)
    scenarios = zip(map(int, parts[::2]), parts[1::2], strict=True)
    return {number: cells(part.split("\n## ")[0]) for number, part in scenarios}


def test_every_named_test_exists():
    text = PAGE.read_text(encoding="utf-8")
    assert len(NAMED.findall(text)) > len(SCENARIO.findall(text))
    assert missing(text) == []


def test_all_fifteen_scenarios_have_rows_with_a_test_or_a_plain_no():
    rows = _rows(PAGE.read_text(encoding="utf-8"))
    assert sorted(rows) == list(range(1, 16))
    bare = [
        (number, row[0])
        for number, table in rows.items()
        for row in table
        if len(row) != 4 or not (NAMED.search(row[3]) or row[3] == NOT_SHOWN)
    ]
    assert bare == []
    assert all(rows.values())
    assert {row[1] for table in rows.values() for row in table if row[3] == NOT_SHOWN} <= {
        "no such product here"
    }


@pytest.mark.parametrize(
    "named",
    [
        "tests/nowhere/test_nothing.py::test_nothing",
        "tests/house/test_payment_scenarios.py::test_that_nobody_wrote",
        "tests/house/test_payment_scenarios.py::_rows",
    ],
)
def test_a_test_that_is_not_there_is_noticed(named):
    assert missing(f"`{named}`") == [named]
