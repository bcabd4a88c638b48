"""Moving a target and giving it up."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dashboard.web.access import MANAGERS, BusinessRequest, business_page
from dashboard.web.forms import carry_out
from dashboard.web.targets.forms import EndForm, MoveForm, kept_goal
from dashboard.web.targets.showing import shown
from segmentation.operations import end_target, move_target
from segmentation.queries.targets.ledger import target_by_id


@require_POST
@business_page(*MANAGERS)
def target_move(request: BusinessRequest, target_id: UUID) -> HttpResponse:
    """Aim at another goal from now on."""
    row = target_by_id(target_id)
    if row is None:
        raise Http404
    figure = row.figure

    def act(data: dict[str, Any]) -> None:
        goal = kept_goal(figure, data["goal"])
        _said(request, move_target, target_id, goal=goal, reason=data["reason"])

    form = MoveForm(figure, data=request.POST)
    return _done(request, target_id, "move", form, act)


@require_POST
@business_page(*MANAGERS)
def target_end(request: BusinessRequest, target_id: UUID) -> HttpResponse:
    """Give a target up."""

    def act(data: dict[str, Any]) -> None:
        _said(request, end_target, target_id, **data)

    return _done(request, target_id, "end", EndForm(data=request.POST), act)


def _said(
    request: BusinessRequest, act: Callable[..., object], target_id: UUID, **data: Any
) -> None:
    act(target_id=target_id, by=str(request.user), actor=request.user, now=request.now, **data)


def _done(
    request: BusinessRequest,
    target_id: UUID,
    name: str,
    form: forms.Form,
    act: Callable[[dict[str, Any]], None],
) -> HttpResponse:
    """Do what a form asks for; show the target again with what was wrong, or with what is new."""
    if not carry_out(form, act):
        return shown(request, target_id, **{name: form})
    messages.success(request, _("Written down; what it was stays shown."))
    return redirect("dashboard:target", request.business.slug, target_id)
