"""What a business celebrates of its customers: offered, and reached once (C085)."""

from loyalty.operations.milestones.merging import join_milestones, part_milestones
from loyalty.operations.milestones.offer import NewMilestone, close_milestone, offer_milestone
from loyalty.operations.milestones.reach import reach_milestones

__all__ = [
    "NewMilestone",
    "close_milestone",
    "join_milestones",
    "offer_milestone",
    "part_milestones",
    "reach_milestones",
]
