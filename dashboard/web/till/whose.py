"""Whose sale it is: a mobile that was typed, or a member code that was typed or scanned."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.text import latin_digits, normalise
from customers.operations import CustomerHint
from customers.queries.people import find_customer
from dashboard.web.forms import Code, mobile_of

_MOST: Final = 40


def typed_whose(typed: str) -> CustomerHint | None:
    """Return whom a cashier means, or None when it is nobody's mobile and no member's code."""
    number = mobile_of(typed)
    if number is not None:
        return CustomerHint(mobile=number)
    code = latin_digits(normalise(typed)).replace(" ", "")
    if len(code) <= _MOST and find_customer(member_code=code) is not None:
        return CustomerHint(member_code=code)
    return None


def customer_of(whose: CustomerHint | None) -> UUID | None:
    """Return the customer a sale would be recorded for, None for a new one or nobody."""
    if whose is None:
        return None
    return find_customer(mobile=whose.mobile or "", member_code=whose.member_code or "")


class Whose(Code):
    """A mobile or a member's code; the cleaned value names the customer, None when empty."""

    def clean(self, value: Any) -> CustomerHint | None:
        """Return how the sale names its customer."""
        typed: str = super().clean(value)
        if not typed:
            return None
        whose = typed_whose(typed)
        if whose is None:
            raise ValidationError(_("Neither a mobile number nor the code of a member."))
        return whose

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask phones for their number keys; a scanner needs none."""
        return {**super().widget_attrs(widget), "inputmode": "tel", "autocomplete": "off"}
