"""One member: the periods, what is to be paid, pause and end."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.calendar import business_day
from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import (
    EVERYONE,
    MANAGERS,
    SELLERS,
    BusinessRequest,
    business_page,
    refused,
)
from dashboard.web.forms import Code
from dashboard.web.memberships.rows import every, member_row, period_row, perks_in_words
from loyalty.enums import LIVE_MEMBERSHIP, MembershipState
from loyalty.operations.memberships import (
    cancel_membership,
    pause_membership,
    resume_membership,
)
from loyalty.queries.memberships import (
    membership_by_id,
    periods_of,
    refund_today,
    waiting_period,
)
from payments.operations.refunds import Receiver
from payments.queries import pay_url, payment_by_id

_PAUSABLE = frozenset({MembershipState.ACTIVE})
_ABOUT_THE_ACCOUNT = frozenset(
    {"invalid_iban", "invalid_receiver", "refund_needs_account", "no_payout_account"}
)
_DONE: dict[str, Promise] = {
    "pause": gettext_lazy("Paused; the days that are left are kept."),
    "resume": gettext_lazy("It goes on."),
    "notice": gettext_lazy("It ends when its paid days do."),
    "end": gettext_lazy("The membership has ended."),
    "end_free": gettext_lazy("The membership has ended."),
}


class EndForm(forms.Form):
    """Where the unused days' money goes when the paying card cannot have it."""

    iban = Code(
        label=gettext_lazy("Account number (IBAN)"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Needed where the money was debited; else the paying card gets it."),
    )


@business_page(*EVERYONE)
def membership(request: BusinessRequest, paid_membership_id: UUID) -> HttpResponse:
    """Show one member."""
    return _page(request, paid_membership_id, EndForm())


def _page(request: BusinessRequest, membership_id: UUID, form: EndForm) -> HttpResponse:
    row = membership_by_id(membership_id)
    if row is None:
        raise Http404
    live = row.state in LIVE_MEMBERSHIP
    context = {
        "member": row,
        "row": member_row(row),
        "every": every(row.plan.months),
        "perks": perks_in_words(row.plan),
        "periods": [period_row(period) for period in periods_of(row.id)],
        "pay_link": _pay_link(row.id),
        "customer_href": reverse(
            "dashboard:customer", args=[request.business.slug, row.customer_id]
        ),
        "can_sell": live and role_may(request.role, SELLERS),
        "can_end": live and role_may(request.role, MANAGERS),
        "can_pause": row.state in _PAUSABLE,
        "can_resume": row.state == MembershipState.PAUSED
        or (row.state == MembershipState.ACTIVE and not row.renews),
        "back_rial": refund_today(row, business_day(request.now, request.business.timezone)),
        "end_form": form,
    }
    return render(request, "dashboard/memberships/member.html", context)


@require_POST
@business_page(*MANAGERS)
def membership_change(request: BusinessRequest, paid_membership_id: UUID) -> HttpResponse:
    """Pause, resume or end; a refusal is told on the member's page, beside what it is about."""
    deed = request.POST.get("action", "")
    if deed not in _DONE or membership_by_id(paid_membership_id) is None:
        raise Http404
    form = EndForm(request.POST)
    if form.is_valid():
        _change(request, paid_membership_id, deed, form)
    if form.errors:
        return refused(_page(request, paid_membership_id, form))
    return redirect("dashboard:membership", request.business.slug, paid_membership_id)


def _change(request: BusinessRequest, membership_id: UUID, deed: str, form: EndForm) -> None:
    try:
        back = _do(request, membership_id, deed, form.cleaned_data["iban"])
    except Problem as problem:
        if problem.code in _ABOUT_THE_ACCOUNT:
            form.add_error("iban", str(problem.detail))
        else:
            messages.error(request, str(problem.detail))
    else:
        told = _("%(rial)s toman goes back.") % {"rial": words.toman(back)} if back else ""
        messages.success(request, f"{_DONE[deed]} {told}".strip())


def _do(request: BusinessRequest, membership_id: UUID, deed: str, iban: str) -> int:
    if deed == "pause":
        pause_membership(membership_id=membership_id, now=request.now)
    elif deed == "resume":
        resume_membership(membership_id=membership_id, now=request.now)
    else:
        return cancel_membership(
            membership_id=membership_id,
            at_end=deed == "notice",
            refund=deed == "end",
            receiver=Receiver(iban=iban) if iban else None,
            by=str(request.user),
            now=request.now,
        )
    return 0


def _pay_link(membership_id: UUID) -> str:
    """Return where the waiting period can be paid, or "" when it is debited or paid."""
    period = waiting_period(membership_id)
    payment = payment_by_id(period.payment_id) if period and period.payment_id else None
    return pay_url(payment) if payment else ""
