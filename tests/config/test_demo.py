"""The demonstration's small parts: ports, the box, and ending what it started."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest

from config.demo import board, ports
from config.demo.children import MARK, Child, stop_all, sweep

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
PERSON = {"login": "owner@example.com", "password": "p"}
SEEDED = {
    "businesses": [
        {"name": "کافه", "slug": "cafe", "api_key": "vk", "owner": PERSON, "cashier": PERSON}
    ],
    "staff": PERSON,
}


@pytest.fixture
def taken():
    """Return a port somebody listens on."""
    with socket.socket() as listener:
        listener.bind((ports.HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_told_and_another_used(taken, monkeypatch, capsys):
    monkeypatch.setenv("PORT", str(taken))
    chosen = ports.choose("PORT", 8000, what="web")
    assert chosen > taken
    assert f"{taken} is taken" in capsys.readouterr().out


def test_a_free_port_is_used_silently(taken, monkeypatch, capsys):
    monkeypatch.delenv("PORT", raising=False)
    chosen = ports.choose("PORT", taken + 1, what="web")
    if chosen == taken + 1:
        assert capsys.readouterr().out == ""


def test_the_description_has_its_shape(tmp_path):
    board.write(tmp_path / "demo.json", "http://a", "http://b", SEEDED)
    told = json.loads((tmp_path / "demo.json").read_text())
    assert set(told) == {"base_url", "sandbox_url", "businesses", "staff"}
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json"]


def test_the_box_shows_every_login(capsys, tmp_path):
    board.show(board.write(tmp_path / "demo.json", "http://a", "http://b", SEEDED))
    shown = capsys.readouterr().out
    assert "http://a/api/docs/" in shown
    assert shown.count(PERSON["login"]) == 3


def test_marks_take_no_room():
    assert board.width("صندوق\u200cدار") == 8


@pytest.fixture
def quick(monkeypatch):
    """Shorten the grace given to children."""
    monkeypatch.setattr("config.demo.children.GRACE_SECONDS", 0.5)


def test_a_child_that_does_not_listen_is_ended_all_the_same(tmp_path, quick):
    child = Child("stubborn", [sys.executable, "-c", STUBBORN], tmp_path / "log", os.environ)
    child.start()
    time.sleep(0.3)
    stop_all([child])
    assert child.ended


def test_only_our_own_strays_are_swept(tmp_path, quick):
    def sleeper(owner):
        environment = os.environ | {MARK: str(owner)}
        return subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(60)"], env=environment
        )

    ours, theirs = sleeper(tmp_path), sleeper(tmp_path / "other")
    try:
        time.sleep(0.2)
        assert sweep(tmp_path) == 1
        assert ours.wait(5) != 0
        assert theirs.poll() is None
    finally:
        theirs.kill()
        theirs.wait()
