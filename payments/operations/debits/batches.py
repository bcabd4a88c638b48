"""Which batch of debits goes on next, so that neither the wire nor the writing waits in vain."""

import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Final

from outbox.operations.fence import Fence
from payments.operations.debits.line import AT_ONCE, SideBySide

MOST: Final = 128
UNDER_WAY: Final = 2
# With a quick bank: one is on the wire and one heard out while the third is written down.
QUICKLY_UNDER_WAY: Final = 3
_A_BATCH_SECONDS: Final = 4

Course = Generator[SideBySide[Any, Any], None, None]


@dataclass(slots=True, eq=False)
class Batch:
    """Some debits on their course, which pauses wherever it would wait for the wire."""

    course: Course
    count: int
    began: float
    talk: SideBySide[Any, Any] | None = None
    pauses: int = 0

    def goes_on(self) -> bool:
        """Go to the next pause; false when it is done, or nothing can be done with it."""
        self.talk = None
        with Fence("payments.debits"):
            self.talk = next(self.course, None)
        self.pauses += 1
        return self.talk is not None

    @property
    def is_heard_out(self) -> bool:
        """Tell whether it would go on without waiting for the wire."""
        return self.talk is None or self.talk.over


@dataclass(slots=True)
class Batches:
    """The batches under way, and how large the next is: it learns from what the last one took."""

    size: int = 2 * AT_ONCE
    under_way: list[Batch] = field(default_factory=list)

    @property
    def have_room(self) -> bool:
        """Tell whether one more may be taken up."""
        return len(self.under_way) < (UNDER_WAY if self.size < MOST else QUICKLY_UNDER_WAY)

    def next(self, *, more: bool) -> Batch | None:
        """Return the batch to go on with, or None to take one up, if there is `more`.

        Call it while there is `more` or something under way. First whatever is soon on the wire
        again, then a new one, then what is only written down.
        """
        heard = [batch for batch in self.under_way if batch.is_heard_out]
        soonest = min(heard, key=lambda batch: batch.pauses, default=None)
        if more and self.have_room and (soonest is None or soonest.pauses > 1):
            return None
        return soonest or self.under_way[0]

    def go_on(self, batch: Batch) -> None:
        """Take a batch to its next pause; at its end, its pace is the measure of the next."""
        if batch in self.under_way:
            self.under_way.remove(batch)
        if batch.goes_on():
            self.under_way.append(batch)
            return
        pace = batch.count / max(time.monotonic() - batch.began, 0.001)
        self.size = min(max(int(pace * _A_BATCH_SECONDS), AT_ONCE), MOST)

    def give_up(self) -> None:
        """Begin nothing more: the calls that are on the wire end, what they say is not heard."""
        for batch in self.under_way:
            batch.course.close()
