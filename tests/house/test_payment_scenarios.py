"""The scenario table of docs/payments.md names tests that exist, and covers all fifteen."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, tree

PAGE = ROOT / "docs" / "payments.md"
NAMED = re.compile(r"`([\w/.-]+\.py)::([\w:]+)`")
SCENARIO = re.compile(r"^### (\d+)\. ", re.MULTILINE)
NOT_SHOWN = "not shown: no such product here"


def _tests_of(path: Path) -> set[str]:
    """Return the test functions of a file; those of a class as Class::function."""
    found = set()
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{f.name}" for f in node.body if isinstance(f, ast.FunctionDef)}
    return {name for name in found if name.rpartition("::")[2].startswith("test_")}


def _missing(text: str) -> list[str]:
    """Return the tests a text names that are not in the tree."""
    return [
        f"{path}::{name}"
        for path, name in sorted(set(NAMED.findall(text)))
        if not (ROOT / path).is_file() or name not in _tests_of(ROOT / path)
    ]


def _rows(text: str) -> dict[int, list[list[str]]]:
    """Return the rows of each scenario's table, as cells."""
    _, *parts = SCENARIO.split(text)
    scenarios = zip(map(int, parts[::2]), parts[1::2], strict=True)
    return {number: _cells(part.split("\n## ")[0]) for number, part in scenarios}


def _cells(part: str) -> list[list[str]]:
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_named_test_exists():
    text = PAGE.read_text(encoding="utf-8")
    assert len(NAMED.findall(text)) > len(SCENARIO.findall(text))
    assert _missing(text) == []


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
        "tests/house/test_payment_scenarios.py::_missing",
    ],
)
def test_a_test_that_is_not_there_is_noticed(named):
    assert _missing(f"`{named}`") == [named]
