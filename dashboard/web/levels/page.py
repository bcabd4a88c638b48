"""The page of levels and rewards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.calendar import business_day
from core.errors import NotFound, Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.forms import refusal_to_form
from dashboard.web.growth.onboarding import reach_warning
from dashboard.web.levels.typed import RewardForm, TiersForm
from loyalty.operations import offer_reward, update_tiers, withdraw_reward
from loyalty.queries import members_by_tier
from loyalty.queries.offers import taken_by_reward
from loyalty.queries.onboarding import reach
from loyalty.queries.programme import program, rewards, tiers


@dataclass(frozen=True, kw_only=True)
class RewardRow:
    """A reward, and how often it was had."""

    id: UUID
    name: str
    cost: str
    value_rial: int
    taken: str
    is_offered: bool


@business_page(*READERS)
def levels(request: BusinessRequest) -> HttpResponse:
    """Show levels and rewards; change the levels."""
    form = TiersForm(request.POST or None, held=list(tiers()))
    if request.method == "POST" and role_may(request.role, MANAGERS) and form.is_valid():
        try:
            update_tiers(plans=form.plans(), actor=request.user, now=request.now)
        except Problem as problem:
            form.refuse(problem)
        else:
            messages.success(request, _("Saved; who is above a new bound rises with the next buy."))
            return redirect("dashboard:levels", request.business.slug)
    return _page(request, form, RewardForm())


@require_POST
@business_page(*MANAGERS)
def reward_offer(request: BusinessRequest) -> HttpResponse:
    """Offer a reward, or change one."""
    form = RewardForm(request.POST)
    if form.is_valid():
        try:
            offer_reward(**form.cleaned_data, actor=request.user, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("The reward is on offer."))
            return redirect("dashboard:levels", request.business.slug)
    return _page(request, TiersForm(held=list(tiers())), form)


@require_POST
@business_page(*MANAGERS)
def reward_withdraw(request: BusinessRequest, reward_id: UUID) -> HttpResponse:
    """Offer a reward no more."""
    try:
        withdraw_reward(reward_id=reward_id, actor=request.user, now=request.now)
    except NotFound as missing:
        raise Http404 from missing
    messages.success(request, _("It is offered no more; what was had of it stays."))
    return redirect("dashboard:levels", request.business.slug)


def _page(request: BusinessRequest, form: TiersForm, reward: RewardForm) -> HttpResponse:
    may = role_may(request.role, MANAGERS)
    programme = program()
    context: Mapping[str, Any] = {
        "form": form,
        "levels": list(form.rows(members_by_tier())),
        "held": list(tiers()),
        "may": may,
        "reward_form": reward if may else None,
        "rewards": _rewards(),
        "window": programme.get_tier_window_display() if programme else "",
        "warning": reach_warning(reach(business_day(request.now, request.business.timezone))),
    }
    answer = render(request, "dashboard/levels.html", context)
    return refused(answer) if form.errors or reward.errors else answer


def _rewards() -> list[RewardRow]:
    taken = taken_by_reward()
    return [
        RewardRow(
            id=row.id,
            name=row.name,
            cost=words.number(row.cost_points),
            value_rial=row.value_rial,
            taken=words.number(taken.get(row.id, 0)),
            is_offered=row.is_active,
        )
        for row in rewards()
    ]
