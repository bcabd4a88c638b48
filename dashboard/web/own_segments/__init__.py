"""Segments a business makes itself: listed, built condition by condition, shown with people."""

from dashboard.web.own_segments.building import condition_row, edit, new, tried, tried_on
from dashboard.web.own_segments.listing import close, explained, listing, shown

__all__ = [
    "close", "condition_row", "edit", "explained", "listing", "new", "shown", "tried", "tried_on",
]  # fmt: skip
