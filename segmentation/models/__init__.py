"""Tables of segments and of retention."""

from segmentation.models.retention import CustomerOutlook, OutlookRun, RetentionModel
from segmentation.models.scores import CustomerScore, ScoringRun, SegmentCount, SegmentTransition
from segmentation.models.terms import PriceLevel, ScoringTerms

__all__ = [
    "CustomerOutlook",
    "CustomerScore",
    "OutlookRun",
    "PriceLevel",
    "RetentionModel",
    "ScoringRun",
    "ScoringTerms",
    "SegmentCount",
    "SegmentTransition",
]
