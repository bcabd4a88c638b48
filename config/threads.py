"""gunicorn's threads, of which the one that rested least takes the next request.

Python's pool lets them take turns. Each has a connection of its own to the database, so with four
threads two visitors at a time kept four servers of PostgreSQL half warm: the same sales cost it a
fifth more than with the two they need (docs/adr/0039-warm-threads.md).
"""

from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class LatestFirst(SimpleQueue[Any]):
    """A queue whose work is taken in order, and by whoever came last to wait for some."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._resting: list[SimpleQueue[Any]] = []

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT001, FBT002 - the queue's own
        """Give work to the thread that rested least, or keep it until one is free."""
        with self._lock:
            if self._resting:
                self._resting.pop().put(item)
            else:
                super().put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: FBT001, FBT002 - the queue's own
        """Return the oldest work, or wait for some."""
        with self._lock:
            try:
                return super().get(block=False)
            except Empty:
                if not block:
                    raise
            mine: SimpleQueue[Any] = SimpleQueue()
            self._resting.append(mine)
        return mine.get()

    def get_nowait(self) -> Any:
        """Return the oldest work; raises Empty."""
        return self.get(block=False)


class WarmPool(ThreadPoolExecutor):
    """Python's pool of threads with that queue."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self._work_queue = LatestFirst()


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's worker of threads with that pool."""

    def get_thread_pool(self) -> WarmPool:
        """Return the pool; gunicorn asks once a process."""
        return WarmPool(self.cfg.threads)
