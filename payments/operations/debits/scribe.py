"""A second hand: it writes settlements down while the first one keeps the wire busy.

It has a thread and a database connection of its own. What it commits, and in which order for one
batch, is what the first hand would; two batches are to each other as those of two workers.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Any, Protocol, Self

from django.db import connection, connections


class Pause(Protocol):
    """What a batch of debits waits for."""

    @property
    def futures(self) -> Sequence[Future[Any]]:
        """What has to be over."""


def is_over(pause: Pause) -> bool:
    """Tell whether nobody would have to wait."""
    return all(future.done() for future in pause.futures)


def wait_for_one(pauses: Sequence[Pause]) -> None:
    """Wait until one of them is over."""
    while pauses and not any(map(is_over, pauses)):
        wait(
            [one for pause in pauses for one in pause.futures if not one.done()],
            return_when=FIRST_COMPLETED,
        )


class Writing:
    """One settlement being written down. Leaving it waits for it, unless it has not begun."""

    def __init__(self, future: Future[None], work: Callable[[], None]) -> None:
        self._future = future
        self._work = work

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if not self.take_back():
            wait([self._future])

    @property
    def futures(self) -> Sequence[Future[None]]:
        """What has to be over."""
        return [self._future]

    def take_back(self) -> bool:
        """Tell the scribe not to begin it; false when it has."""
        return self._future.cancel()

    def finish(self) -> None:
        """Wait for it, or do it if it was taken back; raises what it raised."""
        if self._future.cancelled():
            self._work()
        else:
            self._future.result()


class Scribe:
    """Takes settlements while it is called; until then, and in an open transaction, it takes none.

    A connection costs more than a few debits, so it is called only when there are many.
    """

    def __init__(self) -> None:
        self._called = False
        self._thread: ThreadPoolExecutor | None = None

    @property
    def is_called(self) -> bool:
        """Tell whether it takes settlements."""
        return self._called

    def call(self) -> None:
        """Take settlements from now on. Another connection would not see an open transaction."""
        self._called = not connection.in_atomic_block

    def take(self, work: Callable[[], None]) -> Writing | None:
        """Begin to write a settlement down behind those before it; None when whoever asks has to.

        The thread keeps what the caller's context says, such as which business is at work.
        """
        if not self._called:
            return None
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="scribe")
        return Writing(self._thread.submit(copy_context().run, work), work)

    def dismiss(self) -> None:
        """Finish and hang up."""
        self._called = False
        if self._thread is not None:
            self._thread.submit(connections.close_all)
            self._thread.shutdown()
            self._thread = None
