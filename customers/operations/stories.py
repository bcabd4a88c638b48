"""Cases and remarks around a customer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.tenancy import operation
from core.text import normalise
from customers.enums import CaseKind, CaseState
from customers.events import CaseOpened, CaseResolved
from customers.models import Case, Customer, TimelineEntry
from customers.queries.merging import survivor_of
from outbox.operations import publish


@operation
def open_case(
    *,
    kind: str,
    title: str,
    now: datetime,
    detail: str = "",
    customer_id: UUID | None = None,
    source_ref: str = "",
) -> Case:
    """Open a case. The same non-empty `source_ref` opens one only once and returns it again.

    Raises Problem `invalid_title`, NotFound for an unknown customer.
    """
    clean = normalise(title)
    if not clean:
        raise Problem("invalid_title", _("Give the case a title."))
    if customer_id is not None and not Customer.objects.filter(id=customer_id).exists():
        raise NotFound(_("There is no such customer."))
    facts = {
        "kind": CaseKind(kind),
        "title": clean,
        "detail": normalise(detail),
        "customer_id": survivor_of(customer_id) if customer_id else None,
        "opened_at": now,
    }
    if source_ref:
        case, created = Case.objects.get_or_create(source_ref=source_ref, defaults=facts)
    else:
        case, created = Case.objects.create(**facts), True
    if created:
        publish([CaseOpened(case_id=case.id, customer_id=customer_id, kind=case.kind)], now=now)
    return case


@operation
def resolve_case(
    *, case_id: UUID, resolution: str, now: datetime, was_right: bool | None = None
) -> Case:
    """Settle a case; a second call changes nothing. Raises NotFound.

    Of a complaint it may be said whether the customer was right: who complains with reason is
    never counted against for it (C058).
    """
    case = Case.objects.select_for_update().filter(id=case_id).first()
    if case is None:
        raise NotFound(_("There is no such case."))
    if case.state == CaseState.OPEN:
        case.state, case.resolved_at = CaseState.RESOLVED, now
        case.resolution = normalise(resolution)
        case.was_right = was_right if case.kind == CaseKind.COMPLAINT else None
        case.save(update_fields=["state", "resolved_at", "resolution", "was_right"])
        publish(
            [CaseResolved(case_id=case.id, customer_id=case.customer_id, kind=case.kind)], now=now
        )
    return case


@operation
def note_timeline(
    *,
    customer_id: UUID,
    kind: str,
    occurred_at: datetime,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    source_ref: str = "",
) -> None:
    """Add a remark to a customer's story; the same non-empty `source_ref` adds it only once."""
    del now
    entry = TimelineEntry(
        customer_id=survivor_of(customer_id),
        kind=str(kind),
        occurred_at=occurred_at,
        data=dict(data or {}),
        source_ref=source_ref,
    )
    TimelineEntry.objects.bulk_create([entry], ignore_conflicts=True)
