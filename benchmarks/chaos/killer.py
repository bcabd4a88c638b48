"""Whoever pulls plugs: at moments and places chosen by the seed, from a thread of its own.

What takes long to come back (a process that loads the whole product) is struck more seldom, or the
run would only show that a shop without a server sells nothing.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random
from typing import Final, Self

import redis
from django.conf import settings

from benchmarks import stage
from benchmarks.chaos.services import Service, Supervisor, kill, web_workers

_BACKENDS: Final = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'vafa %'
ORDER BY state = 'idle', pid
"""
# Most blows hit connections that are at work, for those stand first.
_EARLY: Final = 0.5


class Killer:
    """Strikes again and again until told to stop; `blows` counts what hit."""

    def __init__(self, supervisor: Supervisor, *, seed: int) -> None:
        self.blows: Counter[str] = Counter()
        self._supervisor = supervisor
        self._dice = Random(seed)
        self._off = threading.Event()
        self._hand = ThreadPoolExecutor(1)
        self._work: Future[None] | None = None
        self._kinds: dict[str, tuple[float, Callable[[], bool]]] = {
            "web workers killed": (20.0, self._web),
            "Celery workers killed": (45.0, self._worker),
            "Celery pool processes killed": (6.0, self._pool),
            "beats killed": (60.0, self._beat),
            "database connections cut": (1.5, self._connection),
            "Redis emptied": (5.0, self._redis),
        }

    def __enter__(self) -> Self:
        self._work = self._hand.submit(self._run)
        return self

    def __exit__(self, *_error: object) -> None:
        self._off.set()
        self._hand.shutdown()
        if self._work is not None:
            self._work.result()

    def strike_each(self) -> None:
        """Strike once in every way there is."""
        for name in self._kinds:
            self._strike(name)

    def _run(self) -> None:
        """Let each kind strike at its own pace, counted in seconds from the beginning."""
        began = time.monotonic()
        due = {name: self._dice.random() * pause for name, (pause, _blow) in self._kinds.items()}
        while True:
            name = min(due, key=lambda one: due[one])
            if self._off.wait(max(due[name] - (time.monotonic() - began), 0)):
                return
            self._strike(name)
            due[name] += self._dice.uniform(0.5, 1.5) * self._kinds[name][0]

    def _strike(self, name: str) -> None:
        _pause, blow = self._kinds[name]
        self.blows[name] += blow()

    def _web(self) -> bool:
        found = web_workers()
        if found:
            kill(self._dice.choice(found))
        return bool(found)

    def _worker(self) -> bool:
        self._dice.choice(self._of("worker")).strike()
        return True

    def _pool(self) -> bool:
        return self._dice.choice(self._of("worker")).strike_one(self._dice.random())

    def _beat(self) -> bool:
        self._dice.choice(self._of("beat")).strike()
        return True

    def _connection(self) -> bool:
        with stage.loader() as cursor:
            cursor.execute(_BACKENDS)
            found = [pid for (pid,) in cursor.fetchall()]
            if not found:
                return False
            first = self._dice.random() < _EARLY
            pid = found[0] if first else self._dice.choice(found)
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        return True

    def _redis(self) -> bool:
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushall()
        return True

    def _of(self, kind: str) -> list[Service]:
        return [one for one in self._supervisor.services if one.name.startswith(kind)]
