"""Rules and complaints of docs/loyalty.md have one row each, with tests that say its number."""

import re

import pytest

from tests.house.named_tests import NAMED, cells, docstrings, missing
from tests.house.sources import ROOT

PAGE = ROOT / "docs" / "loyalty.md"
RULES = [f"R{number}" for number in (*range(1, 51), *range(57, 63))]
COMPLAINTS = ["4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.10"]
NO = ("not built", "not shown")


def _rows(text: str, title: str = "The rules") -> list[list[str]]:
    return cells(text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0])


def _silent(rule: str, tests: str) -> list[str]:
    """Return the named tests that say a rule's number neither in their name nor in their words."""
    return _without(re.compile(rf"\b{rule}\b|_{rule.lower()}(?:_|$)"), tests)


def _without(number: re.Pattern[str], tests: str) -> list[str]:
    return [
        f"{path}::{name}"
        for path, name in NAMED.findall(tests)
        if not number.search(f"{name} {docstrings(ROOT / path)[name]}")
    ]


def test_every_named_test_exists():
    assert missing(PAGE.read_text(encoding="utf-8")) == []


def test_every_rule_has_one_row_with_tests_or_a_plain_no():
    rows = _rows(PAGE.read_text(encoding="utf-8"))
    assert [row[0] for row in rows] == RULES
    assert {len(row) for row in rows} == {4}
    bare = [row[0] for row in rows if bool(NAMED.search(row[3])) == row[3].startswith(NO)]
    assert bare == []


def test_every_test_says_the_number_of_its_rule():
    rows = _rows(PAGE.read_text(encoding="utf-8"))
    assert [one for row in rows for one in _silent(row[0], row[3])] == []


def test_every_complaint_has_one_row_and_tests_that_name_it():
    rows = _rows(PAGE.read_text(encoding="utf-8"), "What customers of other products complain of")
    assert [row[0] for row in rows] == COMPLAINTS
    assert {len(row) for row in rows} == {4}
    assert all(NAMED.search(row[3]) for row in rows)
    silent = [
        _without(re.compile(rf"\b[Cc]omplaint {re.escape(row[0])}(?![\d])"), row[3]) for row in rows
    ]
    assert silent == [[]] * len(rows)


@pytest.mark.parametrize(
    ("rule", "silent"), [("R901", False), ("R90", True), ("R1", True), ("R9011", True)]
)
def test_a_test_that_is_silent_about_its_rule_is_noticed(rule, silent):
    """R901 is said here and no other."""
    name = "test_a_test_that_is_silent_about_its_rule_is_noticed"
    named = f"tests/house/test_loyalty_rules.py::{name}"
    assert _silent(rule, f"`{named}`") == ([named] if silent else [])
