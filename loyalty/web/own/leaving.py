"""Leaving the club on one's own page: see what it means, confirm; and coming back (C047)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Problem
from core.spelling import number
from loyalty.enums import ExitWay
from loyalty.operations.leaving import leave_club, rejoin_club
from loyalty.queries.credit import credit_of
from loyalty.queries.leaving import BACK_WITHIN, left_club
from loyalty.queries.leaving import leaving as outlook
from loyalty.queries.own_page import money_kept
from loyalty.queries.programme import terms
from loyalty.web.own.session import Visit, inside


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def leave(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Spell out what is lost and what stays; a press on this page is the second step."""
    if terms() is None:
        raise Http404
    if request.method == "POST":
        return _leave(request, visit)
    if left_club(visit.customer_id, visit.now) is not None:
        return redirect("own-page", visit.shop.slug)
    context = {
        "shop": visit.shop,
        "told": outlook(visit.customer_id, visit.now),
        "kept": money_kept(visit.customer_id, visit.now),
        "credit": credit_of(visit.customer_id, visit.now),
        "days": BACK_WITHIN.days,
    }
    return render(request, "loyalty/own/leave.html", context)


@require_POST
@inside
def come_back(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Let them back in."""
    if terms() is None:
        raise Http404
    points = rejoin_club(customer_id=visit.customer_id, now=visit.now)
    told = _("Welcome back.")
    if points:
        again = _("%(points)s points came back with you.") % {"points": number(points)}
        told = f"{told} {again}"
    messages.success(request, told)
    return redirect("own-page", visit.shop.slug)


def _leave(request: HttpRequest, visit: Visit) -> HttpResponse:
    try:
        leave_club(customer_id=visit.customer_id, way=ExitWay.OWN_PAGE, now=visit.now)
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("You have left the club."))
    return redirect("own-page", visit.shop.slug)
