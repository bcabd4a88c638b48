"""Estimating how customers stay, testing it on the past, and foreseeing everybody."""

from segmentation.operations.retention.drops import leave_drops, note_drops
from segmentation.operations.retention.estimate import estimate_retention
from segmentation.operations.retention.foresee import (
    foresee,
    foresee_again,
    forget_outlooks,
)
from segmentation.operations.retention.second import SecondOpinion, second_opinion
from segmentation.operations.retention.together import Common, common_priors

__all__ = [
    "Common",
    "SecondOpinion",
    "common_priors",
    "estimate_retention",
    "foresee",
    "foresee_again",
    "forget_outlooks",
    "leave_drops",
    "note_drops",
    "second_opinion",
]
