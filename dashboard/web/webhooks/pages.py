"""Where the business's own software listens, how it goes with it, and what it was told."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.api.paging import page
from core.errors import Problem
from dashboard.web.access import OWNERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Code, Line, refusal_to_form
from dashboard.web.webhooks.acts import told_once
from dashboard.web.webhooks.rows import MessagePage, endpoint_row, kpis_of, message_row
from webhooks.enums import MessageState
from webhooks.operations import change_endpoint, open_endpoint
from webhooks.queries.kinds import KINDS
from webhooks.queries.listing import (
    Receiver,
    Standing,
    endpoint_by_id,
    endpoints,
    messages_to,
    standings,
)

_PAGE: Final = 20


class EndpointForm(forms.Form):
    """Where to, and what."""

    url = Code(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy("Your software's own, like https://shop.example.com/vafa."),
    )
    note = Line(label=gettext_lazy("Name, to know it again"), max_length=100, required=False)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What it hears"),
        choices=[(one.name, one.label) for one in KINDS],
        widget=forms.CheckboxSelectMultiple,
    )


@business_page(*OWNERS)
def webhooks(request: BusinessRequest) -> HttpResponse:
    """List the receivers."""
    known = standings(request.now)
    rows = [endpoint_row(row, known.get(row.id, Standing())) for row in endpoints()]
    return render(request, "dashboard/webhooks/webhooks.html", {"rows": rows})


@business_page(*OWNERS)
def webhook_new(request: BusinessRequest) -> HttpResponse:
    """Open a receiver; its secret is told once."""
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = open_endpoint(**form.cleaned_data, actor=request.user, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            return told_once(request, made)
    answer = render(request, "dashboard/webhooks/new.html", {"form": form})
    return refused(answer) if form.errors else answer


@business_page(*OWNERS)
def webhook(request: BusinessRequest, webhook_endpoint_id: UUID) -> HttpResponse:
    """Show one receiver and what it was told; change it."""
    row = endpoint_by_id(webhook_endpoint_id)
    form = EndpointForm(request.POST or None, initial=vars(row))
    if request.method == "POST" and form.is_valid():
        try:
            change_endpoint(
                endpoint_id=row.id,
                **form.cleaned_data,
                is_open=row.is_open,
                actor=request.user,
                now=request.now,
            )
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Changed."))
            return redirect("dashboard:webhook", request.business.slug, row.id)
    answer = render(request, "dashboard/webhooks/webhook.html", _shown(request, row, form))
    return refused(answer) if form.errors else answer


def _shown(request: BusinessRequest, row: Receiver, form: EndpointForm) -> dict[str, Any]:
    how = standings(request.now).get(row.id, Standing())
    state = request.GET.get("state", "")
    found = page(
        messages_to(row.id, state), by="made_at", cursor=request.GET.get("cursor"), limit=_PAGE
    )
    return {
        "row": endpoint_row(row, how),
        "endpoint": row,
        "form": form,
        "kpis": kpis_of(how),
        "state": state,
        "states": [("", _("All")), *MessageState.choices],
        "page": MessagePage(
            rows=[message_row(one) for one in found.rows], next_cursor=found.next_cursor
        ),
    }
