"""Services given to profiles that are joined or taken apart (rule R62)."""

from core.tenancy import part_of_operation
from customers.operations import send_back, take_along
from customers.queries.merging import Pair
from loyalty.models import BenefitGiven


@part_of_operation
def join_benefits(merge: Pair) -> None:
    """Let what was given follow, so that it counts."""
    take_along(merge=merge, model=BenefitGiven)


@part_of_operation
def part_benefits(merge: Pair) -> None:
    """Give it back."""
    send_back(merge=merge, model=BenefitGiven)
