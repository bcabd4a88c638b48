"""Reading scores and segments."""

from segmentation.queries.cuts import Cuts, number_cuts, recency_cuts
from segmentation.queries.scores import (
    GridCell,
    Member,
    ScoreView,
    SegmentRow,
    grid,
    latest_run,
    member_rows,
    members,
    moves_of,
    moves_on,
    rhythm,
    score_of,
    scores_of,
    slipped_since,
    slipping_value,
    summary,
)

__all__ = [
    "Cuts",
    "GridCell",
    "Member",
    "ScoreView",
    "SegmentRow",
    "grid",
    "latest_run",
    "member_rows",
    "members",
    "moves_of",
    "moves_on",
    "number_cuts",
    "recency_cuts",
    "rhythm",
    "score_of",
    "scores_of",
    "slipped_since",
    "slipping_value",
    "summary",
]
