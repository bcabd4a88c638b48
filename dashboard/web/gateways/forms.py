"""The two forms of an account: what the business decides, and what opens it."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboard.web.forms import Code, Line, TomanField, Whole
from payments.enums.accounts import UnverifiedPolicy
from payments.operations import AccountTerms
from payments.providers import product_of

_HUNDRED: Final = 100
_LABELS: Final = {
    "merchant_id": _("Merchant code"),
    "merchant": _("Merchant code"),
    "terminal_id": _("Terminal number"),
    "username": _("User name"),
    "password": _("Password"),
    "api_key": _("API key"),
    "secret_key": _("Secret key"),
    "access_token": _("Access token"),
    "client_id": _("Client code"),
    "client_secret": _("Client secret"),
    "business": _("Business name at the provider"),
    "mobile": _("Mobile of the panel"),
    "mode": _("Manner (lazy or empty)"),
    "account_id": _("Number of the wallet"),
    "nid": _("National code of the asker"),
    "minus_two": _("What code -2 means"),
    "pending": _("What PENDING means"),
}


class TermsForm(forms.Form):
    """Name, order, limits, tariff and manner; amounts in toman."""

    title = Line(label=_("Name"), max_length=100, required=False)
    priority = Whole(
        label=_("Place in line"),
        min_value=0,
        max_value=10_000,
        help_text=_("The lowest is tried first; of equal ones the cheaper."),
    )
    daily_cap_rial = TomanField(label=_("Cap per day, toman"), required=False)
    min_rial = TomanField(label=_("Smallest payment, toman"), required=False)
    max_rial = TomanField(label=_("Largest payment, toman"), required=False)
    fee_percent = forms.DecimalField(
        label=_("Fee, percent"), min_value=0, max_value=100, decimal_places=2, initial=Decimal(0)
    )
    fee_fixed_rial = TomanField(label=_("Fixed fee, toman"), min_value=0, required=False)
    fee_max_rial = TomanField(label=_("Largest fee, toman"), required=False)
    unverified = forms.ChoiceField(
        label=_("Money nobody confirms"),
        choices=[("", _("As the provider does")), *UnverifiedPolicy.choices],
        required=False,
    )
    verify_minutes = Whole(
        label=_("Minutes to confirm"), min_value=1, max_value=10_000, required=False
    )

    def terms(self) -> AccountTerms:
        """Return what was decided."""
        data = dict(self.cleaned_data)
        percent = data.pop("fee_percent")
        data["fee_fixed_rial"] = data["fee_fixed_rial"] or 0
        return AccountTerms(fee_bp=int(percent * _HUNDRED), **data)


def terms_of(row: Any) -> dict[str, Any]:
    """Return what the form starts with."""
    names = [name for name in TermsForm.base_fields if name != "fee_percent"]
    return {
        **{name: getattr(row, name) for name in names},
        "fee_percent": Decimal(row.fee_bp) / _HUNDRED,
    }


class CredentialsForm(forms.Form):
    """The fields of one product; what is secret is never shown again."""

    def __init__(self, *args: Any, provider: str, replaces: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in product_of(provider).fields:
            hidden = forms.PasswordInput(attrs={"autocomplete": "off", "dir": "ltr"})
            self.fields[f"credential_{one.name}"] = Code(
                label=_LABELS.get(one.name, one.name.replace("_", " ")),
                max_length=4000,
                required=one.required and not replaces,
                widget=hidden if one.secret else forms.TextInput,
            )

    def credentials(self) -> dict[str, str]:
        """Return what was typed."""
        return {
            name.removeprefix("credential_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("credential_")
        }


class NewAccountForm(CredentialsForm):
    """One more account of a product."""

    title = Line(label=_("Name"), max_length=100, required=False)
    is_sandbox = forms.BooleanField(label=_("Only a test account"), required=False)
