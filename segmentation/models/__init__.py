"""Tables of segments and of retention."""

from segmentation.models.actions import ActionItem
from segmentation.models.drops import RetentionDrop
from segmentation.models.fit import CustomerFit
from segmentation.models.named import NamedNight, NamedStay
from segmentation.models.own import OwnSegment, SegmentStay
from segmentation.models.retention import CustomerOutlook, OutlookRun, RetentionModel
from segmentation.models.scores import CustomerScore, ScoringRun, SegmentCount, SegmentTransition
from segmentation.models.targets import Target, TargetStep
from segmentation.models.terms import CategoryCost, PriceLevel, ScoringTerms
from segmentation.models.volumes import VolumeNight

__all__ = [
    "ActionItem",
    "CategoryCost",
    "CustomerFit",
    "CustomerOutlook",
    "CustomerScore",
    "NamedNight",
    "NamedStay",
    "OutlookRun",
    "OwnSegment",
    "PriceLevel",
    "RetentionDrop",
    "RetentionModel",
    "ScoringRun",
    "ScoringTerms",
    "SegmentCount",
    "SegmentStay",
    "SegmentTransition",
    "Target",
    "TargetStep",
    "VolumeNight",
]
