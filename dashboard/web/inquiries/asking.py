"""Asking a bank: choose what, type the numbers, say why."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.errors import Problem
from core.tenancy import acting_for
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import refusal_to_form
from dashboard.web.inquiries.about import Subject, subject_of
from dashboard.web.inquiries.forms import AskForm
from dashboard.web.parts import Choice
from payments.enums.inquiries import InquiryKind
from payments.operations.inquiries import Asking, ask_inquiry
from payments.queries import accounts_for


@business_page(*MANAGERS, scoped=False)
def new(request: BusinessRequest) -> HttpResponse:
    """Show the form of one kind of question; ask it."""
    try:
        kind = InquiryKind(request.GET.get("kind", InquiryKind.CARD_ACCOUNT))
    except ValueError as error:
        raise Http404 from error
    with acting_for(request.business.id):
        subject = subject_of(request)
    form = AskForm(request.POST or None, kind=kind, subject=subject)
    if request.method == "POST" and form.is_valid():
        asking = Asking(**form.asking(str(request.user)), actor=request.user)
        try:
            row = ask_inquiry(business_id=request.business.id, asking=asking, now=request.now)
        except Problem as problem:
            _explain(form, problem)
        else:
            if row.answered_by_id:
                messages.info(request, _("This was known already; nobody was asked again."))
            return redirect("dashboard:inquiry", request.business.slug, row.id)
    return _page(request, form, subject)


def _page(request: BusinessRequest, form: AskForm, subject: Subject | None) -> HttpResponse:
    with acting_for(request.business.id):
        context = {
            "form": form,
            "kinds": [_choice(one, form.kind, subject) for one in InquiryKind],
            "can_ask": bool(accounts_for("inquiries")),
            "subject": subject,
        }
        answer = render(request, "dashboard/inquiries/new.html", context)
    return refused(answer) if form.is_bound else answer


def _choice(one: InquiryKind, chosen: InquiryKind, subject: Subject | None) -> Choice:
    href = "?" + urlencode({"kind": one.value})
    return Choice(
        value=one.value,
        label=str(one.label),
        chosen=one is chosen,
        href=f"{href}&{subject.query}" if subject else href,
    )


def _explain(form: AskForm, problem: Problem) -> None:
    """Say what is wrong beside its field, or above the form."""
    beside = {name: said for name, said in problem.fields.items() if name in form.fields}
    for name, sentences in beside.items():
        form.add_error(name, [str(one) for one in sentences])
    if not beside:
        refusal_to_form(form, problem)
