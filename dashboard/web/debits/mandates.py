"""Permissions to debit: who gave them, how far they go, and their ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.api.paging import page
from core.errors import NotFound, Problem
from dashboard.web import words
from dashboard.web.access import EVERYONE, MANAGERS, BusinessRequest, business_page
from dashboard.web.debits.collecting import schedules_of
from dashboard.web.debits.debits import row_of
from dashboard.web.inquiries.about import asked_about
from payments.enums.debits import MANDATE_IN_FORCE, MandateState
from payments.enums.inquiries import InquiryPurpose
from payments.operations.debits.notices import mandate_url
from payments.operations.mandates import resume_mandate, revoke_mandate, suspend_mandate
from payments.queries.mandates import debit_rows, mandate_by_id, mandate_rows

_SHOWN: Final = 24
_TONES: Final = {
    MandateState.ACTIVE: "chip-good",
    MandateState.SUSPENDED: "chip-amber",
    MandateState.AWAITING_SIGNATURE: "chip-amber",
    MandateState.SIGNED_UNCONFIRMED: "chip-amber",
}
_REASONS: Final = {
    "not_opened": gettext_lazy("the provider did not open it"),
    "not_signed": gettext_lazy("nobody signed at the bank"),
    "confirm_missed": gettext_lazy("the provider did not confirm it in time"),
    "confirm_refused": gettext_lazy("the provider refused to confirm it"),
    "told_by_provider": gettext_lazy("the provider said so"),
    "found_at_debit": gettext_lazy("a debit found it ended at the bank"),
    "period_over": gettext_lazy("its time was over"),
    "asked_here": gettext_lazy("asked for here"),
}


@dataclass(frozen=True, kw_only=True)
class MandateRow:
    """A mandate as the list shows it."""

    id: UUID
    customer: str
    bank: str
    state: str
    tone: str
    max_debit_rial: int
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class MandatePage:
    """A page of mandates."""

    rows: list[MandateRow]
    next_cursor: str | None


@business_page(*EVERYONE)
def mandates(request: BusinessRequest) -> HttpResponse:
    """List mandates, newest first."""
    state = request.GET.get("state", "")
    found = page(
        mandate_rows(state=state if state in MandateState.values else ""),
        by="requested_at",
        cursor=request.GET.get("cursor"),
    )
    context = {
        "page": MandatePage(rows=[_row(row) for row in found.rows], next_cursor=found.next_cursor),
        "states": MandateState.choices,
        "state": state,
        "can_ask": role_may(request.role, MANAGERS),
    }
    return render(request, "dashboard/debits/mandates.html", context)


@business_page(*EVERYONE)
def mandate(request: BusinessRequest, mandate_id: UUID) -> HttpResponse:
    """Show one mandate with its debits."""
    found = mandate_by_id(mandate_id)
    if found is None:
        raise Http404
    rows = debit_rows(mandate_id=mandate_id).order_by("-due_at", "-id")[:_SHOWN]
    context = {
        "mandate": found,
        "row": _row(found),
        "end_reason": _REASONS.get(found.end_reason, ""),
        "page_url": mandate_url(found.public_token),
        "debits": [row_of(row) for row in rows],
        "schedules": schedules_of(mandate_id),
        "waits": found.state == MandateState.AWAITING_SIGNATURE,
        "may": role_may(request.role, MANAGERS),
        "qr": reverse("payments:mandate-qr", args=[found.public_token]),
        "asked": asked_about(request, InquiryPurpose.MANDATE, mandate_id),
        "in_force": found.state in MANDATE_IN_FORCE and role_may(request.role, MANAGERS),
    }
    return render(request, "dashboard/debits/mandate.html", context)


@require_POST
@business_page(*MANAGERS)
def mandate_change(request: BusinessRequest, mandate_id: UUID) -> HttpResponse:
    """Suspend, resume or end a mandate; the provider hears of an end by the worker."""
    action = request.POST.get("action", "")
    try:
        if action == "suspend":
            suspend_mandate(mandate_id=mandate_id, now=request.now)
        elif action == "resume":
            resume_mandate(mandate_id=mandate_id, now=request.now)
        else:
            revoke_mandate(mandate_id=mandate_id, by_customer=False, now=request.now)
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Saved."))
    return redirect("dashboard:mandate", request.business.slug, mandate_id)


def _row(row: Any) -> MandateRow:
    state = MandateState(row.state)
    return MandateRow(
        id=row.id,
        customer=row.customer.name or words.code(row.mobile),
        bank=row.bank_name or row.bank,
        state=str(state.label),
        tone=_TONES.get(state, ""),
        max_debit_rial=row.max_debit_rial,
        expires_at=row.expires_at,
    )
