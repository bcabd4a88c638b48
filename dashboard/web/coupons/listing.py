"""The page of coupons and stamp cards."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from businesses.queries import role_may
from core.api.paging import page
from dashboard.web.access import EVERYONE, MANAGERS, BusinessRequest, business_page
from dashboard.web.coupons.rows import PoolRow, pool_row, stamp_row
from loyalty.queries.coupons import pool_rows, pool_totals
from loyalty.queries.stamps import card_rows, rewards_by_card


@dataclass(frozen=True, kw_only=True)
class PoolPage:
    """A page of coupons."""

    rows: list[PoolRow]
    next_cursor: str | None


@business_page(*EVERYONE)
def coupons(request: BusinessRequest) -> HttpResponse:
    """Show what is offered and how it is used."""
    found = page(pool_rows(rewards=False), by="made_at", cursor=request.GET.get("cursor"))
    totals = pool_totals([row.id for row in found.rows])
    told = rewards_by_card()
    context = {
        "page": PoolPage(
            rows=[pool_row(row, totals[row.id], request.now) for row in found.rows],
            next_cursor=found.next_cursor,
        ),
        "stamps": [
            stamp_row(row, told.get(row.id, (0, 0)))
            for row in card_rows().order_by("-is_active", "-made_at")[:50]
        ],
        "can_make": role_may(request.role, MANAGERS),
    }
    return render(request, "dashboard/coupons/coupons.html", context)
