"""The product's own source files, as the house tests read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
APPS: Final = tuple(
    sorted(
        folder.name
        for folder in ROOT.iterdir()
        if (folder / "__init__.py").exists() and folder.name != "tests"
    )
)

Node = ast.FunctionDef | ast.AsyncFunctionDef


class Function(NamedTuple):
    """A function, where it stands, and how many lines its signature and body take."""

    file: Path
    name: str
    lines: int
    node: Node


@cache
def files(*suffixes: str) -> tuple[Path, ...]:
    """Files that git knows or would add, except those deleted in the work tree."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = (ROOT / line for line in listed.splitlines())
    return tuple(path for path in paths if path.suffix in suffixes and path.exists())


def product_modules() -> tuple[Path, ...]:
    """Python outside tests and migrations."""
    return tuple(
        path
        for path in files(".py")
        if path.relative_to(ROOT).parts[0] != "tests" and "migrations" not in path.parts
    )


@cache
def tree(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions() -> Iterator[Function]:
    """Every function of the product, measured without decorators and docstring."""
    for path in product_modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, Node):
                yield Function(path.relative_to(ROOT), node.name, _lines(node), node)


def _lines(node: Node) -> int:
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None and len(node.body) > 1:
        whole -= (first.end_lineno or first.lineno) - first.lineno + 1
    return whole
