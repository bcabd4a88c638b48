"""The business's accounts at providers: connect, rename, order, test, change keys, put away."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import Problem
from core.tenancy import acting_for
from dashboard.web import words
from dashboard.web.access import OWNERS, BusinessRequest, business_page, refused
from dashboard.web.forms import refusal_to_form
from dashboard.web.gateways.forms import CredentialsForm, NewAccountForm, TermsForm, terms_of
from dashboard.web.parts import Choice
from payments.enums import Provider
from payments.enums.accounts import ProbeResult
from payments.operations import (
    add_account,
    change_account,
    probe_account,
    replace_credentials,
    set_account_active,
)
from payments.providers import PRODUCTS
from payments.queries.accounts import account_by_id, every_account


@dataclass(frozen=True, kw_only=True)
class AccountCard:
    """An account with its forms."""

    row: Any
    name: str
    facts: str
    chips: list[tuple[str, str]]
    terms: forms.Form
    keys: forms.Form


@business_page(*OWNERS)
def gateways(request: BusinessRequest) -> HttpResponse:
    """Show the accounts; do what one of the page's forms asks."""
    if request.method != "POST":
        return _page(request)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    return act(request)


@require_POST
@business_page(*OWNERS, scoped=False)
def probe(request: BusinessRequest, provider_account_id: UUID) -> HttpResponse:
    """Test an account's credentials at the provider, outside any transaction."""
    with acting_for(request.business.id):
        if account_by_id(provider_account_id) is None:
            raise Http404
    probed = probe_account(
        business_id=request.business.id,
        account_id=provider_account_id,
        actor=request.user,
        now=request.now,
    )
    said = " · ".join(filter(None, (str(probed.result.label), words.aside(probed.message))))
    tell = messages.success if probed.result is ProbeResult.GOOD else messages.error
    tell(request, said)
    return redirect("dashboard:gateways", request.business.slug)


def _add(request: BusinessRequest) -> HttpResponse:
    provider = request.POST.get("provider", "")
    if provider not in PRODUCTS:
        raise Http404
    form = NewAccountForm(request.POST, provider=provider)
    if not form.is_valid():
        return refused(_page(request, new=form, provider=provider))
    try:
        add_account(
            provider=provider,
            credentials=form.credentials(),
            title=form.cleaned_data["title"],
            is_sandbox=form.cleaned_data["is_sandbox"],
            actor=request.user,
            now=request.now,
        )
    except Problem as problem:
        refusal_to_form(form, problem)
        return refused(_page(request, new=form, provider=provider))
    return _done(request)


def _change(request: BusinessRequest) -> HttpResponse:
    row, form = _named(request), TermsForm(request.POST)
    if form.is_valid():
        try:
            change_account(
                account_id=row.id, terms=form.terms(), actor=request.user, now=request.now
            )
        except Problem as problem:
            refusal_to_form(form, problem)
    return _done(request) if not form.errors else refused(_page(request, {(row.id, "terms"): form}))


def _rekey(request: BusinessRequest) -> HttpResponse:
    row = _named(request)
    form = CredentialsForm(request.POST, provider=row.provider, replaces=True)
    if form.is_valid():
        try:
            replace_credentials(
                account_id=row.id,
                credentials=form.credentials(),
                actor=request.user,
                now=request.now,
            )
        except Problem as problem:
            refusal_to_form(form, problem)
    return _done(request) if not form.errors else refused(_page(request, {(row.id, "keys"): form}))


def _switch(request: BusinessRequest) -> HttpResponse:
    row = _named(request)
    set_account_active(
        account_id=row.id, active=not row.is_active, actor=request.user, now=request.now
    )
    return _done(request)


_ACTS: Final[dict[str, Callable[[BusinessRequest], HttpResponse]]] = {
    "add": _add,
    "change": _change,
    "rekey": _rekey,
    "switch": _switch,
}


def _named(request: BusinessRequest) -> Any:
    try:
        account_id = UUID(request.POST.get("account", ""))
    except ValueError as error:
        raise Http404 from error
    row = account_by_id(account_id)
    if row is None:
        raise Http404
    return row


def _done(request: BusinessRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("dashboard:gateways", request.business.slug)


def _page(
    request: BusinessRequest,
    typed: dict[tuple[UUID, str], Any] | None = None,
    *,
    new: NewAccountForm | None = None,
    provider: str = "",
) -> HttpResponse:
    asked = provider or request.GET.get("provider", "")
    if new is None and asked in PRODUCTS:
        new = NewAccountForm(provider=asked)
    context = {
        "cards": [_card(row, typed or {}, request) for row in every_account()],
        "new": new,
        "provider": asked,
        "products": [
            Choice(value=name, label=str(Provider(name).label), chosen=name == asked)
            for name in PRODUCTS
        ],
    }
    return render(request, "dashboard/gateways.html", context)


def _card(row: Any, typed: dict[tuple[UUID, str], Any], request: BusinessRequest) -> AccountCard:
    facts = [
        _("ends with %(end)s") % {"end": words.code(row.hint)},
        _("since %(day)s") % {"day": words.day(row.created_at)},
    ]
    if row.test_outcome and row.tested_at:
        facts.append(f"{ProbeResult(row.test_outcome).label} · {words.moment(row.tested_at)}")
    if row.failure and row.failed_at:
        told = {"said": words.aside(row.failure), "day": words.day(row.failed_at)}
        facts.append(_("last error on %(day)s: %(said)s") % told)
    prefix: dict[str, Any] = {"auto_id": f"{row.id}-%s"}
    return AccountCard(
        row=row,
        name=row.title or str(row.get_provider_display()),
        facts=" · ".join(facts),
        chips=_chips(row, request),
        terms=typed.get((row.id, "terms")) or TermsForm(initial=terms_of(row), **prefix),
        keys=typed.get((row.id, "keys"))
        or CredentialsForm(provider=row.provider, replaces=True, **prefix),
    )


def _chips(row: Any, request: BusinessRequest) -> list[tuple[str, str]]:
    chips = [(_("test"), "chip-amber") if row.is_sandbox else (_("live"), "chip-good")]
    if not row.is_active:
        chips.append((_("put away"), ""))
    elif row.paused_until is not None and row.paused_until > request.now:
        chips.append((_("paused after failures"), "chip-bad"))
    return chips
