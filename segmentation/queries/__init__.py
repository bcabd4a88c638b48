"""Reading scores and segments."""

from segmentation.queries.cuts import Cuts, cuts_of_all
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
    segments_at,
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
    "cuts_of_all",
    "grid",
    "latest_run",
    "member_rows",
    "members",
    "moves_of",
    "moves_on",
    "rhythm",
    "score_of",
    "scores_of",
    "segments_at",
    "slipped_since",
    "slipping_value",
    "summary",
]
