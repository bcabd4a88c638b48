"""Segments a business makes itself: listed, built condition by condition, shown with people."""

from dashboard.web.own_segments.building import condition_row, edit, new, tried
from dashboard.web.own_segments.listing import close, listing, shown

__all__ = ["close", "condition_row", "edit", "listing", "new", "shown", "tried"]
