"""What people type to give money back, to pay it out and to set the rules."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.operations import NewReturnLine
from dashboard.web import words
from dashboard.web.forms import Code, Line, TomanField, Whole
from payments.enums.refunds import Destination, RefundReason
from payments.operations.refunds import Receiver

_DESTINATIONS = [
    (Destination.SAME_CARD.value, Destination.SAME_CARD.label),
    (Destination.ACCOUNT.value, Destination.ACCOUNT.label),
]

_CREDIT = (
    Destination.STORE_CREDIT.value,
    _("Store credit, if the customer agrees"),
)


class GiveBackForm(forms.Form):
    """How much, of which lines, why and where."""

    amount = TomanField(
        label=_("Amount, toman"),
        required=False,
        help_text=_("Empty: the lines chosen, or all that is left."),
    )
    reason = forms.ChoiceField(label=_("Why"), choices=RefundReason.choices)
    destination = forms.ChoiceField(
        label=_("Where to"), choices=_DESTINATIONS, initial=Destination.SAME_CARD.value
    )
    iban = Code(
        label=_("Account number (IBAN)"),
        required=False,
        max_length=40,
        help_text=_("Only for a bank account. The bank is asked whose it is before money goes."),
    )
    note = Line(label=_("Note for yourselves"), required=False, max_length=500)
    number = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(
        self, *args: Any, lines: Sequence[Any] = (), credit: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if credit:
            self.fields["destination"].choices = [*_DESTINATIONS, _CREDIT]  # type: ignore[attr-defined]
        choices = [
            (
                str(line.position),
                f"{line.name or line.sku} — {words.toman(line.total_rial - line.returned_rial)}",
            )
            for line in lines
            if line.total_rial > line.returned_rial
        ]
        if len(choices) > 1:
            self.fields["lines"] = forms.MultipleChoiceField(
                label=_("What comes back"),
                choices=choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            self.order_fields(["lines"])

    def asked(self) -> dict[str, Any]:
        """Return what both previewing and asking need."""
        data = self.cleaned_data
        return {
            "amount_rial": data["amount"],
            "lines": [NewReturnLine(position=int(one)) for one in data.get("lines", [])],
            "destination": data["destination"],
        }

    def stands(self) -> dict[str, Any]:
        """Return what previewing needs as the form stands, though part of it was refused."""
        if not self.is_bound:
            return {"destination": self["destination"].value()}
        typed = getattr(self, "cleaned_data", {})
        return self.asked() if {"amount", "destination"} <= typed.keys() else {}

    def receiver(self) -> Receiver | None:
        """Return the account, if one was named."""
        iban = self.cleaned_data["iban"]
        return Receiver(iban=iban) if iban else None


class PayoutForm(forms.Form):
    """Money to an account."""

    amount = TomanField(label=_("Amount, toman"))
    iban = Code(label=_("Account number (IBAN)"), max_length=40)
    first_name = Line(label=_("Owner's first name"), max_length=100)
    last_name = Line(label=_("Owner's last name"), max_length=100)
    note = Line(label=_("For what"), required=False, max_length=500)
    number = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def receiver(self) -> Receiver:
        """Return the account and its owner."""
        data = self.cleaned_data
        return Receiver(
            iban=data["iban"], first_name=data["first_name"], last_name=data["last_name"]
        )


class RulesForm(forms.Form):
    """Who sees what before it goes."""

    limit = TomanField(
        label=_("A second person approves above, toman"),
        required=False,
        min_value=0,
        help_text=_("Empty: never."),
    )
    days = Whole(
        label=_("Goods come back within (days)"),
        required=False,
        min_value=0,
        max_value=3650,
        help_text=_("Later refunds need a reason and a second person. Empty: no limit."),
    )


class WindowForm(forms.Form):
    """For how long goods of one category come back."""

    category = Line(label=_("Category"), max_length=200, help_text=_("As your purchases name it."))
    days = Whole(
        label=_("Comes back within (days)"),
        required=False,
        min_value=0,
        max_value=3650,
        help_text=_("Empty: at any time."),
    )


class TierWindowForm(forms.Form):
    """For how long customers of one tier bring goods back."""

    days = Whole(
        label=_("Comes back within (days)"),
        required=False,
        min_value=0,
        max_value=3650,
        help_text=_("Empty: at any time."),
    )

    def __init__(self, *args: Any, tiers: Sequence[tuple[UUID, str, Any]], **more: Any) -> None:
        """Offer the business's tiers, lowest first."""
        super().__init__(*args, **more)
        choices = [(tier, name) for tier, name, _row in tiers]
        self.fields["tier"] = forms.TypedChoiceField(label=_("Level"), coerce=UUID, choices=choices)
        self.order_fields(["tier", "days"])
