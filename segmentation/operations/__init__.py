"""Scoring everybody, and re-scoring one."""

from segmentation.operations.forget import forget_scores
from segmentation.operations.score import rescore, score_business

__all__ = ["forget_scores", "rescore", "score_business"]
