"""Scoring everybody, and re-scoring one."""

from segmentation.operations.score import rescore, score_business

__all__ = ["rescore", "score_business"]
