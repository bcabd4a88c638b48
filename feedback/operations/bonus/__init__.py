"""Bonuses for satisfied customers: promised, worked out, objected to, approved, paid (C084)."""

from feedback.operations.bonus.freeze import freeze_bonuses
from feedback.operations.bonus.objections import decide_objection, object_to_bonus
from feedback.operations.bonus.plan import NewPlan, set_bonus_plan
from feedback.operations.bonus.returns import take_back_bonuses
from feedback.operations.bonus.settle import approve_bonuses, cancel_bonuses, pay_bonuses

__all__ = [
    "NewPlan",
    "approve_bonuses",
    "cancel_bonuses",
    "decide_objection",
    "freeze_bonuses",
    "object_to_bonus",
    "pay_bonuses",
    "set_bonus_plan",
    "take_back_bonuses",
]
