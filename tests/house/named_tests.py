"""Tests that a page of documentation names."""

import ast
import re
from pathlib import Path

from tests.house.sources import ROOT, tree

NAMED = re.compile(r"`([\w/.-]+\.py)::([\w:]+)`")


def docstrings(path: Path) -> dict[str, str]:
    """Return the docstrings of a file's test functions; those of a class as Class::function."""
    found = {}
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = ast.get_docstring(node) or ""
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}::{f.name}": ast.get_docstring(f) or ""
                for f in node.body
                if isinstance(f, ast.FunctionDef)
            }
    return {name: said for name, said in found.items() if _is_test(name)}


def missing(text: str) -> list[str]:
    """Return the tests a text names that are not in the tree."""
    return [
        f"{path}::{name}"
        for path, name in sorted(set(NAMED.findall(text)))
        if not (ROOT / path).is_file() or name not in docstrings(ROOT / path)
    ]


def cells(part: str) -> list[list[str]]:
    """Return the rows of the one table in a text, its head left out."""
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _is_test(name: str) -> bool:
    return name.rpartition("::")[2].startswith("test_")
