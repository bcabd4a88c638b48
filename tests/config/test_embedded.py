"""The embedded servers: shared, stopped by the last one out, recovered after kill -9."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys
from config import database
import psycopg2, redis
found = database.databases()["default"]
made = psycopg2.connect(dbname=found["NAME"], user=found["USER"], host=found["HOST"],
                        options=found["OPTIONS"]["options"])
cursor = made.cursor()
cursor.execute("SELECT current_user")
redis.Redis.from_url(database.redis_url()).ping()
print(cursor.fetchone()[0], flush=True)
made.close()
sys.stdin.readline()
"""


class Holders:
    """Processes that use the servers under one folder."""

    def __init__(self, folder):
        self.folder = folder
        self.all = []

    def add(self):
        kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER],
            cwd=ROOT,
            env={**kept, "VAFA_VAR_DIR": str(self.folder), "VAFA_ENV": "test"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.all.append(holder)
        return holder

    def servers(self):
        """Living PostgreSQL, Redis and keeper processes of this folder."""
        return [p for p in psutil.process_iter(["cmdline", "name"]) if self._ours(p)]

    def server(self, name):
        return next(process for process in self.servers() if process.info["name"] == name)

    def _ours(self, process):
        if process.info["name"] == "redis-server":
            return _cwd(process) == str(self.folder / "redis")
        line = process.info["cmdline"] or []
        return str(self.folder) in line or str(self.folder / "pg") in line


def _cwd(process):
    try:
        return process.cwd()
    except psutil.Error:
        return None


def _ready(holder):
    return holder.stdout.readline().strip()


def _end(holder):
    holder.kill()
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()


def _leave(holder):
    holder.stdin.close()
    assert holder.wait(30) == 0


def _eventually(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


@pytest.fixture
def holders(tmp_path):
    """Return an empty crowd; nothing of it is left afterwards."""
    crowd = Holders(tmp_path)
    yield crowd
    for holder in crowd.all:
        _end(holder)
    assert _eventually(lambda: not crowd.servers())


def test_many_start_at_once_and_the_last_one_out_stops_everything(holders):
    crowd = [holders.add() for _ in range(4)]
    assert [_ready(holder) for holder in crowd] == ["vafa_web"] * 4
    assert len([p for p in holders.servers() if p.info["name"] == "postgres"]) == 1
    for holder in crowd[:-1]:
        _leave(holder)
    assert len(holders.servers()) == 3
    _leave(crowd[-1])
    assert holders.servers() == []


def test_servers_leave_after_their_holder_was_killed(holders):
    holder = holders.add()
    _ready(holder)
    holder.send_signal(signal.SIGKILL)
    assert _eventually(lambda: not holders.servers())


def test_killed_servers_start_again_with_their_data(holders):
    _ready(holders.add())
    address = (holders.folder / "redis" / "url").read_text()
    for name in ("postgres", "redis-server"):
        holders.server(name).kill()
    again = holders.add()
    assert _ready(again) == "vafa_web"
    assert (holders.folder / "redis" / "url").read_text() == address


def test_a_stale_lock_naming_a_living_stranger_is_no_hindrance(holders):
    first = holders.add()
    _ready(first)
    lock = (holders.folder / "pg" / "postmaster.pid").read_text()
    _leave(first)
    stale = holders.folder / "pg" / "postmaster.pid"
    stale.write_text(str(os.getpid()) + lock[lock.index("\n") :])
    assert _ready(holders.add()) == "vafa_web"


def test_a_path_too_long_for_a_socket_is_no_hindrance(tmp_path):
    folder = tmp_path / ("long" * 30)
    crowd = Holders(folder)
    holder = crowd.add()
    try:
        assert _ready(holder) == "vafa_web"
        _leave(holder)
    finally:
        _end(holder)
    assert crowd.servers() == []
