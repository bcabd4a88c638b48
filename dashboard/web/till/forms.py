"""What a cashier types."""

from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from businesses.queries import branches
from core.ids import new_id
from customers.enums import TenderMethod
from dashboard.web.forms import Code, TomanField, Whole
from dashboard.web.till.whose import Whose
from dashboard.web.typed_lines import LinesField, total_of
from loyalty.queries.referrals import referrals_open

_METHODS: Final = (TenderMethod.POS, TenderMethod.CASH, TenderMethod.CARD_TO_CARD)


class SaleForm(forms.Form):
    """A sale: who, how much, what, paid how. `sale_id` makes a second sending harmless."""

    sale_id = forms.UUIDField(widget=forms.HiddenInput)
    mobile = Whose(
        label=_("Customer's mobile"),
        required=False,
        help_text=_("Or scan the code of their page, wherever the cursor stands."),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    amount = TomanField(label=_("Amount, toman"), required=False)
    lines = LinesField()
    method = forms.ChoiceField(
        label=_("Paid by"), choices=[(method.value, method.label) for method in _METHODS]
    )
    branch = forms.ChoiceField(label=_("Branch"), required=False)
    redeem = Whole(required=False, min_value=1)
    code = Code(required=False, max_length=20)
    coupon_code = Code(
        label=_("Coupon"),
        required=False,
        max_length=220,
        help_text=_("Several codes are separated by commas."),
    )
    gift_code = Code(label=_("Gift card"), required=False, max_length=40)
    store_credit = forms.BooleanField(required=False)
    referral_code = Code(label=_("Code of who told them of us"), required=False, max_length=40)

    def __init__(self, typed: QueryDict | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["sale_id"] = new_id()
        super().__init__(typed, **kwargs)
        if not referrals_open():
            del self.fields["referral_code"]
        codes = [(branch.code, branch.name) for branch in branches()]
        self.fields["branch"].choices = codes  # type: ignore[attr-defined]
        if codes:
            self.fields["branch"].initial = codes[0][0]

    def clean(self) -> dict[str, Any]:
        """Return the sale; items, when written, give its amount."""
        data = super().clean() or {}
        if by_lines := total_of(data):
            data["amount"] = by_lines
        if not (data.get("amount") or {"amount", "lines"} & self.errors.keys()):
            self.add_error("amount", _("Write the amount, or the items."))
        return data
