"""Asking a bank: choose what, type the numbers, say why."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.errors import Problem
from core.tenancy import acting_for
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import problem_to_form
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
    form = AskForm(request.POST or None, kind=kind)
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
    with acting_for(request.business.id):
        context = {
            "form": form,
            "kinds": [
                Choice(
                    value=one.value,
                    label=str(one.label),
                    chosen=one is kind,
                    href=f"?kind={one.value}",
                )
                for one in InquiryKind
            ],
            "can_ask": bool(accounts_for("inquiries")),
        }
        answer = render(request, "dashboard/inquiries/new.html", context)
    return refused(answer) if form.is_bound else answer


def _explain(form: AskForm, problem: Problem) -> None:
    """Say what is wrong beside its field, or above the form."""
    beside = {name: said for name, said in problem.fields.items() if name in form.fields}
    for name, sentences in beside.items():
        form.add_error(name, [str(one) for one in sentences])
    if not beside:
        problem_to_form(form, problem.detail)
