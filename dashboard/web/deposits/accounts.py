"""The bank accounts deposits arrive at, and days banks are closed."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.deposits.tabs import deposit_tabs
from dashboard.web.forms import Code, Line, Whole, refusal_to_form
from payments.enums.deposits import CheckDigits
from payments.operations.deposits import save_bank_account
from payments.queries import deposits as queries


def account_choices() -> list[tuple[UUID, str]]:
    """Return the bank accounts that take deposits; a field calls it each time it is shown."""
    return [(one.id, one.title) for one in queries.bank_accounts(active=True)]


class AccountForm(forms.Form):
    """A bank account and how it gives out identifiers."""

    account = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = Line(label=gettext_lazy("Name"), max_length=100)
    iban = Code(label=gettext_lazy("IBAN"), max_length=40)
    owner = Line(label=gettext_lazy("Account owner"), max_length=200, required=False)
    card = Code(
        label=gettext_lazy("Card for card to card"),
        max_length=25,
        required=False,
        help_text=gettext_lazy("Payers see it; leave it empty to take no card to card."),
    )
    business_part = Code(
        label=gettext_lazy("Business part of identifiers"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("Digits your bank gave you, before each customer's number."),
    )
    check_digits = forms.ChoiceField(
        label=gettext_lazy("Check digits"), choices=CheckDigits.choices, initial=CheckDigits.MOD_97
    )
    any_source = forms.BooleanField(
        label=gettext_lazy("A customer's own identifier is enough, whichever account pays"),
        required=False,
        initial=True,
    )
    customer_digits = Whole(label=gettext_lazy("Digits of each customer's number"), initial=8)
    duplicate_seconds = Whole(
        label=gettext_lazy("The same sum again is doubtful within (seconds)"), initial=60
    )
    signature_minutes = Whole(
        label=gettext_lazy("A card to card sum is kept for its payer (minutes)"), initial=30
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("It takes deposits"), required=False, initial=True
    )

    def __init__(self, typed: QueryDict | None, changing: Any = None) -> None:
        super().__init__(typed, initial=_shown(changing) if changing else None)
        # A provider's account has its IBANs there.
        self.fields["iban"].required = changing is None or changing.provider_account_id is None


@business_page(*MANAGERS)
def bank_accounts(request: BusinessRequest) -> HttpResponse:
    """List bank accounts; add one, or change the one asked for."""
    accounts = list(queries.bank_accounts())
    asked = request.POST.get("account") or request.GET.get("account", "")
    changing = next((one for one in accounts if str(one.id) == asked), None)
    if asked and changing is None:
        raise Http404
    form = AccountForm(request.POST or None, changing)
    if request.method == "POST" and form.is_valid() and _saved(request, form):
        return redirect("dashboard:bank-accounts", request.business.slug)
    rows = [
        {
            "id": one.id,
            "title": one.title,
            "iban": words.code(one.iban),
            "owner": one.owner,
            "bank": one.bank,
            "check": "" if one.provider_account_id else one.get_check_digits_display(),
            "active": one.is_active,
        }
        for one in accounts
    ]
    context = {
        "tabs": deposit_tabs(request, "bank-accounts"),
        "rows": rows,
        "form": form,
        "changing": changing.title if changing else "",
    }
    answer = render(request, "dashboard/deposits/accounts.html", context)
    return refused(answer) if form.is_bound else answer


def _saved(request: BusinessRequest, form: AccountForm) -> bool:
    data = dict(form.cleaned_data)
    account_id, data["prefix"] = data.pop("account"), data.pop("business_part")
    try:
        save_bank_account(account_id=account_id, **data, actor=request.user, now=request.now)
    except Problem as problem:
        refusal_to_form(form, problem)
        return False
    messages.success(request, _("Saved."))
    return True


def _shown(account: Any) -> dict[str, Any]:
    """Return an account as the form shows it: what is not touched is saved as it was."""
    named = {"account": "id", "business_part": "prefix"}
    return {field: getattr(account, named.get(field, field)) for field in AccountForm.base_fields}
