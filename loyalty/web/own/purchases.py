"""What the customer bought here, and their word that something of it is not theirs (N1)."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.api.paging import page
from core.errors import NotFound, Problem
from customers.enums import DisputeState
from customers.queries.disputes import disputed_among, goods_of, said_by
from customers.queries.sales import purchase_rows
from loyalty.operations.disputes import dispute_purchase
from loyalty.queries.wallets import points_for_purchases
from loyalty.web.own.session import Visit, inside

_PER_PAGE: Final = 20


@require_safe
@inside
def own_purchases(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what they bought, newest first, and what became of what they said."""
    rows = purchase_rows(customer_id=visit.customer_id)
    try:
        found = page(rows, by="occurred_at", cursor=request.GET.get("cursor"), limit=_PER_PAGE)
    except Problem as problem:
        raise Http404 from problem
    ids = [row.id for row in found.rows]
    points = points_for_purchases(ids, visit.now)
    said, goods = disputed_among(visit.customer_id, ids), goods_of(ids)
    context = {
        "shop": visit.shop,
        "page": found,
        "rows": [
            {
                "row": row,
                "goods": goods.get(row.id, ""),
                "points": points[row.id].earned if row.id in points else 0,
                "may_say": row.id not in said and not _is_back(row),
                "is_back": _is_back(row),
            }
            for row in found.rows
        ],
        "said": [_told(one) for one in said_by(visit.customer_id)],
    }
    return render(request, "loyalty/own/purchases.html", context)


@require_POST
@inside
def dispute(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Note that a purchase of theirs is not theirs."""
    try:
        purchase_id = UUID(request.POST.get("purchase", ""))
        dispute_purchase(
            customer_id=visit.customer_id,
            purchase_id=purchase_id,
            words=request.POST.get("words", ""),
            now=visit.now,
        )
    except (ValueError, NotFound) as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Noted. Somebody at the shop looks at it and answers here."))
    return redirect("own-purchases", visit.shop.slug)


def _is_back(row: Any) -> bool:
    return bool(row.total_rial and row.returned_rial >= row.total_rial)


def _told(one: Any) -> dict[str, Any]:
    return {
        "row": one,
        "is_open": one.state == DisputeState.OPEN,
        "is_theirs": one.state == DisputeState.THEIRS,
    }
