"""What a customer's page shows of the time before the first purchase, and following up there."""

from dataclasses import dataclass
from datetime import date, datetime
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
from core.errors import Problem
from customers.enums import LeadLoss, LeadStage, LeadStep
from customers.operations.leads import assign_lead, follow_up
from customers.queries.leads import Bought, bought_by, lead_by_id, lead_of
from dashboard.web.access import SELLERS, BusinessRequest, business_page
from dashboard.web.forms import JalaliDay, Line
from dashboard.web.leads.words_of_leads import moment_of, owners, source_title


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of somebody's way, with its day; without one it has not come."""

    label: str
    on: date | datetime | None
    icon: str


class FollowForm(forms.Form):
    """What came of it, why if lost, and when again."""

    step = forms.ChoiceField(label=gettext_lazy("What came of it?"))
    because = forms.ChoiceField(
        label=gettext_lazy("Why, if lost"),
        choices=[("", "—"), *LeadLoss.choices],
        required=False,
    )
    note = Line(label=gettext_lazy("Note"), required=False, max_length=500)
    next_on = JalaliDay(label=gettext_lazy("Again on"), help_text=gettext_lazy("Empty: not again."))

    def __init__(self, *args: Any, lost: bool, may_call: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        step = self.fields["step"]
        if isinstance(step, forms.ChoiceField):
            step.choices = [
                (one.value, one.label) for one in LeadStep if (one is LeadStep.REOPENED) == lost
            ]
        if lost:
            del self.fields["because"]
        if not may_call:
            del self.fields["next_on"]


def before_buying(customer_id: UUID, request: BusinessRequest) -> dict[str, Any]:
    """Return the stages of somebody's way and, while they have not bought, the form."""
    lead = lead_of(customer_id)
    if lead is None:
        return {}
    bought = bought_by([customer_id]).get(customer_id)
    told: dict[str, Any] = {
        "lead": lead,
        "lead_source": source_title(lead.source),
        "lead_stages": _stages(lead, bought),
        "lead_bought": bought is not None,
    }
    if bought is None and role_may(request.role, SELLERS):
        told["follow_form"] = _form(lead)
        told["lead_owners"] = owners()
        told["lead_owner"] = lead.owner.code if lead.owner else ""
    return told


@require_POST
@business_page(*SELLERS)
def lead_follow(request: BusinessRequest, lead_id: UUID) -> HttpResponse:
    """Write down what came of getting in touch."""
    customer_id = _customer(lead_id)
    step = request.POST.get("step", "")
    form = FollowForm(request.POST, lost=step == LeadStep.REOPENED, may_call=True)
    if not form.is_valid():
        first = next(iter(form.errors.values()))
        messages.error(request, str(first[0]))
        return _back(request, customer_id)
    data = form.cleaned_data
    try:
        follow_up(
            lead_id=lead_id,
            step=data["step"],
            because=data.get("because", ""),
            note=data["note"],
            next_at=moment_of(data["next_on"], request.business.timezone, request.now),
            by=str(request.user),
            now=request.now,
        )
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Written down."))
    return _back(request, customer_id)


@require_POST
@business_page(*SELLERS)
def lead_assign(request: BusinessRequest, lead_id: UUID) -> HttpResponse:
    """Say who looks after somebody."""
    customer_id = _customer(lead_id)
    try:
        assign_lead(lead_id=lead_id, owner_code=request.POST.get("owner", ""), now=request.now)
    except Problem as problem:
        messages.error(request, str(problem.detail))
    return _back(request, customer_id)


def _form(lead: Any) -> FollowForm:
    return FollowForm(lost=lead.stage == LeadStage.LOST, may_call=lead.consented_at is not None)


def _customer(lead_id: UUID) -> UUID:
    lead = lead_by_id(lead_id)
    if lead is None:
        raise Http404
    return lead.customer_id


def _back(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    return redirect("dashboard:customer", request.business.slug, customer_id)


def _stages(lead: Any, bought: Bought | None) -> list[Stage]:
    way = [
        Stage(label=_("Left their number"), on=lead.made_at, icon="user-plus"),
        Stage(label=_("Spoken to"), on=lead.contacted_at, icon="phone"),
        Stage(label=_("Interested"), on=lead.interested_at, icon="heart"),
    ]
    if lead.lost_at and bought is None:
        return [*way, Stage(label=str(lead.get_lost_because_display()), on=lead.lost_at, icon="x")]
    first, second = (bought.first_at, bought.second_on) if bought else (None, None)
    return [
        *way,
        Stage(label=_("First purchase"), on=first, icon="shopping-bag"),
        Stage(label=_("Bought on a second day"), on=second, icon="repeat"),
    ]
