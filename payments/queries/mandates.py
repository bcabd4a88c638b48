"""Mandates and their debits, for the customer's page and the owner's."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from payments.enums.debits import DEBIT_OPEN, DebitState, MandateState, TryState
from payments.models import (
    BankLimit,
    Debit,
    DebitAttempt,
    DebitPolicy,
    DebitSchedule,
    Mandate,
    ProviderCall,
)

# Days after a debit was given up on which its customer is reminded, unless the business says else.
_REMINDERS: Final = (1, 3, 7)
# For how long a failure says something of the next debit, and how many are looked at.
_REMEMBERED: Final = timedelta(days=90)
_AT_RISK: Final = 20


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


def mandated_among(customer_ids: Collection[UUID]) -> set[UUID]:
    """Return who of these may be debited by a mandate in force. One query."""
    rows = Mandate.objects.filter(customer_id__in=list(customer_ids), state=MandateState.ACTIVE)
    return set(rows.values_list("customer_id", flat=True))


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


def debits_at_risk(*, now: datetime, until: datetime) -> "QuerySet[Any]":
    """Return debits due until then whose mandate failed before, with how often; largest first.

    Those that failed already and wait to be tried again are among them.
    """
    failed = Debit.objects.filter(
        mandate_id=OuterRef("mandate_id"), state=DebitState.FAILED, ended_at__gte=now - _REMEMBERED
    ).order_by()
    count = failed.values("mandate_id").annotate(n=Count("id")).values("n")
    rows: QuerySet[Any] = Debit.objects.annotate(failed_before=Coalesce(Subquery(count), 0))
    waiting = Q(state=DebitState.RETRY_WAIT) | Q(
        state=DebitState.SCHEDULED, due_at__lt=until, failed_before__gt=0
    )
    return rows.filter(waiting).order_by("-amount_rial", "-id")[:_AT_RISK]


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


def schedule_rows(*, state: str = "", mandate_id: UUID | None = None) -> QuerySet[DebitSchedule]:
    """Return rows of debits with their mandates; the caller orders and pages."""
    rows = DebitSchedule.objects.select_related("mandate")
    if state:
        rows = rows.filter(state=state)
    return rows.filter(mandate_id=mandate_id) if mandate_id else rows


def schedule_by_id(schedule_id: UUID) -> DebitSchedule | None:
    """Return one row of debits of the active business, or None."""
    return schedule_rows().filter(id=schedule_id).first()


def banks_to_sign_at(account_ids: Collection[UUID]) -> list[tuple[str, str]]:
    """Return our code and the name of each bank where one may sign now, by name."""
    rows = BankLimit.objects.filter(account_id__in=account_ids, until=None, is_healthy=True)
    return sorted(
        {row.bank: row.name or row.bank for row in rows}.items(), key=lambda bank: bank[1]
    )


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
