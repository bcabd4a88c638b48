"""What two people decided about a customer, as far as the programme goes."""

from collections.abc import Sequence
from datetime import datetime

from customers.enums import MeasureStep
from customers.events import MeasureApplied
from customers.queries.measures import holds
from loyalty.operations.leaving import keep_out_of_club
from outbox.events import Recorded
from outbox.subscriptions import subscribe


@subscribe(
    MeasureApplied,
    name="loyalty.keep_out",
    in_transaction=True,
    when=lambda event, _now: holds(MeasureStep(event.step), MeasureStep.OUT_OF_CLUB),
)
def keep_out(events: Sequence[Recorded[MeasureApplied]], *, now: datetime) -> None:
    """They earn nothing from now on (C058)."""
    for event in events:
        keep_out_of_club(customer_id=event.body.customer_id, now=now)
