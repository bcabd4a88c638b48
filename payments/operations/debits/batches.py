"""Which batch of debits goes on next, so that neither the wire nor the writing waits in vain."""

import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Final

from outbox.operations.fence import Fence
from payments.operations.debits.line import AT_ONCE
from payments.operations.debits.scribe import Pause, Scribe, Writing, is_over, wait_for_one

MOST: Final = 128
UNDER_WAY: Final = 2
# With a quick bank: one is on the wire and one heard out, one is written down and one taken up.
QUICKLY_UNDER_WAY: Final = 4
_A_BATCH_SECONDS: Final = 4

Course = Generator[Pause, None, None]


@dataclass(slots=True, eq=False)
class Batch:
    """Some debits on their course, which pauses wherever it would wait for somebody else."""

    course: Course
    count: int
    began: float
    pause: Pause | None = None
    pauses: int = 0

    def goes_on(self) -> bool:
        """Go to the next pause; false when it is done, or nothing can be done with it."""
        self.pause = None
        with Fence("payments.debits"):
            self.pause = next(self.course, None)
        self.pauses += 1
        return self.pause is not None

    @property
    def is_ready(self) -> bool:
        """Tell whether it would go on without waiting."""
        return self.pause is None or is_over(self.pause)


@dataclass(slots=True)
class Batches:
    """The batches under way, and how large the next is: it learns from what the last one took."""

    size: int = 2 * AT_ONCE
    under_way: list[Batch] = field(default_factory=list)
    scribe: Scribe = field(default_factory=Scribe)

    @property
    def have_room(self) -> bool:
        """Tell whether one more may be taken up."""
        return len(self.under_way) < (UNDER_WAY if self.size < MOST else QUICKLY_UNDER_WAY)

    def next(self, *, more: bool) -> Batch | None:
        """Return the batch to go on with, or None to take one up, if there is `more`.

        Call it while there is `more` or something under way. First whatever is soon on the wire
        again, then a new one, then what is only written down; that is first where the scribe
        writes, for then it takes no time.
        """
        room = more and self.have_room
        ready = [batch for batch in self.under_way if batch.is_ready]
        if not ready and not room:
            self._help_or_wait()
            ready = [batch for batch in self.under_way if batch.is_ready]
        if self.scribe.is_called:
            return max(ready, key=lambda batch: batch.pauses, default=None)
        soonest = min(ready, key=lambda batch: batch.pauses, default=None)
        return None if room and (soonest is None or soonest.pauses > 1) else soonest

    def _help_or_wait(self) -> None:
        """Make one batch ready: who is idle writes what the scribe has not begun yet."""
        pauses = [batch.pause for batch in self.under_way if batch.pause]
        if not any(one.take_back() for one in pauses if isinstance(one, Writing)):
            wait_for_one(pauses)

    def go_on(self, batch: Batch) -> None:
        """Take a batch to its next pause; at its end, its pace is the measure of the next."""
        if batch in self.under_way:
            self.under_way.remove(batch)
        if batch.goes_on():
            self.under_way.append(batch)
            return
        pace = batch.count / max(time.monotonic() - batch.began, 0.001)
        self.size = min(max(int(pace * _A_BATCH_SECONDS), AT_ONCE), MOST)
        if self.size == MOST:
            self.scribe.call()

    def give_up(self) -> None:
        """Begin nothing more: calls on the wire end, and what they say is not heard.

        A settlement that is being written is finished; one that only waits to be is not begun.
        """
        for batch in self.under_way:
            batch.course.close()
        self.scribe.dismiss()
