"""kill -9 in the middle of a delivery, Redis wiped: each subscriber has one effect all the same."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from urllib.parse import quote, urlencode

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from businesses.models import AuditEntry
from config.embedded.redis import Redis
from core.tenancy import acting_for
from outbox.enums import DeliveryState
from outbox.models import Delivery
from outbox.operations import publish
from outbox.queries.invariants import broken
from tests.outbox.killable import ACTION, SUBSCRIBERS, Struck

EVENTS = 4
LEASE_S = 2
PATIENCE_S = 90


@pytest.fixture
def broker(tmp_path):
    """A Redis of this test's own: it will be wiped."""
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


def _database_url():
    """The test database's address for another process."""
    known = connection.settings_dict
    login = quote(known["USER"]) + (f":{quote(known['PASSWORD'])}" if known["PASSWORD"] else "")
    place = {"host": known["HOST"]} | ({"port": known["PORT"]} if known["PORT"] else {})
    return f"postgresql://{login}@/{known['NAME']}?{urlencode(place)}"


@contextmanager
def _worker(broker, folder):
    """A real worker with its beat, in a process group of its own; killed at the end."""
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-B"]
    command += ["-Q", "default", "-c", "2", "--without-gossip", "--without-mingle"]
    command += ["-s", str(folder / "schedule"), "--include", "tests.outbox.killable"]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "VAFA_ENV": "test",
        "VAFA_DB_ROLE": "vafa_worker",
        "DATABASE_URL": _database_url(),
        "REDIS_URL": broker.url(),
        "OUTBOX_LEASE_SECONDS": str(LEASE_S),
        "KILLABLE_DIR": str(folder),
        "C_FORCE_ROOT": "1",
    }
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(fact, log):
    until = time.monotonic() + PATIENCE_S
    while not fact():
        assert time.monotonic() < until, log.read_text()[-4000:]
        time.sleep(0.02)


def _beginnings(folder):
    return Counter(
        {mark.name: len(mark.read_text()) for mark in folder.glob("*-*") if mark.is_file()}
    )


def _all_done(business):
    with acting_for(business.id):
        owed = Delivery.objects.filter(subscriber__startswith="test.")
        return not owed.exclude(state=DeliveryState.DONE).exists()


@pytest.mark.timeout(240)
def test_killed_workers_and_a_wiped_broker_neither_lose_nor_double(
    committed, business, broker, tmp_path
):
    folder, log = tmp_path / "marks", tmp_path / "marks" / "log"
    folder.mkdir()
    with acting_for(business.id):
        events = publish([Struck(number=n) for n in range(EVENTS)], now=timezone.now())

    for subscriber in ("slow", "wire"):
        before = _beginnings(folder)
        with _worker(broker, folder):
            _wait(
                lambda before=before, subscriber=subscriber: any(
                    name.startswith(subscriber) for name in _beginnings(folder) - before
                ),
                log,
            )
        with redis.Redis.from_url(broker.url()) as client:
            client.flushall()
    assert not _all_done(business)

    with _worker(broker, folder):
        _wait(lambda: _all_done(business), log)

    with acting_for(business.id):
        hits = Counter(AuditEntry.objects.filter(action=ACTION).values_list("subject", flat=True))
        assert hits == {f"{name} {event.id}": 1 for name in SUBSCRIBERS for event in events}
        assert broken(timezone.now()) == []
    begun = _beginnings(folder)
    # The kills did hit deliveries: something began more often than it had an effect.
    assert sum(begun.values()) > sum(1 for name in begun)
    assert any(times > 1 for name, times in begun.items() if name.startswith(("slow", "wire")))
