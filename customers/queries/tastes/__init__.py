"""What somebody keeps buying, and whether it has changed: read anew from their purchases."""

from customers.queries.tastes.crowd import can_be_tasted, tasted
from customers.queries.tastes.drift import Drift, drifts_of, tastes_and_drifts
from customers.queries.tastes.weigh import Taste, tastes_of

__all__ = [
    "Drift",
    "Taste",
    "can_be_tasted",
    "drifts_of",
    "tasted",
    "tastes_and_drifts",
    "tastes_of",
]
