"""The account that takes online payments."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dashboard.web import words
from dashboard.web.access import OWNERS, BusinessRequest
from dashboard.web.forms import Code
from dashboard.web.settings.section import Row, Section
from payments.enums import Provider
from payments.operations import set_provider_account
from payments.queries import provider_account


class GatewayForm(forms.Form):
    """The provider and its merchant code."""

    provider = forms.ChoiceField(
        label=_("Provider"),
        choices=((Provider.ZARINPAL.value, Provider.ZARINPAL.label),),
        help_text=_("Other providers, several accounts and their order: Payments, Gateways."),
    )
    merchant_id = Code(
        label=_("Merchant code"),
        max_length=64,
        help_text=_("36 characters, from the provider's panel; it is kept encrypted."),
    )
    is_sandbox = forms.BooleanField(label=_("Only a test account"), required=False)


def _save(request: BusinessRequest, data: dict[str, Any]) -> None:
    set_provider_account(
        provider=data["provider"],
        credentials={"merchant_id": data["merchant_id"]},
        is_sandbox=data["is_sandbox"],
        now=request.now,
    )


def _rows(_request: BusinessRequest) -> Sequence[Row]:
    account = provider_account()
    if account is None:
        return []
    since = gettext("…%(end)s · since %(day)s")
    return [
        Row(
            title=account.provider_name,
            detail=since % {"end": account.hint, "day": words.day(account.created_at)},
            chip=gettext("test") if account.is_sandbox else gettext("live"),
            tone="chip-amber" if account.is_sandbox else "chip-good",
        )
    ]


SECTION: Final = Section(
    key="gateway",
    label=_("Gateway"),
    title=_("Gateway"),
    help=_("New payments go through this account; payments under way stay with theirs."),
    action=_("Use this account"),
    form=GatewayForm,
    save=_save,
    rows_title=_("In use now"),
    rows=_rows,
    roles=OWNERS,
)
