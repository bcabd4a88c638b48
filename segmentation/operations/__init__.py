"""Scoring everybody, and re-scoring one."""

from segmentation.operations.actions import (
    answer_action,
    forget_actions,
    plan_actions,
    state_margin,
)
from segmentation.operations.assigning import assign_action
from segmentation.operations.awaited import call_awaited
from segmentation.operations.costs import state_category_costs
from segmentation.operations.forget import forget_scores
from segmentation.operations.measures import propose_measure
from segmentation.operations.named import (
    forget_named_segments,
    leave_named_segments,
    refresh_named_segments,
)
from segmentation.operations.own import (
    change_own_segment,
    close_own_segment,
    count_own_segments,
    create_own_segment,
    refresh_own_segments,
)
from segmentation.operations.past import work_out_past
from segmentation.operations.score import rescore, score_business
from segmentation.operations.targets import end_target, move_target, set_target
from segmentation.operations.terms import change_scoring
from segmentation.operations.volumes import foresee_volumes

__all__ = [
    "answer_action",
    "assign_action",
    "call_awaited",
    "change_own_segment",
    "change_scoring",
    "close_own_segment",
    "count_own_segments",
    "create_own_segment",
    "end_target",
    "foresee_volumes",
    "forget_actions",
    "forget_named_segments",
    "forget_scores",
    "leave_named_segments",
    "move_target",
    "plan_actions",
    "propose_measure",
    "refresh_named_segments",
    "refresh_own_segments",
    "rescore",
    "score_business",
    "set_target",
    "state_category_costs",
    "state_margin",
    "work_out_past",
]
