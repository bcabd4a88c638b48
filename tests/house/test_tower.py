"""import-linter's contracts cover the whole house: a new app or module cannot slip past them."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import APPS, ROOT, files


@pytest.fixture(scope="module")
def settings():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["tool"]["importlinter"]


def _contract(settings, name):
    return next(found for found in settings["contracts"] if found["id"] == name)


def test_every_package_is_in_the_tower(settings):
    tower = {
        app.strip() for layer in _contract(settings, "tower")["layers"] for app in layer.split("|")
    }
    assert set(settings["root_packages"]) == tower == set(APPS)


def test_every_app_keeps_the_inner_order(settings):
    apps = {app for app in APPS if (ROOT / app / "apps.py").exists()} - {"core"}
    assert apps == set(_contract(settings, "inside")["containers"])
    assert _contract(settings, "inside")["exhaustive"]


def test_every_app_with_models_keeps_them_private(settings):
    with_models = {
        app
        for app in set(APPS) - {"core"}
        if (ROOT / app / "models.py").exists() or (ROOT / app / "models").is_dir()
    }
    private = {
        module.partition(".")[0]
        for contract in settings["contracts"]
        if contract["type"] == "protected"
        for module in contract["protected_modules"]
    }
    assert with_models <= private


def _lint(folder):
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--no-cache",
        "--contract",
        "inside",
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path):
    """Return a copy of the product's Python, to be spoilt."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path in (path for path in files(".py") if path.relative_to(ROOT).parts[0] in APPS):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def test_a_stray_module_is_refused(copy):
    assert _lint(copy).returncode == 0
    (copy / "businesses" / "utils.py").write_text('"""Stray."""\n')
    done = _lint(copy)
    assert done.returncode == 1
    assert "businesses.utils" in done.stdout


def test_an_import_against_the_order_is_refused(copy):
    enums = copy / "businesses" / "enums.py"
    enums.write_text(enums.read_text() + "\nimport businesses.operations\n")
    done = _lint(copy)
    assert done.returncode == 1
    assert "businesses.enums" in done.stdout
