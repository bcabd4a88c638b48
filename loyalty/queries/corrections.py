"""Corrections by hand that wait for a second person."""

from uuid import UUID

from django.db.models import QuerySet

from loyalty.enums import CorrectionState
from loyalty.models import Correction


def waiting_corrections(customer_id: UUID) -> QuerySet[Correction]:
    """Return what somebody asked for a customer and nobody decided yet, oldest first."""
    rows = Correction.objects.filter(customer=customer_id, state=CorrectionState.WAITING)
    return rows.order_by("id")


def correction_customer(correction_id: UUID) -> UUID | None:
    """Return whose points a correction is about."""
    found = Correction.objects.filter(id=correction_id)
    return found.values_list("customer_id", flat=True).first()
