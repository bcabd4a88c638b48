"""Saying what a friend is worth."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Problem
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import TomanField, Whole, refusal_to_form
from loyalty.operations.referrals import NewOffer, offer_referrals
from loyalty.queries.referrals import referral_offer as offer_now

_MOST = 1_000_000_000


class OfferForm(forms.Form):
    """Points for both, what must be bought, how long it may be returned, and limits."""

    referrer_points = Whole(
        label=gettext_lazy("Points for who recommends"), min_value=0, max_value=_MOST
    )
    friend_points = Whole(label=gettext_lazy("Points for the friend"), min_value=0, max_value=_MOST)
    least = TomanField(label=gettext_lazy("Smallest first purchase, toman"))
    wait_days = Whole(
        label=gettext_lazy("Days a purchase may be returned"),
        min_value=0,
        max_value=365,
        help_text=gettext_lazy("Points come after that, if enough of the purchase stayed."),
    )
    most_per_month = Whole(
        label=gettext_lazy("Friends of one customer in a month"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=gettext_lazy("Empty: no limit."),
    )
    budget = TomanField(
        label=gettext_lazy("Budget, toman"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Empty: no limit. A friend reserves of it when they come."),
    )
    is_open = forms.BooleanField(
        label=gettext_lazy("Friends are welcome now"), required=False, initial=True
    )

    def new(self) -> NewOffer:
        """Return the operation's value."""
        data = dict(self.cleaned_data)
        return NewOffer(least_rial=data.pop("least"), budget_rial=data.pop("budget"), **data)


@business_page(*MANAGERS)
def referral_offer(request: BusinessRequest) -> HttpResponse:
    """Show the offer as a form; change it."""
    form = OfferForm(request.POST or None, initial=_initial())
    if request.method == "POST" and form.is_valid():
        try:
            offer_referrals(new=form.new(), actor=request.user, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("It counts for friends who come from now on."))
            return redirect("dashboard:referrals", request.business.slug)
    answer = render(request, "dashboard/referrals/offer.html", {"form": form})
    return refused(answer) if form.errors else answer


def _initial() -> dict[str, Any]:
    row = offer_now()
    if row is None:
        return {"referrer_points": 50, "friend_points": 50, "wait_days": 7, "most_per_month": 10}
    return {
        "referrer_points": row.referrer_points,
        "friend_points": row.friend_points,
        "least": row.least_rial,
        "wait_days": row.wait_days,
        "most_per_month": row.most_per_month,
        "budget": row.budget_rial,
        "is_open": row.is_open,
    }
