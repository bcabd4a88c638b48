"""Putting money on a card a customer holds, and taking it off again."""

from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import NotFound, Problem
from core.ids import new_id
from dashboard.web import words
from dashboard.web.access import MANAGERS, SELLERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Code, TomanField, refusal_to_form
from loyalty.enums import TOP_UP_PAID
from loyalty.operations.gift_cards import NewTopUp, take_back_top_up, top_up_gift_card
from loyalty.queries.top_ups import top_up_by_id

_MAX_CODE: Final = 100


class TopUpForm(forms.Form):
    """Whose card, how much, paid how. The number makes a form sent twice one top-up."""

    external_id = forms.UUIDField(widget=forms.HiddenInput)
    code = Code(label=gettext_lazy("The card's code"), max_length=_MAX_CODE)
    amount = TomanField(label=gettext_lazy("Put on it, toman"))
    paid_by = forms.ChoiceField(
        label=gettext_lazy("Paid by"), choices=[(one.value, one.label) for one in TOP_UP_PAID]
    )

    def new(self) -> NewTopUp:
        """Return the operation's value."""
        data = self.cleaned_data
        return NewTopUp(
            code=data["code"],
            external_id=str(data["external_id"]),
            amount_rial=data["amount"],
            paid_by=data["paid_by"],
        )


@business_page(*SELLERS)
def gift_card_top_up(request: BusinessRequest) -> HttpResponse:
    """Put money on a card whose code is at hand."""
    form = TopUpForm(request.POST or None, initial={"external_id": new_id()})
    if request.method == "POST" and form.is_valid():
        try:
            done = top_up_gift_card(new=form.new(), by=str(request.user), now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            left = words.toman(done.card.balance_rial)
            messages.success(
                request, _("Done: there is %(left)s toman on the card now.") % {"left": left}
            )
            return redirect("dashboard:gift-card-issue", request.business.slug, done.card.issue_id)
    answer = render(request, "dashboard/gift_cards/top_up.html", {"form": form})
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*MANAGERS)
def gift_card_top_up_back(request: BusinessRequest, gift_card_top_up_id: UUID) -> HttpResponse:
    """Take a top-up off its card; the money goes back over the counter."""
    try:
        top_up = top_up_by_id(gift_card_top_up_id)
    except NotFound as problem:
        raise Http404 from problem
    try:
        take_back_top_up(top_up_id=top_up.id, actor=request.user, now=request.now)
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        rial = words.toman(top_up.amount_rial)
        messages.success(
            request, _("The top-up is off the card; give %(rial)s toman back.") % {"rial": rial}
        )
    return redirect("dashboard:gift-card-issue", request.business.slug, top_up.card.issue_id)
