"""A purchase that is not theirs, with what becomes of its points in the same transaction (N1)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from businesses.operations import Actor
from core.tenancy import operation
from customers.operations.disputes import disown_purchase, keep_disputed, open_dispute
from customers.queries.disputes import open_of
from loyalty.operations.claw_back import take_back
from loyalty.operations.referrals.take_back import lock_referred, take_referrals_back
from loyalty.queries.returned import Returned
from payments.enums import AlertKind
from payments.operations import raise_alert, settle_alerts


@operation
def dispute_purchase(*, customer_id: UUID, purchase_id: UUID, words: str, now: datetime) -> UUID:
    """Note that a purchase is not theirs and call a person; return the dispute.

    Raises as `open_dispute` does.
    """
    row = open_dispute(customer_id=customer_id, purchase_id=purchase_id, words=words, now=now)
    raise_alert(kind=AlertKind.DISPUTE, source_id=row.id, now=now)
    return row.id


@operation
def decide_dispute(
    *, dispute_id: UUID, is_theirs: bool, answer: str, actor: Actor | None, now: datetime
) -> None:
    """Decide whose a purchase is. What is not theirs leaves them with all that rested on it.

    Points go as a return of all of it would take them, once, and by the programme's own terms.
    Raises as `keep_disputed` and `disown_purchase` do.
    """
    if is_theirs:
        keep_disputed(dispute_id=dispute_id, answer=answer, actor=actor, now=now)
    else:
        found = disown_purchase(dispute_id=dispute_id, answer=answer, actor=actor, now=now)
        if found.taken:
            _undo(found.purchase_id, found.total_rial, now)
    settle_alerts(kind=AlertKind.DISPUTE, source_id=dispute_id, now=now)


def forget_disputes(customer_ids: Sequence[UUID], now: datetime) -> None:
    """Call nobody any more about what somebody said who is erased."""
    for dispute_id in open_of(customer_ids):
        settle_alerts(kind=AlertKind.DISPUTE, source_id=dispute_id, now=now)


def _undo(purchase_id: UUID, total_rial: int, now: datetime) -> None:
    """Undo the points of all of it, and a recommendation that rested on it."""
    all_of_it = [Returned(purchase_id, total_rial, total_rial, disowned=True)]
    referred = lock_referred([purchase_id])
    take_back(returns=all_of_it, now=now)
    if referred:
        take_referrals_back(returns=all_of_it, now=now)
