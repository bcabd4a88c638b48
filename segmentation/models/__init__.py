"""Tables of segments and of retention."""

from segmentation.models.retention import CustomerOutlook, OutlookRun, RetentionModel
from segmentation.models.scores import CustomerScore, ScoringRun, SegmentCount, SegmentTransition

__all__ = [
    "CustomerOutlook",
    "CustomerScore",
    "OutlookRun",
    "RetentionModel",
    "ScoringRun",
    "SegmentCount",
    "SegmentTransition",
]
