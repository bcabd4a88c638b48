"""Campaigns: write, see the cost, send, see what it did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from campaigns.enums import EVERYONE, CampaignState
from campaigns.operations import create_campaign, send_campaign
from campaigns.queries import Estimate, campaign_by_id, estimate, results, segment_name
from campaigns.queries import campaigns as campaign_rows
from core.errors import NotFound, Problem
from dashboard.web import words
from dashboard.web.access import (
    MANAGERS,
    READERS,
    BusinessRequest,
    business_page,
    refused,
)
from dashboard.web.campaigns.forms import CampaignForm
from dashboard.web.campaigns.outcome import kpis, meters, outcomes, verdict_text
from dashboard.web.forms import refusal_to_form
from segmentation.queries.lifecycle import stage_of_segment

_LISTED: Final = 100
_TONES: Final[dict[CampaignState, str]] = {
    CampaignState.DRAFT: "",
    CampaignState.READY: "chip-brand",
    CampaignState.SENDING: "chip-amber",
    CampaignState.DONE: "chip-good",
    CampaignState.CANCELLED: "",
}
_UNSENT: Final = (CampaignState.DRAFT, CampaignState.READY)


@dataclass(frozen=True, kw_only=True)
class CampaignLine:
    """A campaign in a list and at the head of its page."""

    id: UUID
    name: str
    state: str
    tone: str
    segment: str
    body: str
    lead: str
    draft: bool
    treated: int
    held_out: int
    at: datetime


@business_page(*READERS)
def campaigns(request: BusinessRequest) -> HttpResponse:
    """List campaigns, newest first."""
    context = {
        "rows": [_line(row) for row in campaign_rows()[:_LISTED]],
        "can_edit": role_may(request.role, MANAGERS),
    }
    return render(request, "dashboard/campaigns.html", context)


@business_page(*MANAGERS)
def new(request: BusinessRequest) -> HttpResponse:
    """Write a campaign; it is only a draft until it is sent from its own page."""
    form = CampaignForm(
        request.POST or None, initial={"segment": request.GET.get("segment", EVERYONE)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            draft = create_campaign(plan=form.plan(), now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            return redirect("dashboard:campaign", request.business.slug, draft.id)
    page = render(request, "dashboard/campaign_new.html", {"form": form})
    return refused(page) if form.is_bound else page


@require_POST
@business_page(*MANAGERS)
def estimated(request: BusinessRequest) -> HttpResponse:
    """Show count, parts and cost of what is being written (a part of the page)."""
    percent = CampaignForm(request.POST)
    percent.is_valid()
    found = _estimate(
        segment=request.POST.get("segment", EVERYONE),
        body=request.POST.get("body", ""),
        holdout_percent=percent.cleaned_data.get("holdout_percent") or 0,
        now=request.now,
    )
    return render(request, "dashboard/campaign_estimate.html", {"estimate": found})


@business_page(*READERS)
def campaign(request: BusinessRequest, campaign_id: UUID) -> HttpResponse:
    """Show a draft with its cost, or a sent campaign with what it did."""
    row = campaign_by_id(campaign_id)
    if row is None:
        raise Http404
    line = _line(row)
    shown = _drafted(row, request.now) if line.draft else _sent(row, request.now)
    context = {"campaign": line, "can_edit": role_may(request.role, MANAGERS), **shown}
    return render(request, "dashboard/campaign.html", context)


@require_POST
@business_page(*MANAGERS)
def send(request: BusinessRequest, campaign_id: UUID) -> HttpResponse:
    """Draw the arms and begin sending."""
    try:
        send_campaign(campaign_id=campaign_id, now=request.now)
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("The campaign is on its way."))
    return redirect("dashboard:campaign", request.business.slug, campaign_id)


def _drafted(row: Any, now: datetime) -> dict[str, Any]:
    found = _estimate(
        segment=row.segment,
        body=row.body,
        holdout_percent=row.holdout_percent,
        now=now,
        campaign_id=row.id,
    )
    return {"estimate": found}


def _sent(row: Any, now: datetime) -> dict[str, Any]:
    found = results(campaign=row, now=now)
    return {
        "kpis": kpis(found),
        "outcomes": outcomes(found),
        "verdict": verdict_text(found),
        "meters": meters(found),
    }


def _estimate(**asked: Any) -> Estimate | None:
    try:
        return estimate(**asked)
    except Problem:
        # Nothing to say yet: the form itself tells what is wrong when it is sent.
        return None


def _lead(key: str, segment: str, day: str) -> str:
    """Return to whom it goes and when, with the stage of a customer's life it serves (C037)."""
    said = _("%(segment)s · %(day)s") % {"segment": segment, "day": day}
    stage = stage_of_segment(key)
    if stage is None:
        return said
    serves = _("serves the stage «%(stage)s»") % {"stage": stage.label}
    return f"{said} · {serves}"


def _line(row: Any) -> CampaignLine:
    state = CampaignState(row.state)
    segment = segment_name(row.segment)
    at = row.started_at or row.created_at
    return CampaignLine(
        id=row.id,
        name=row.name,
        state=str(state.label),
        tone=_TONES[state],
        segment=segment,
        body=row.body,
        lead=_lead(row.segment, segment, words.day(at)),
        draft=state in _UNSENT,
        treated=row.treatment_count,
        held_out=row.holdout_count,
        at=at,
    )
