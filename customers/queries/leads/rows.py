"""Leads and their sources as rows. In a state everybody stands once, with their latest lead."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.enums import CustomerStatus, LeadStage
from customers.models import Lead, LeadSource
from customers.queries.leads.bought import standing

_LIVE = (CustomerStatus.ACTIVE, CustomerStatus.PROVISIONAL)


class LeadState(StrEnum):
    """What became of a lead: the first three have not bought."""

    OPEN = "open"
    DUE = "due"
    LOST = "lost"
    BOUGHT = "bought"


def lead_rows(
    *, now: datetime, state: str = "", source_id: UUID | None = None, owner_id: UUID | None = None
) -> QuerySet[Lead]:
    """Return leads with their customer, source and who looks after them; the caller pages."""
    rows = Lead.objects.select_related("customer", "source", "owner")
    if state:
        rows = rows.filter(_state(LeadState(state), now))
    asked = {"source_id": source_id, "owner_id": owner_id}
    return rows.filter(**{name: value for name, value in asked.items() if value is not None})


def lead_by_id(lead_id: UUID) -> Lead | None:
    """Return one lead with what `lead_rows` has, or None."""
    rows = Lead.objects.select_related("customer", "source", "owner")
    return rows.filter(id=lead_id).first()


def lead_of(customer_id: UUID) -> Lead | None:
    """Return a customer's latest lead, or None. One query."""
    rows = Lead.objects.select_related("source", "owner").filter(customer=customer_id)
    return rows.order_by("-made_at", "-id").first()


def due_count(now: datetime) -> int:
    """Return how many people wait to be contacted. One query."""
    return Lead.objects.filter(_state(LeadState.DUE, now)).count()


def source_rows() -> QuerySet[LeadSource]:
    """Return the sources of leads; the caller orders and pages."""
    return LeadSource.objects.all()


def source_by_code(code: str) -> LeadSource | None:
    """Return the open link of a code, or None."""
    if not code:
        return None
    return LeadSource.objects.filter(code=code, is_open=True).first()


def _state(state: LeadState, now: datetime) -> Q:
    later = Lead.objects.filter(customer=OuterRef("customer"), made_at__gt=OuterRef("made_at"))
    last = ~Q(Exists(later))
    bought = Q(Exists(standing().filter(customer=OuterRef("customer"))))
    here = Q(customer__status__in=_LIVE)
    return {
        LeadState.OPEN: here & ~Q(stage=LeadStage.LOST) & ~bought,
        LeadState.DUE: here & Q(next_at__lte=now) & ~bought,
        LeadState.LOST: Q(stage=LeadStage.LOST) & ~bought,
        LeadState.BOUGHT: bought,
    }[state] & last
