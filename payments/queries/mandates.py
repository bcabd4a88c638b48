"""Mandates and their debits, for the customer's page and the owner's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from payments.enums.debits import DEBIT_OPEN, TryState
from payments.models import Debit, DebitAttempt, DebitPolicy, Mandate, ProviderCall

# Days after a debit was given up on which its customer is reminded, unless the business says else.
_REMINDERS: Final = (1, 3, 7)


@dataclass(frozen=True, slots=True)
class TryDetail:
    """One try of a debit and what was said about it, oldest word first."""

    attempt: DebitAttempt
    calls: list[ProviderCall]


def debit_policy() -> DebitPolicy:
    """Return the business's manners of collecting; the usual ones when it set none."""
    return DebitPolicy.objects.first() or DebitPolicy(reminders=list(_REMINDERS))


def mandate_by_public_token(token: str) -> Mandate | None:
    """Return the mandate a customer's page belongs to, or None."""
    return Mandate.objects.filter(public_token=token).first()


def mandate_by_id(mandate_id: UUID) -> Mandate | None:
    """Return one mandate of the active business with its customer, or None."""
    rows = Mandate.objects.select_related("customer", "account")
    return rows.filter(id=mandate_id).first()


def mandate_rows(*, state: str = "", customer_id: UUID | None = None) -> QuerySet[Mandate]:
    """Return mandates with their customers; the caller orders and pages."""
    rows = Mandate.objects.select_related("customer")
    if state:
        rows = rows.filter(state=state)
    return rows.filter(customer_id=customer_id) if customer_id else rows


def debit_rows(
    *,
    state: str = "",
    mandate_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Debit]:
    """Return debits with their customers; the caller orders and pages. `until` is exclusive."""
    rows = Debit.objects.select_related("customer", "mandate")
    if state:
        rows = rows.filter(state=state)
    if mandate_id:
        rows = rows.filter(mandate_id=mandate_id)
    if since:
        rows = rows.filter(due_at__gte=since)
    return rows.filter(due_at__lt=until) if until else rows


def debit_by_id(debit_id: UUID) -> Debit | None:
    """Return one debit of the active business, or None."""
    return debit_rows().filter(id=debit_id).first()


def next_debits(mandate_id: UUID, many: int) -> list[Debit]:
    """Return what is still to come under a mandate, soonest first."""
    rows = Debit.objects.filter(mandate_id=mandate_id, state__in=DEBIT_OPEN)
    return list(rows.order_by("due_at", "id")[:many])


def past_debits(mandate_id: UUID, many: int) -> list[Debit]:
    """Return what is over under a mandate, newest first."""
    rows = Debit.objects.filter(mandate_id=mandate_id).exclude(state__in=DEBIT_OPEN)
    return list(rows.order_by("-due_at", "-id")[:many])


def tries_of(debit_id: UUID) -> list[TryDetail]:
    """Return a debit's tries with every word said about them: two queries."""
    attempts = list(DebitAttempt.objects.filter(debit_id=debit_id).order_by("number"))
    calls = ProviderCall.objects.filter(about_id__in=[attempt.id for attempt in attempts])
    words: dict[UUID | None, list[ProviderCall]] = {}
    for call in calls.order_by("at", "id"):
        words.setdefault(call.about_id, []).append(call)
    return [TryDetail(attempt, words.get(attempt.id, [])) for attempt in attempts]


def has_open_try(debit_id: UUID) -> bool:
    """Tell whether a debit is at the bank."""
    rows = DebitAttempt.objects.filter(debit_id=debit_id)
    return rows.exclude(
        state__in=[
            TryState.COLLECTED,
            TryState.FAILED,
            TryState.NOT_ATTEMPTED,
            TryState.CANCELLED,
        ]
    ).exists()
