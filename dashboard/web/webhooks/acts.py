"""What the buttons of a receiver do."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import OWNERS, BusinessRequest, business_page
from webhooks.operations import (
    OpenedEndpoint,
    change_endpoint,
    remove_endpoint,
    replay_dead,
    replay_message,
    rotate_secret,
    send_test,
)
from webhooks.queries.listing import Receiver, endpoint_by_id


@require_POST
@business_page(*OWNERS)
def webhook_act(request: BusinessRequest, webhook_endpoint_id: UUID) -> HttpResponse:
    """Do what a button asks: test, new secret, on, off, again, remove."""
    act = _ACTS.get(request.POST.get("action", ""))
    if act is None:
        raise Http404
    row = endpoint_by_id(webhook_endpoint_id)
    try:
        return act(request, row)
    except Problem as problem:
        messages.error(request, str(problem.detail))
        return redirect("dashboard:webhook", request.business.slug, row.id)


@require_POST
@business_page(*OWNERS)
def webhook_replay(request: BusinessRequest, webhook_message_id: UUID) -> HttpResponse:
    """Send one message again."""
    row = replay_message(message_id=webhook_message_id, now=request.now)
    messages.success(request, _("It is on its way again."))
    return redirect("dashboard:webhook", request.business.slug, row.endpoint_id)


def _test(request: BusinessRequest, row: Receiver) -> HttpResponse:
    send_test(endpoint_id=row.id, now=request.now)
    messages.success(request, _("A test is on its way; load the page again to see the answer."))
    return redirect("dashboard:webhook", request.business.slug, row.id)


def _secret(request: BusinessRequest, row: Receiver) -> HttpResponse:
    made = rotate_secret(endpoint_id=row.id, actor=request.user, now=request.now)
    return told_once(request, made)


def _switch(request: BusinessRequest, row: Receiver) -> HttpResponse:
    change_endpoint(
        endpoint_id=row.id,
        url=row.url,
        kinds=row.kinds,
        note=row.note,
        is_open=not row.is_open,
        actor=request.user,
        now=request.now,
    )
    return redirect("dashboard:webhook", request.business.slug, row.id)


def _again(request: BusinessRequest, row: Receiver) -> HttpResponse:
    count = replay_dead(endpoint_id=row.id, now=request.now)
    messages.success(
        request, _("%(count)s are on their way again.") % {"count": words.number(count)}
    )
    return redirect("dashboard:webhook", request.business.slug, row.id)


def _remove(request: BusinessRequest, row: Receiver) -> HttpResponse:
    remove_endpoint(endpoint_id=row.id, actor=request.user, now=request.now)
    messages.success(request, _("Nothing is sent there any more."))
    return redirect("dashboard:webhooks", request.business.slug)


_ACTS: Final[dict[str, Callable[[BusinessRequest, Receiver], HttpResponse]]] = {
    "test": _test,
    "secret": _secret,
    "switch": _switch,
    "again": _again,
    "remove": _remove,
}


def told_once(request: BusinessRequest, made: OpenedEndpoint) -> HttpResponse:
    """Show a secret, this once."""
    answer = render(
        request,
        "dashboard/webhooks/secret.html",
        {"row": made.endpoint, "secret": made.secret},
    )
    answer["Cache-Control"] = "no-store"
    return answer
