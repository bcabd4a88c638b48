"""Ready-made segments: all of them with sizes, each with its rule, people and evidence."""

from dashboard.web.named_segments.listing import listing
from dashboard.web.named_segments.showing import shown

__all__ = ["listing", "shown"]
