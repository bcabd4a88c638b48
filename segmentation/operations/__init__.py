"""Scoring everybody, and re-scoring one."""

from segmentation.operations.forget import forget_scores
from segmentation.operations.past import work_out_past
from segmentation.operations.score import rescore, score_business
from segmentation.operations.terms import change_scoring

__all__ = ["change_scoring", "forget_scores", "rescore", "score_business", "work_out_past"]
