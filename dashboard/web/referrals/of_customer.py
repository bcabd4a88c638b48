"""What a customer's page and a receipt say of friends."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from customers.queries.people import customer_view
from dashboard.web import words
from dashboard.web.access import SELLERS, BusinessRequest, business_page
from dashboard.web.payments.history import Fact
from dashboard.web.people import title_of
from loyalty.enums import LIVE_REFERRAL, ReferralState
from loyalty.operations.referrals import referral_code_for
from loyalty.queries.referrals import (
    code_of,
    referral_of_purchase,
    referral_rows,
    referrals_open,
)


def recommending(customer_id: UUID, request: BusinessRequest) -> dict[str, Any]:
    """Return a customer's code, who brought them and how many they brought."""
    code = code_of(customer_id)
    by = referral_rows(friend_id=customer_id).filter(state__in=LIVE_REFERRAL).first()
    brought = referral_rows(referrer_id=customer_id).filter(state=ReferralState.REWARDED).count()
    return {
        "refers": referrals_open() or bool(code),
        "referral_code": code,
        "referral_link": _link(request, code) if code else "",
        "can_give_code": role_may(request.role, SELLERS),
        "brought_by": by.referrer if by else None,
        "brought_by_name": _title(by.referrer) if by else "",
        "friends_brought": words.number(brought) if brought else "",
    }


def brought_by(purchase_id: UUID) -> list[Fact]:
    """Return what a receipt says of the code a sale named."""
    row = referral_of_purchase(purchase_id)
    if row is None:
        return []
    label = _("Told of us by %(name)s") % {"name": _title(row.referrer)}
    if row.refusal:
        return [Fact(label=label, text=str(row.get_refusal_display()), tone="bad")]
    if row.next_at is None:
        return [Fact(label=label, text=str(row.get_state_display()), tone="good")]
    points = {"day": words.day(row.next_at), "n": words.number(row.friend_points)}
    return [Fact(label=label, text=_("%(n)s points after %(day)s") % points, tone="good")]


@require_POST
@business_page(*SELLERS)
def referral_code(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Give a customer the code they pass on."""
    person = customer_view(customer_id)
    if person is None:
        raise Http404
    referral_code_for(customer_id=person.id, now=request.now)
    return redirect("dashboard:customer", request.business.slug, person.id)


def _title(person: Any) -> str:
    return title_of(person.name, person.mobile, person.member_code)


def _link(request: BusinessRequest, code: str) -> str:
    return settings.BASE_URL + reverse("referral", args=[f"{request.business.slug}-{code}"])
