"""Whoever pulls plugs: at moments and places chosen by the seed, from a thread of its own.

The pace is counted in work done, not in seconds: a slow machine is not struck more often for
the same work. What takes long to come back (a process that loads the whole product) is struck more
seldom, or the run would only show that a shop without a server sells nothing.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random
from typing import Final, Self

import redis
from django.conf import settings

from benchmarks import stage, web
from benchmarks.chaos.services import Service, Supervisor, kill

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
        self._done = 0
        self._over = False
        self._turn = threading.Condition()
        self._hand = ThreadPoolExecutor(1)
        self._work: Future[None] | None = None
        self._kinds: dict[str, tuple[int, Callable[[], bool]]] = {
            "web workers killed": (60, self._web),
            "Celery workers killed": (120, self._worker),
            "Celery pool processes killed": (10, self._pool),
            "beats killed": (240, self._beat),
            "database connections cut": (3, self._connection),
            "Redis emptied": (9, self._redis),
        }

    def __enter__(self) -> Self:
        self._work = self._hand.submit(self._run)
        return self

    def __exit__(self, *_error: object) -> None:
        with self._turn:
            self._over = True
            self._turn.notify()
        self._hand.shutdown()
        if self._work is not None:
            self._work.result()

    def work_done(self) -> None:
        """Hear that one more sale or debit was seen to."""
        with self._turn:
            self._done += 1
            self._turn.notify()

    def _run(self) -> None:
        """Let each kind strike at its own pace."""
        due = {name: self._dice.random() * pace for name, (pace, _blow) in self._kinds.items()}
        while True:
            name = min(due, key=lambda one: due[one])
            if not self._await(due[name]):
                return
            self._strike(name)
            due[name] += self._dice.uniform(0.5, 1.5) * self._kinds[name][0]

    def _await(self, work: float) -> bool:
        """Wait until so much is done; False when the storm is over before."""
        with self._turn:
            self._turn.wait_for(lambda: self._over or self._done >= work)
            return not self._over

    def _strike(self, name: str) -> None:
        _pace, blow = self._kinds[name]
        self.blows[name] += blow()

    def _web(self) -> bool:
        found = web.workers()
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
