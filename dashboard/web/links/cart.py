"""One cart a shop told of: what was in it and what became of it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.people import local_mobile
from payments.enums.links import RecoveryArm
from payments.queries.links import cart_by_id, recovery_of_cart


@business_page(*READERS)
def cart(request: BusinessRequest, cart_id: UUID) -> HttpResponse:
    """Show a cart with its lines."""
    row = cart_by_id(cart_id)
    if row is None:
        raise Http404
    recovery = recovery_of_cart(cart_id)
    context = {
        "cart": row,
        "title": row.title or words.code(row.external_id),
        "number": words.code(row.external_id),
        "mobile": words.digits(local_mobile(row.mobile)),
        "state": _state(row),
        "lines": [_line(line) for line in row.lines],
        "arm": RecoveryArm(recovery.arm).label if recovery else "",
        "decided_at": recovery.at if recovery else None,
    }
    return render(request, "dashboard/links/cart.html", context)


def _state(row: Any) -> str:
    if row.bought:
        return _("bought")
    return _("emptied") if row.closed_at else _("not paid")


def _line(kept: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": kept["name"] or words.code(kept["sku"]),
        "quantity": words.digits(kept["quantity"]),
        "total_rial": kept["total_rial"],
    }
