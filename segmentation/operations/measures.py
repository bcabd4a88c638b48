"""Proposing a measure about a customer, with the signs that stand against them now (C058)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from businesses.operations import Actor
from core.tenancy import operation
from customers.operations.measures import open_measure
from customers.queries.merging import survivor_of
from segmentation.models import NamedStay
from segmentation.queries.fit.reading import signs_of


@operation
def propose_measure(
    *, customer_id: UUID, step: str, reason: str, by: str, actor: Actor | None, now: datetime
) -> Any:
    """Open and return a file with every sign against somebody and the numbers it was decided by.

    Raises like `open_measure`; who has no sign that is more than chance gets no measure.
    """
    who = survivor_of(customer_id)
    evidence = [_kept(stay) for stay in signs_of([who]).get(who, [])]
    return open_measure(
        customer_id=who,
        step=step,
        reason=reason,
        evidence=evidence,
        by=by,
        actor=actor,
        now=now,
    )


def _kept(stay: NamedStay) -> dict[str, Any]:
    return {
        "segment": stay.segment,
        "seen_on": stay.seen_on.isoformat(),
        "evidence": stay.evidence,
    }
