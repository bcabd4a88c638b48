"""The business's own particulars."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from businesses.enums import Vertical
from businesses.operations import update_business
from businesses.operations.weekend import choose_weekend
from core.calendar import WEEKDAY_NAMES
from customers.operations.attributes import lay_out_preset
from dashboard.web.access import BusinessRequest
from dashboard.web.forms import Code, Line
from dashboard.web.settings.section import Section

_ZONES: Final = (
    ("Asia/Tehran", _("Tehran")),
    ("Asia/Kabul", _("Kabul")),
    ("Asia/Dushanbe", _("Dushanbe")),
    ("Asia/Dubai", _("Dubai")),
    ("Europe/Istanbul", _("Istanbul")),
)


class BusinessForm(forms.Form):
    """Name, trade, phone and zone."""

    name = Line(label=_("Name of the business"), max_length=120)
    vertical = forms.ChoiceField(label=_("Trade"), choices=Vertical.choices)
    phone = Code(label=_("Phone, shown on receipts"), max_length=20, required=False)
    enamad_url = Code(
        label=_("Address of your eNamad page"),
        help_text=_("Shown where customers pay."),
        max_length=300,
        required=False,
    )
    timezone = forms.ChoiceField(label=_("Time zone"), choices=_ZONES)
    weekend = forms.TypedMultipleChoiceField(
        label=_("Days of your weekend"),
        choices=[(str(at), name) for at, name in enumerate(WEEKDAY_NAMES)],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Rules of points can hold on these days, or on the others."),
    )


def _initial(request: BusinessRequest) -> dict[str, Any]:
    business = request.business
    return {
        "name": business.name,
        "vertical": business.vertical,
        "phone": business.phone,
        "enamad_url": business.enamad_url,
        "timezone": business.timezone.key,
        "weekend": [str(day) for day in sorted(business.weekend)],
    }


def _save(request: BusinessRequest, data: dict[str, Any]) -> None:
    choose_weekend(days=data.pop("weekend"), actor=request.user, now=request.now)
    update_business(**data, now=request.now)
    lay_out_preset(vertical=data["vertical"], now=request.now)


SECTION: Final = Section(
    key="business",
    label=_("Business"),
    title=_("Business"),
    help=_("This name is what customers see on the pay page and in messages."),
    action=_("Save"),
    form=BusinessForm,
    initial=_initial,
    save=_save,
)
