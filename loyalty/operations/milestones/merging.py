"""Milestones of profiles that are joined or taken apart (rule R62)."""

from django.db.models import Exists, OuterRef, Q

from core.tenancy import part_of_operation
from customers.operations import send_back, take_along
from customers.queries.merging import Pair
from loyalty.models import MilestoneReached


@part_of_operation
def join_milestones(merge: Pair) -> None:
    """Let what was reached follow, so that it counts; what both reached stays with each."""
    same = MilestoneReached.objects.filter(
        customer=merge.survivor_id, kind=OuterRef("kind"), number=OuterRef("number")
    )
    take_along(merge=merge, model=MilestoneReached, but=Q(Exists(same)))


@part_of_operation
def part_milestones(merge: Pair) -> None:
    """Give it back."""
    send_back(merge=merge, model=MilestoneReached)
