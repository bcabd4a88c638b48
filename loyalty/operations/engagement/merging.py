"""Engagements of profiles that are joined or taken apart (rule R62)."""

from core.tenancy import part_of_operation
from customers.operations import send_back, take_along
from customers.queries.merging import Pair
from loyalty.models import Engagement


@part_of_operation
def join_engagements(merge: Pair) -> None:
    """Let them follow, so that what both did counts as one person's from now on."""
    take_along(merge=merge, model=Engagement)


@part_of_operation
def part_engagements(merge: Pair) -> None:
    """Give them back."""
    send_back(merge=merge, model=Engagement)
