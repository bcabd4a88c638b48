"""Deposit identifiers: whose they are, and giving a customer one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.api.paging import page
from core.errors import Problem
from customers.queries import find_customer
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.deposits.accounts import account_choices
from dashboard.web.deposits.tabs import deposit_tabs
from dashboard.web.forms import Code, refusal_to_form
from dashboard.web.payments.titles import title_of_payment
from dashboard.web.people import title_of
from payments.enums.deposits import IdentifierState
from payments.operations.deposits import close_identifier, issue_identifier
from payments.queries.deposits import bank_accounts, identifier_rows


class IssueForm(forms.Form):
    """A permanent identifier for a customer."""

    customer = Code(label=gettext_lazy("Customer's mobile or member code"), max_length=60)
    account = forms.TypedChoiceField(
        label=gettext_lazy("Bank account"), choices=account_choices, coerce=UUID
    )
    sources = Code(
        label=gettext_lazy("Only from these IBANs"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Separated by commas; empty: from any account."),
    )


@dataclass(frozen=True, kw_only=True)
class IdentifierLine:
    """An identifier in the list."""

    id: UUID
    digits: str
    whose: str
    state: str
    tone: str
    account: str
    since: datetime
    open: bool


@dataclass(frozen=True, kw_only=True)
class IdentifierPage:
    """A page of identifiers."""

    rows: list[IdentifierLine]
    next_cursor: str | None


@business_page(*READERS)
def identifiers(request: BusinessRequest) -> HttpResponse:
    """List identifiers; give a customer one, close one."""
    may = role_may(request.role, MANAGERS)
    posted = request.POST if request.method == "POST" and may else None
    form = IssueForm(posted if posted and "close" not in posted else None)
    if posted is not None and _acted(request, form):
        return redirect("dashboard:deposit-identifiers", request.business.slug)
    found = page(identifier_rows(), by="created_at", cursor=request.GET.get("cursor"))
    context = {
        "tabs": deposit_tabs(request, "deposit-identifiers"),
        "page": IdentifierPage(
            rows=[_line(row) for row in found.rows], next_cursor=found.next_cursor
        ),
        "form": form if may and bank_accounts(active=True).exists() else None,
        "may": may,
    }
    answer = render(request, "dashboard/deposits/identifiers.html", context)
    return refused(answer) if form.is_bound else answer


def _acted(request: BusinessRequest, form: IssueForm) -> bool:
    if closing := request.POST.get("close"):
        return _closed(request, closing)
    if not form.is_valid():
        return False
    said = form.cleaned_data["customer"]
    person = find_customer(mobile=said) or find_customer(member_code=said)
    if person is None:
        form.add_error("customer", _("There is no such customer."))
        return False
    sources = [one for one in form.cleaned_data["sources"].split(",") if one.strip()]
    try:
        issue_identifier(
            account_id=form.cleaned_data["account"],
            customer_id=person,
            sources=sources,
            now=request.now,
        )
    except Problem as problem:
        refusal_to_form(form, problem)
        return False
    messages.success(request, _("The customer has an identifier."))
    return True


def _closed(request: BusinessRequest, closing: str) -> bool:
    try:
        close_identifier(identifier_id=UUID(closing), now=request.now)
    except (ValueError, Problem):
        messages.error(request, _("There is no such identifier."))
    else:
        messages.success(request, _("The identifier is closed."))
    return True


def _line(row: Any) -> IdentifierLine:
    state = IdentifierState(row.state)
    person = row.customer
    whose = (
        title_of_payment(row.payment)
        if row.payment
        else title_of(person.name, person.mobile, person.member_code)
    )
    return IdentifierLine(
        id=row.id,
        digits=words.code(row.digits) or "—",
        whose=whose,
        state=str(state.label),
        tone="chip-good" if state == IdentifierState.ACTIVE else "",
        account=row.account.title,
        since=row.created_at,
        open=state in {IdentifierState.ACTIVE, IdentifierState.PENDING},
    )
