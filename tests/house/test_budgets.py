"""The size of things: small functions, small files, named well."""

import ast
import re
import statistics

import pytest

from tests.house.sources import APPS, ROOT, files, functions, product_modules, tree

MEDIAN_FUNCTION, MOST_FUNCTIONS, LONGEST_FUNCTION = 6, 20, 40
LONGEST_FILE = 400
SHAPELESS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "tools",
    "shared",
    "base_utils",
}
# Split so that this file does not accuse itself.
UNFINISHED = re.compile(
    "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX:", "Not" + "ImplementedError"])
)
LOCKED_ADDRESS = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|\"resolved\"")


def test_functions_are_short():
    lengths = [function.lines for function in functions()]
    assert statistics.median(lengths) <= MEDIAN_FUNCTION
    assert statistics.quantiles(lengths, n=10)[-1] <= MOST_FUNCTIONS


def test_no_function_is_long():
    assert [f"{f.file}:{f.name} {f.lines}" for f in functions() if f.lines > LONGEST_FUNCTION] == []


def test_no_file_is_long():
    long = {
        str(path.relative_to(ROOT)): count
        for path in files(".py", ".html", ".css", ".js")
        if "migrations" not in path.parts
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_every_module_says_what_it_is_for():
    shapeless = [
        str(path.relative_to(ROOT))
        for path in product_modules()
        if path.stem in SHAPELESS or path.parent.name in SHAPELESS
    ]
    assert shapeless == []


def test_nothing_is_left_unfinished():
    sources = files(".py", ".html", ".js", ".css", ".toml", ".yml", ".yaml", ".sh")
    unfinished = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert unfinished == []


def test_only_named_errors_are_caught():
    broad = [
        f"{path.relative_to(ROOT)}:{handler.lineno}"
        for path in product_modules()
        for handler in ast.walk(tree(path))
        if isinstance(handler, ast.ExceptHandler) and _is_broad(handler)
    ]
    assert broad == []


def test_every_decision_has_a_number_of_its_own():
    """Two people took the next free one at once, three times."""
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [int(path.name[:4]) for path in decisions]
    assert len(set(numbers)) == len(numbers) > 50
    for path, number in zip(decisions, numbers, strict=True):
        assert path.read_text(encoding="utf-8").startswith(f"# {number}. "), path.name


def test_nothing_listens_to_model_signals():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in product_modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("django.db.models.signals")
    ]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.lock", "package-lock.json"])
def test_locks_name_no_host(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    # Who funds a package is said by address too, and is no place packages come from.
    lines = [line for line in text.splitlines() if '"url":' not in line]
    assert [line for line in lines if LOCKED_ADDRESS.search(line)] == []


def test_every_python_requirement_is_locked_by_hash():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text)
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_app_tells_what_it_owns():
    without = [
        app
        for app in APPS
        if (ROOT / app / "apps.py").exists() and not (ROOT / app / "README.md").exists()
    ]
    assert without == []


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
    reraises = any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
    return bool(names & {"Exception", "BaseException"}) and not reraises
