"""A review that was deleted, a follower who went: the points go back (C065)."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.tenancy import operation, part_of_operation
from loyalty.enums.engagement import EngagementKind
from loyalty.models import Engagement
from loyalty.operations.claw_back import take_lot_back
from loyalty.operations.happenings import lock_happened, take_happened_back
from loyalty.operations.movements import demanded_terms, lock_wallet
from loyalty.queries.programme import Terms, terms


@operation
def take_engagement_back(*, engagement_id: UUID, now: datetime) -> Engagement:
    """Take back what it gave, as a return would; again it changes nothing. Raises NotFound."""
    current = demanded_terms()
    found = Engagement.objects.filter(id=engagement_id).first()
    if found is None:
        raise NotFound(_("There is no such engagement."))
    return _undo(found, current, now)


@part_of_operation
def take_noted_back(kind: EngagementKind, reference: str, now: datetime) -> None:
    """Take back what was noted here by its reference, if it was."""
    current = terms()
    found = Engagement.objects.filter(kind=kind, reference=reference).first()
    if found is not None and current is not None:
        _undo(found, current, now)


def _undo(found: Engagement, current: Terms, now: datetime) -> Engagement:
    """Lock the wallet before the row, as noting does, and presents of rules before the wallet."""
    lock_happened(kind=found.kind, reference=str(found.id))
    lock_wallet(found.customer_id, current, now)
    row = Engagement.objects.select_for_update().get(id=found.id)
    if row.taken_back_at is not None:
        return row
    if row.lot_id is not None:
        facts = {"engagement": row.kind, "noted": str(row.id)}
        take_lot_back(lot_id=row.lot_id, facts=facts, current=current, now=now)
    take_happened_back(kind=row.kind, reference=str(row.id), current=current, now=now)
    row.taken_back_at = now
    row.save(update_fields=["taken_back_at"])
    return row
