"""Greetings of profiles that are joined or taken apart (rule R62)."""

from django.db.models import Exists, OuterRef, Q

from core.tenancy import part_of_operation
from customers.operations import send_back, take_along
from customers.queries.merging import Pair
from loyalty.models import SharedGreeting


@part_of_operation
def join_shared_days(merge: Pair) -> None:
    """Let greetings follow that the survivor had not, so that they count."""
    same = SharedGreeting.objects.filter(
        customer=merge.survivor_id,
        kind=OuterRef("kind"),
        title=OuterRef("title"),
        year=OuterRef("year"),
    )
    take_along(merge=merge, model=SharedGreeting, but=Q(Exists(same)))


@part_of_operation
def part_shared_days(merge: Pair) -> None:
    """Give them back."""
    send_back(merge=merge, model=SharedGreeting)
