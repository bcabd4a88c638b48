"""Proposing a measure, deciding about it, noting an appeal and answering it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import NotFound, Problem
from customers.operations.measures import (
    answer_appeal,
    appeal_measure,
    decide_measure,
    lift_measure,
)
from customers.queries.people import customer_view
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import carry_out, refusal_to_form
from dashboard.web.measures.forms import AnswerForm, AppealForm, DecideForm, ProposeForm
from dashboard.web.measures.showing import shown
from dashboard.web.people import title_of
from segmentation.operations import propose_measure
from segmentation.queries.fit.reading import signs_of
from segmentation.queries.named.told import evidence_told


@business_page(*MANAGERS)
def measure_new(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Propose a measure about a customer, with what stands against them in sight."""
    person = customer_view(customer_id)
    if person is None:
        raise Http404
    form = ProposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = propose_measure(
                customer_id=person.id,
                by=_by(request),
                actor=request.user,
                now=request.now,
                **form.cleaned_data,
            )
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Proposed. It holds only after a second person decided."))
            return redirect("dashboard:measure", request.business.slug, row.id)
    context = {
        "form": form,
        "customer_id": person.id,
        "title": title_of(person.name, person.mobile, person.member_code),
        "evidence": [
            {"name": stay.get_segment_display(), "why": evidence_told(stay.segment, stay.evidence)}
            for stay in signs_of([person.id]).get(person.id, [])
        ],
    }
    answer = render(request, "dashboard/measures/new.html", context)
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*MANAGERS)
def measure_decide(request: BusinessRequest, measure_id: UUID) -> HttpResponse:
    """Let a measure hold, or refuse it."""
    form = DecideForm(request.POST)

    def act(data: dict[str, Any]) -> None:
        decide_measure(
            measure_id=measure_id,
            accept=request.POST.get("verdict") == "accept",
            by=_by(request),
            actor=request.user,
            now=request.now,
            **data,
        )

    return _done(request, measure_id, "decide", form, act)


@require_POST
@business_page(*MANAGERS)
def measure_appeal(request: BusinessRequest, measure_id: UUID) -> HttpResponse:
    """Note what a customer says against a measure."""

    def act(data: dict[str, Any]) -> None:
        appeal_measure(measure_id=measure_id, actor=request.user, now=request.now, **data)

    return _done(request, measure_id, "appeal", AppealForm(request.POST), act)


@require_POST
@business_page(*MANAGERS)
def measure_answer(request: BusinessRequest, measure_id: UUID) -> HttpResponse:
    """Answer an appeal."""

    def act(data: dict[str, Any]) -> None:
        answer_appeal(
            measure_id=measure_id,
            lift=request.POST.get("verdict") == "lift",
            by=_by(request),
            actor=request.user,
            now=request.now,
            **data,
        )

    return _done(request, measure_id, "answer", AnswerForm(request.POST), act)


@require_POST
@business_page(*MANAGERS)
def measure_lift(request: BusinessRequest, measure_id: UUID) -> HttpResponse:
    """End a measure before its day."""
    try:
        lift_measure(measure_id=measure_id, actor=request.user, now=request.now)
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Lifted."))
    return redirect("dashboard:measure", request.business.slug, measure_id)


def _done(
    request: BusinessRequest,
    measure_id: UUID,
    name: str,
    form: forms.Form,
    act: Callable[[dict[str, Any]], None],
) -> HttpResponse:
    """Do what a form asks for; show the file again with what was wrong, or with what is new."""
    if not carry_out(form, act):
        return shown(request, measure_id, **{name: form})
    messages.success(request, _("Written down."))
    return redirect("dashboard:measure", request.business.slug, measure_id)


def _by(request: BusinessRequest) -> str:
    return f"user:{request.user.id}"
