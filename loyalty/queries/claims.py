"""Points that wait for the buyer of a purchase."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from customers.queries import purchase_by_id
from loyalty.enums import LotState
from loyalty.models import Lot
from loyalty.queries.programme import program


@dataclass(frozen=True, slots=True)
class Waiting:
    """A purchase's points; `waits` is false once they have an owner or are gone."""

    points: int
    value_rial: int
    total_rial: int
    occurred_at: datetime
    waits: bool


def waiting(purchase_id: UUID) -> Waiting | None:
    """Return what waits for a purchase's buyer; None for no purchase of the programme."""
    sale = purchase_by_id(purchase_id)
    lot = Lot.objects.filter(id=purchase_id).first()
    if sale is None or lot is None:
        return None
    current = program()
    unit = current.unit_value_rial if current else 0
    points = lot.remaining_points
    return Waiting(
        points=points,
        value_rial=points * unit,
        total_rial=sale.total_rial,
        occurred_at=sale.occurred_at,
        waits=lot.state == LotState.CONTINGENT and points > 0,
    )


def demand_waiting(purchase_id: UUID) -> Waiting:
    """Return what waits. Raises NotFound, Problem `purchase_has_owner` (409)."""
    found = waiting(purchase_id)
    if found is None:
        raise NotFound(_("There is no such purchase."))
    if not found.waits:
        raise Problem(
            "purchase_has_owner",
            _("The points of this purchase have found their owner, or went back with a return."),
            status=HTTPStatus.CONFLICT,
        )
    return found
