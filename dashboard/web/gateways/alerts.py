"""Alerts: what about money looked wrong, and a person's word that it was seen to."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.api.paging import page
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page
from dashboard.web.parts import Choice
from payments.enums import AlertKind
from payments.operations import resolve_alert
from payments.queries.alerts import alert_by_id, alert_rows

_LABELS: Final = {
    "asked_rial": gettext_lazy("asked of the provider"),
    "told_rial": gettext_lazy("the provider says"),
    "amount_rial": gettext_lazy("amount"),
    "sold": gettext_lazy("pieces sold"),
    "expected": gettext_lazy("pieces expected"),
    "away": gettext_lazy("people who stayed away"),
    "usually": gettext_lazy("usually about"),
    "failures": gettext_lazy("failures in a row"),
}
_SPOKEN: Final = ("said", "message", "account", "number", "plan", "rule", "product")
# The page of what an alert is about; its source is that page's own.
_PAGES: Final = {
    AlertKind.DEPOSIT_TROUBLE: "deposit",
    AlertKind.TENFOLD: "deposit",
    AlertKind.CONTRADICTION: "deposit",
    AlertKind.DEBIT_TROUBLE: "debit",
    AlertKind.MANDATE_LOST: "mandate",
    AlertKind.RECONCILIATION: "reconciliation",
    AlertKind.REFUND_TROUBLE: "refund",
    AlertKind.REFUND_RETURNED: "refund",
    AlertKind.MISUSE: "suspicion",
    AlertKind.WEBHOOK_LOST: "webhook",
}
_LISTS: Final = {
    "identifier_failed": "deposit-identifiers",
    "paused": "debits",
    AlertKind.PROVIDER_DOWN: "health",
    AlertKind.BUDGET_SPENT: "rules",
    AlertKind.VOLUME: "product-volumes",
    AlertKind.DISPUTE: "disputes",
    AlertKind.AWAITED: "awaited",
}


@dataclass(frozen=True, kw_only=True)
class AlertRow:
    """An alert in the list."""

    id: UUID
    title: str
    detail: str
    times: int
    last: str
    href: str
    open: bool
    resolved: str


@business_page(*READERS)
def alerts(request: BusinessRequest) -> HttpResponse:
    """List what waits for somebody, or everything."""
    kind, seen = request.GET.get("kind", ""), request.GET.get("seen") == "1"
    asked = kind if kind in AlertKind.values else ""
    rows = alert_rows(kind=asked, is_open=None if seen else True)
    found = page(rows, by="last_at", cursor=request.GET.get("cursor"))
    context = {
        "page": found,
        "rows": [_row(row, request.business.slug) for row in found.rows],
        "kinds": [
            Choice(value=value, label=str(label), chosen=value == asked)
            for value, label in AlertKind.choices
        ],
        "seen": seen,
        "filtered": bool(asked),
    }
    return render(request, "dashboard/alerts.html", context)


@require_POST
@business_page(*MANAGERS)
def resolve(request: BusinessRequest, alert_id: UUID) -> HttpResponse:
    """Note that somebody dealt with an alert."""
    if alert_by_id(alert_id) is None:
        raise Http404
    if resolve_alert(alert_id=alert_id, by=str(request.user), now=request.now):
        messages.success(request, _("Noted as dealt with."))
    return redirect("dashboard:alerts", request.business.slug)


def _row(row: Any, slug: str) -> AlertRow:
    by = f"{words.moment(row.resolved_at)} · {row.resolved_by}" if row.resolved_at else ""
    return AlertRow(
        id=row.id,
        title=str(row.get_kind_display()),
        detail=_said(row.detail),
        times=row.times,
        last=words.moment(row.last_at),
        href=_href(row, slug),
        open=row.resolved_at is None,
        resolved=by.strip(" ·"),
    )


def _href(row: Any, slug: str) -> str:
    """Return the page of what an alert is about; where only a list has it, the list."""
    kind, reason = AlertKind(row.kind), row.detail.get("reason")
    if kind in {AlertKind.REFUND_TROUBLE, AlertKind.REFUND_RETURNED} or not row.payment_id:
        if plan := row.detail.get("plan"):
            return f"{reverse('dashboard:instalments', args=[slug])}?{urlencode({'q': plan})}"
        listed = _LISTS.get(str(reason)) or _LISTS.get(kind)
        if listed:
            return reverse(f"dashboard:{listed}", args=[slug])
        name = _PAGES.get(kind)
        return reverse(f"dashboard:{name}", args=[slug, row.source_id]) if name else ""
    return reverse("dashboard:payment", args=[slug, row.payment_id])


def _spoken(said: object) -> str:
    return words.number(said) if isinstance(said, int) else words.aside(said)


def _said(detail: dict[str, Any]) -> str:
    parts = [_spoken(detail[name]) for name in _SPOKEN if detail.get(name)]
    days = [detail[name] for name in ("day", "due_on") if detail.get(name)]
    parts += [words.day(date.fromisoformat(str(day))) for day in days]
    for name, label in _LABELS.items():
        if isinstance(value := detail.get(name), int):
            shown = (
                _("%(amount)s toman") % {"amount": words.toman(value)}
                if name.endswith("_rial")
                else words.number(value)
            )
            parts.append(f"{label}: {shown}")
    return " · ".join(parts)
