"""One kind of coupon: its conditions, how it is used, what it cost."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import EVERYONE, MANAGERS, BusinessRequest, business_page
from dashboard.web.coupons.rows import pool_row
from dashboard.web.parts import Kpi
from loyalty.operations.coupons import withdraw_coupons
from loyalty.operations.stamps import withdraw_stamp_card
from loyalty.queries.coupons import PoolTotals, latest_uses, pool_by_id, pool_totals

_USES: Final = 30


@business_page(*EVERYONE)
def coupon_pool(request: BusinessRequest, coupon_pool_id: UUID) -> HttpResponse:
    """Show a kind of coupon."""
    pool = pool_by_id(coupon_pool_id)
    if pool is None:
        raise Http404
    totals = pool_totals([pool.id])[pool.id]
    row = pool_row(pool, totals, request.now)
    context = {
        "pool": pool,
        "row": row,
        "kpis": _kpis(totals),
        "uses": latest_uses(pool.id)[:_USES],
        "can_withdraw": row.active and role_may(request.role, MANAGERS),
    }
    return render(request, "dashboard/coupons/pool.html", context)


@require_POST
@business_page(*MANAGERS)
def coupons_withdraw(request: BusinessRequest, coupon_pool_id: UUID) -> HttpResponse:
    """Let nobody use them any more."""
    try:
        withdraw_coupons(pool_id=coupon_pool_id, actor=request.user, now=request.now)
    except Problem as problem:
        raise _missing(problem) from problem
    messages.success(request, _("Nobody can use it any more."))
    return redirect("dashboard:coupon-pool", request.business.slug, coupon_pool_id)


@require_POST
@business_page(*MANAGERS)
def stamp_card_withdraw(request: BusinessRequest, stamp_card_id: UUID) -> HttpResponse:
    """Let a stamp card count for nobody any more."""
    try:
        withdraw_stamp_card(card_id=stamp_card_id, actor=request.user, now=request.now)
    except Problem as problem:
        raise _missing(problem) from problem
    messages.success(request, _("It counts no more; rewards taken stay good until their day."))
    return redirect("dashboard:coupons", request.business.slug)


def _missing(problem: Problem) -> Exception:
    return Http404() if problem.status == HTTPStatus.NOT_FOUND else problem


def _kpis(totals: PoolTotals) -> list[Kpi]:
    toman = _("toman")
    return [
        Kpi(label=_("Sales with it"), value=words.number(totals.spent)),
        Kpi(label=_("What it cost"), value=words.toman(totals.discount_rial), unit=toman),
        Kpi(label=_("Sold with it"), value=words.toman(totals.sold_rial), unit=toman),
        Kpi(label=_("Given back by returns"), value=words.number(totals.given_back)),
    ]
