"""What a customer did, noted on their page by whoever serves them (C065)."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.errors import Problem
from customers.queries.people import customer_view
from dashboard.web import words
from dashboard.web.access import SELLERS, BusinessRequest, business_page
from loyalty.enums.engagement import SEEN_HERE, EngagementKind
from loyalty.operations.engagement import note_engagement
from loyalty.queries.engagements import engagement_rules


class NoteForm(forms.Form):
    """What they did; `mark` makes a form pressed twice one thing."""

    did = forms.ChoiceField(label=gettext_lazy("What they did"))
    mark = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        choice: Any = self.fields["did"]
        choice.choices = kinds


def may_note(request: BusinessRequest) -> dict[str, Any]:
    """Return the form for who serves, where the shop counts something they can see."""
    kinds = _kinds() if role_may(request.role, SELLERS) else []
    form = NoteForm(kinds=kinds, initial={"mark": uuid4()}) if kinds else None
    return {"engagement_form": form}


@require_POST
@business_page(*SELLERS)
def engagement_note(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Note it; what came of it is told on the customer's page."""
    person = customer_view(customer_id)
    if person is None:
        raise Http404
    form = NoteForm(request.POST, kinds=_kinds())
    if not form.is_valid():
        messages.error(request, _("Say what they did."))
    else:
        _note(request, person.id, form.cleaned_data)
    return redirect("dashboard:customer", request.business.slug, person.id)


def _note(request: BusinessRequest, customer_id: UUID, typed: dict[str, Any]) -> None:
    try:
        row = note_engagement(
            customer_id=customer_id,
            kind=EngagementKind(typed["did"]),
            reference=f"page:{typed['mark']}",
            now=request.now,
        )
    except Problem as problem:
        messages.error(request, str(problem.detail))
        return
    if row.points:
        points = words.number(row.points)
        messages.success(request, _("Noted: %(points)s points.") % {"points": points})
    else:
        facts = {"why": row.get_why_none_display()}
        messages.success(request, _("Noted without points: %(why)s.") % facts)


def _kinds() -> list[tuple[str, str]]:
    return [
        (row.kind, str(EngagementKind(row.kind).label))
        for row in engagement_rules()
        if row.is_open and row.kind not in SEEN_HERE
    ]
