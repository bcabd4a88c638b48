"""Giving a customer points on the spot: at the till and on the customer's page."""

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
from customers.queries.people import customer_view
from dashboard.web import words
from dashboard.web.access import SELLERS, BusinessRequest, business_page
from dashboard.web.forms import Line, Whole
from loyalty.operations.goodwill import Giver, give_goodwill
from loyalty.queries.goodwill import left_of

_MOST = 1_000_000_000


class GoodwillForm(forms.Form):
    """How many points, why, and a number of its own so that nothing is given twice."""

    use_required_attribute = False  # at the till it lies within the sale's own form

    goodwill_id = forms.UUIDField(widget=forms.HiddenInput)
    goodwill_points = Whole(label=gettext_lazy("How many points"), min_value=1, max_value=_MOST)
    goodwill_reason = Line(label=gettext_lazy("Why? The customer sees this."), max_length=200)


def may_give(request: BusinessRequest) -> dict[str, Any]:
    """Return the form and what is left, for whoever may give points now; else nothing."""
    left = left_of(request.user.id, request.now) if role_may(request.role, SELLERS) else None
    if left is None:
        return {}
    form = GoodwillForm(initial={"goodwill_id": new_id()}) if left.most_at_once else None
    facts = {
        "left": words.number(left.points),
        "of": words.number(left.of),
        "worth": words.toman(left.points * left.unit_value_rial),
        "span": left.span.label,
    }
    text = _("Left of %(of)s points of %(span)s: %(left)s, worth %(worth)s toman.") % facts
    return {"goodwill_form": form, "goodwill_left": text}


@require_POST
@business_page(*SELLERS)
def goodwill_give(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Give points; what became of it is told on the customer's page."""
    if customer_view(customer_id) is None:
        raise Http404
    done, said = _give(request, customer_id)
    (messages.success if done else messages.error)(request, said)
    return redirect("dashboard:customer", request.business.slug, customer_id)


@require_POST
@business_page(*SELLERS)
def till_goodwill(request: BusinessRequest) -> HttpResponse:
    """Give points to who stands at the till (a part of the till page)."""
    try:
        customer_id = UUID(request.POST.get("customer", ""))
    except ValueError as error:
        raise Http404 from error
    done, said = _give(request, customer_id)
    return render(request, "dashboard/gifts/till_given.html", {"done": done, "said": said})


def _give(request: BusinessRequest, customer_id: UUID) -> tuple[bool, str]:
    form = GoodwillForm(request.POST)
    if not form.is_valid():
        return False, _("Give a number of points and the reason.")
    typed, giver = form.cleaned_data, Giver(request.user.id, str(request.user))
    try:
        row = give_goodwill(
            customer_id=customer_id,
            points=typed["goodwill_points"],
            reason=typed["goodwill_reason"],
            giver=giver,
            now=request.now,
            goodwill_id=typed["goodwill_id"],
        )
    except Problem as problem:
        return False, _refusal(problem)
    return True, _("%(n)s points given.") % {"n": words.number(row.points)}


def _refusal(problem: Problem) -> str:
    """Return a refusal with the number that would have been allowed."""
    said = str(problem.detail)
    most = problem.extra.get("most", problem.extra.get("left_points"))
    if most is None:
        return said
    return f"{said} {_('At most %(n)s points.') % {'n': words.number(most)}}"
