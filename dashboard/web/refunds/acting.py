"""The buttons on a refund's page."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import Problem
from core.tenancy import acting_for
from dashboard.web.access import MANAGERS, BusinessRequest, business_page
from payments.enums.refunds import Decision
from payments.operations.refunds import (
    cancel_transfer,
    decide,
    pay_again,
    run_until_it_waits,
    settle_by_hand,
    try_again,
    verify_destination,
)
from payments.queries.refunds import transfer_by_id

_MAX_NUMBER: Final = 60


@require_POST
@business_page(*MANAGERS, scoped=False)
def act(request: BusinessRequest, transfer_id: UUID, deed: str) -> HttpResponse:
    """Decide, cancel, try or check again, note what a person learned, or pay what is owed."""
    if deed not in _DEEDS:
        raise Http404
    with acting_for(request.business.id):
        if transfer_by_id(transfer_id) is None:
            raise Http404
    try:
        with acting_for(request.business.id, durable=True):
            shown = _DEEDS[deed](request, transfer_id, request.now) or transfer_id
    except Problem as problem:
        messages.error(request, str(problem.detail))
        return redirect("dashboard:refund", request.business.slug, transfer_id)
    run_until_it_waits(business_id=request.business.id, transfer_id=shown, now=request.now)
    messages.success(request, _("Done; here you see how it goes on."))
    return redirect("dashboard:refund", request.business.slug, shown)


def _decide(request: BusinessRequest, transfer_id: UUID, decision: Decision) -> None:
    decide(
        transfer_id=transfer_id,
        decision=decision,
        by=str(request.user),
        note=request.POST.get("note", ""),
        now=request.now,
    )


def _approve(request: BusinessRequest, transfer_id: UUID, _now: datetime) -> None:
    _decide(request, transfer_id, Decision.APPROVE)


def _reject(request: BusinessRequest, transfer_id: UUID, _now: datetime) -> None:
    _decide(request, transfer_id, Decision.REJECT)


def _cancel(request: BusinessRequest, transfer_id: UUID, now: datetime) -> None:
    cancel_transfer(transfer_id=transfer_id, by=str(request.user), now=now)


def _retry(_request: BusinessRequest, transfer_id: UUID, now: datetime) -> None:
    try_again(transfer_id=transfer_id, now=now)


def _verify(_request: BusinessRequest, transfer_id: UUID, now: datetime) -> None:
    verify_destination(transfer_id=transfer_id, now=now)


def _arrived(request: BusinessRequest, transfer_id: UUID, now: datetime) -> None:
    settle_by_hand(transfer_id=transfer_id, paid=True, by=str(request.user), now=now)


def _never_left(request: BusinessRequest, transfer_id: UUID, now: datetime) -> None:
    settle_by_hand(transfer_id=transfer_id, paid=False, by=str(request.user), now=now)


def _pay_again(request: BusinessRequest, transfer_id: UUID, now: datetime) -> UUID:
    number = request.POST.get("number", "")[:_MAX_NUMBER]
    asked = pay_again(transfer_id=transfer_id, external_id=number, by=str(request.user), now=now)
    return asked.id


_DEEDS: Final[dict[str, Callable[[BusinessRequest, UUID, datetime], UUID | None]]] = {
    "approve": _approve,
    "reject": _reject,
    "cancel": _cancel,
    "retry": _retry,
    "verify": _verify,
    "arrived": _arrived,
    "never-left": _never_left,
    "pay-again": _pay_again,
}
