"""People who look again and again at what waits for them, each in a thread of their own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

_PAUSE_S: Final = 1.5


@contextmanager
def rounds(looks: Sequence[Callable[[], None]]) -> Iterator[None]:
    """Let each look until the block is over; whatever one of them raises is raised at its end."""
    over = threading.Event()

    def go(look: Callable[[], None]) -> None:
        while not over.wait(_PAUSE_S):
            look()

    with ThreadPoolExecutor(len(looks)) as people:
        done = [people.submit(go, look) for look in looks]
        try:
            yield
        finally:
            over.set()
    for one in done:
        one.result()
