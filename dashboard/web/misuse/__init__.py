"""The owner's look at signs that points are misused."""

from dashboard.web.misuse.judging import misuse_judged
from dashboard.web.misuse.listing import misuse
from dashboard.web.misuse.showing import suspicion

__all__ = ["misuse", "misuse_judged", "suspicion"]
