"""A word now and then on how far the run is: it may take half an hour."""

import time
from dataclasses import dataclass, field
from typing import Final

_EVERY_S: Final = 15.0


@dataclass(slots=True)
class Progress:
    """Prints what it is told, but not more often than a person wants to read."""

    began: float = field(default_factory=time.monotonic)
    last: float = 0.0

    def tell(self, what: str) -> None:
        """Print where the run stands, if it did not a moment ago."""
        now = time.monotonic()
        if now - self.last >= _EVERY_S:
            self.last = now
            print(f"  (g) {now - self.began:5.0f} s · {what}", flush=True)
