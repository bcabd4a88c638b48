"""A customer's own days on their page."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.calendar import MONTH_NAMES
from core.errors import Problem
from customers.queries.people import customer_view
from dashboard.web import words
from dashboard.web.access import SELLERS, BusinessRequest, business_page
from dashboard.web.forms import Line, Whole
from dashboard.web.gifts.occasions import what_day
from loyalty.enums.presents import OccasionKind, OccasionSource
from loyalty.operations.occasions import NewOccasion, forget_occasion, tell_occasion
from loyalty.queries.occasions import occasions_of

_MONTHS = [(str(place), name) for place, name in enumerate(MONTH_NAMES, start=1)]


class OccasionForm(forms.Form):
    """Which day, and what it is."""

    kind = forms.ChoiceField(label=gettext_lazy("Occasion"), choices=OccasionKind.choices)
    occasion_day = Whole(label=gettext_lazy("Day"), min_value=1, max_value=31)
    occasion_month = forms.ChoiceField(label=gettext_lazy("Month"), choices=_MONTHS)
    title = Line(
        label=gettext_lazy("Title"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Only for another day."),
    )


def days_of(customer_id: UUID, request: BusinessRequest) -> dict[str, Any]:
    """Return a customer's days, and the form for who may tell one."""
    rows = [
        {
            "kind": row.kind,
            "what": what_day(row),
            "day": f"{words.number(row.day)} {MONTH_NAMES[row.month - 1]}",
            "next_on": row.next_on,
        }
        for row in occasions_of(customer_id)
    ]
    may = role_may(request.role, SELLERS)
    return {"occasions": rows, "occasion_form": OccasionForm() if may else None}


@require_POST
@business_page(*SELLERS)
def occasion_tell(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Keep a day, or forget one; what became of it is told on the customer's page."""
    person = customer_view(customer_id)
    if person is None:
        raise Http404
    forgotten = request.POST.get("forget", "")
    try:
        if forgotten:
            forget_occasion(customer_id=person.id, kind=forgotten)
            messages.success(request, _("The day is forgotten."))
        else:
            _tell(request, person.id)
    except Problem as problem:
        messages.error(request, str(problem.detail))
    return redirect("dashboard:customer", request.business.slug, person.id)


def _tell(request: BusinessRequest, customer_id: UUID) -> None:
    form = OccasionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a day and a month."))
        return
    typed = form.cleaned_data
    new = NewOccasion(
        kind=OccasionKind(typed["kind"]),
        month=int(typed["occasion_month"]),
        day=typed["occasion_day"],
        title=typed["title"],
    )
    row = tell_occasion(
        customer_id=customer_id, new=new, source=OccasionSource.STAFF, now=request.now
    )
    messages.success(request, _("Kept; next on %(day)s.") % {"day": words.day(row.next_on)})
