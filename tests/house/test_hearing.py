"""Whoever hears something is loaded when the product starts, not only when a test imports it."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _imported(package):
    """Return the modules of a package that its `__init__` imports."""
    tree = ast.parse((package / "__init__.py").read_text())
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {alias.name for alias in node.names}
            found.add(node.module.rpartition(".")[2])
    return found


def test_every_module_of_subscribers_is_loaded_with_its_app():
    packages = [one.parent for one in ROOT.glob("*/subscribers/__init__.py")]
    assert packages
    forgotten = [
        f"{module.relative_to(ROOT)}"
        for package in packages
        for module in package.glob("*.py")
        if module.stem != "__init__" and module.stem not in _imported(package)
    ]
    assert forgotten == []
