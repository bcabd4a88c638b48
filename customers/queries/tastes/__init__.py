"""What somebody keeps buying, and whether it has changed: read anew from their purchases."""

from customers.queries.tastes.drift import Drift, drifts_of, tastes_and_drifts
from customers.queries.tastes.weigh import Taste, tastes_of

__all__ = ["Drift", "Taste", "drifts_of", "tastes_and_drifts", "tastes_of"]
