"""Days of profiles that are joined or taken apart (rule R62)."""

from django.db.models import Exists, OuterRef, Q

from core.tenancy import part_of_operation
from customers.operations import send_back, take_along
from customers.queries.merging import Pair
from loyalty.models import Celebration, CustomerOccasion


@part_of_operation
def join_occasions(merge: Pair) -> None:
    """Let days follow that the survivor has not, and what was celebrated, so that it counts."""
    own = CustomerOccasion.objects.filter(customer=merge.survivor_id)
    but = Q(kind__in=list(own.values_list("kind", flat=True)))
    take_along(merge=merge, model=CustomerOccasion, but=but)
    same = Celebration.objects.filter(
        customer=merge.survivor_id, kind=OuterRef("kind"), year=OuterRef("year")
    )
    take_along(merge=merge, model=Celebration, but=Q(Exists(same)))


@part_of_operation
def part_occasions(merge: Pair) -> None:
    """Give them back."""
    send_back(merge=merge, model=CustomerOccasion)
    send_back(merge=merge, model=Celebration)
