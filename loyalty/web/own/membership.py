"""A member's paid membership on their own page: what each step means, then a press that does it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from core.calendar import business_day
from core.errors import Problem, Sentence
from loyalty.enums import MembershipState
from loyalty.enums.memberships import OwnDeed
from loyalty.operations.memberships import change_own_membership
from loyalty.queries.memberships import PAUSED_AT_LEAST_DAYS, live_membership
from loyalty.web.own.session import Visit, inside

_DONE: Final[Mapping[OwnDeed, Sentence]] = {
    OwnDeed.PAUSE: _("Paused; the days that are left are kept for you."),
    OwnDeed.RESUME: _("Your membership goes on."),
    OwnDeed.END: _("Noted; nothing more is taken for it."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def own_membership(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Spell out what pausing and ending mean; a press on this page is the second step."""
    row = live_membership(visit.customer_id)
    if row is None:
        raise Http404
    if request.method == "POST":
        return _change(request, visit, row.id)
    today = business_day(visit.now, visit.shop.timezone)
    context: dict[str, Any] = {
        "shop": visit.shop,
        "row": row,
        "state": row.get_state_display(),
        "may_pause": row.state == MembershipState.ACTIVE
        and row.paid_until is not None
        and row.paid_until > today,
        "is_paused": row.state == MembershipState.PAUSED,
        "paused_until": row.paused_on and row.paused_on + timedelta(days=PAUSED_AT_LEAST_DAYS),
        "today": today,
        "keeps_days": row.state in {MembershipState.ACTIVE, MembershipState.PAUSED},
    }
    return render(request, "loyalty/own/membership.html", context)


def _change(request: HttpRequest, visit: Visit, membership_id: UUID) -> HttpResponse:
    deed = request.POST.get("deed", "")
    if deed not in OwnDeed.values or request.POST.get("membership") != str(membership_id):
        raise Http404
    try:
        change_own_membership(
            customer_id=visit.customer_id,
            membership_id=membership_id,
            deed=OwnDeed(deed),
            now=visit.now,
        )
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, str(_DONE[OwnDeed(deed)]))
    return redirect("own-page", visit.shop.slug)
