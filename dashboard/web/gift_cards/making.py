"""Making gift cards. Their codes are on the page that follows, once, and in its file."""

import re
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.errors import Problem
from core.ids import new_id
from dashboard.web.access import MANAGERS, SELLERS, BusinessRequest, business_page, refused
from dashboard.web.codes_file import codes_file
from dashboard.web.forms import JalaliDay, Line, Mobile, TomanField, Whole, refusal_to_form
from dashboard.web.people import local_mobile
from loyalty.enums import CardPaid
from loyalty.operations.gift_cards import IssuedCards, NewGiftCards, issue_gift_cards
from loyalty.queries.gift_cards import codes_of_issue, issue_by_id
from loyalty.queries.gift_codes import spelled
from payments.queries import pay_url


class GiftCardsForm(forms.Form):
    """How many cards of how much, for what, paid how."""

    name = Line(
        label=gettext_lazy("Occasion"),
        max_length=100,
        help_text=gettext_lazy("For your lists: Nowruz 1406, Sara's birthday."),
    )
    amount = TomanField(label=gettext_lazy("On each card, toman"))
    count = Whole(label=gettext_lazy("How many cards"), min_value=1, max_value=1_000, initial=1)
    paid_by = forms.ChoiceField(label=gettext_lazy("Paid by"))
    last_day = JalaliDay(
        label=gettext_lazy("Good until the end of"),
        help_text=gettext_lazy("Like 1406/1/31. Cards somebody bought may be good for ever."),
    )
    mobile = Mobile(label=gettext_lazy("Buyer's mobile, for a payment link"), required=False)
    recipients = forms.CharField(
        label=gettext_lazy("For whom, one mobile on each line"),
        help_text=gettext_lazy(
            "Each gets a card of their own and an SMS; its code is on their own page. "
            "Leave it empty for cards you hand out."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr", "inputmode": "tel"}),
    )

    # A page that was sent is sent again by who reloads it: these are no new cards.
    key = forms.UUIDField(required=False, initial=new_id, widget=forms.HiddenInput)

    def __init__(self, *args: Any, gifts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["paid_by"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                (one.value, one.label) for one in CardPaid if gifts or one != CardPaid.NOTHING
            ]

    def clean_recipients(self) -> list[str]:
        """Return the lines and what commas part, as typed."""
        typed: str = self.cleaned_data["recipients"]
        return [one.strip() for one in re.split(r"[\n,،;؛]", typed) if one.strip()]

    def new(self) -> NewGiftCards:
        """Return the operation's value."""
        data = self.cleaned_data
        return NewGiftCards(
            name=data["name"],
            amount_rial=data["amount"],
            count=data["count"],
            paid_by=data["paid_by"],
            last_day=data["last_day"],
            mobile=data["mobile"] or None,
            recipients=data["recipients"],
            key=data["key"],
        )


@business_page(*SELLERS)
def gift_cards_new(request: BusinessRequest) -> HttpResponse:
    """Make cards; a cashier sells them, gifts of the business are a manager's."""
    gifts = role_may(request.role, MANAGERS)
    form = GiftCardsForm(request.POST or None, gifts=gifts)
    if request.method == "POST" and form.is_valid():
        try:
            made = issue_gift_cards(new=form.new(), by=str(request.user), now=request.now)
        except Problem as problem:
            if problem.code == "gift_cards_made":
                messages.error(request, str(problem.detail))
                key = form.cleaned_data["key"]
                return redirect("dashboard:gift-card-issue", request.business.slug, key)
            refusal_to_form(form, problem)
        else:
            return _told_once(request, form, made)
    answer = render(request, "dashboard/gift_cards/new.html", {"form": form, "gifts": gifts})
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*SELLERS)
def gift_cards_csv(request: BusinessRequest, gift_card_issue_id: UUID) -> HttpResponse:
    """Write the codes the page just showed as a file; only those of this issue."""
    issue = issue_by_id(gift_card_issue_id)
    if issue is None:
        raise Http404
    try:
        codes = codes_of_issue(issue.id, request.POST.get("codes", "").split())
    except Problem as problem:
        raise Http404 from problem
    heads = [_("Code"), _("Amount, rial"), _("Occasion")]
    rows = [(code, issue.amount_rial, issue.name) for code in codes]
    return codes_file("gift-cards.csv", heads, rows)


def _told_once(request: BusinessRequest, form: GiftCardsForm, made: IssuedCards) -> HttpResponse:
    context = {
        "issue_id": made.issue_id,
        "name": form.cleaned_data["name"],
        "amount_rial": form.cleaned_data["amount"],
        "codes": [spelled(code) for code in made.codes],
        "cards": [
            (spelled(code), local_mobile(mobile))
            for code, mobile in zip_longest(made.codes, made.mobiles, fillvalue="")
        ],
        "told": bool(made.mobiles),
        "pay_link": pay_url(made.pay_token) if made.pay_token else "",
    }
    answer = render(request, "dashboard/gift_cards/made.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
