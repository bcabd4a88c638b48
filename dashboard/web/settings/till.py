"""What may be done at tills: spending without a network, and with or without a code."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboard.web.access import BusinessRequest
from dashboard.web.forms import TomanField, Whole
from dashboard.web.settings.section import Section
from loyalty.operations.till import change_till_rules
from loyalty.queries.till.rules import till_rules

_MOST: Final = 1_000_000


class TillForm(forms.Form):
    """The rules of the till."""

    code_from = TomanField(
        label=_("Points worth this much need the customer's code, toman"),
        required=False,
        min_value=0,
        help_text=_("The code comes to the customer by SMS. Empty: never; zero: always."),
    )
    offline_points = Whole(
        label=_("Points of a customer a terminal may spend in a day without a network"),
        min_value=0,
        max_value=_MOST,
        help_text=_("Zero: none. The till page never spends points without a network."),
    )


def _initial(_request: BusinessRequest) -> dict[str, Any]:
    rules = till_rules()
    return {"code_from": rules.code_from_rial, "offline_points": rules.offline_points}


def _save(request: BusinessRequest, data: dict[str, Any]) -> None:
    change_till_rules(
        changes={"code_from_rial": data["code_from"], "offline_points": data["offline_points"]},
        actor=request.user,
        now=request.now,
    )


SECTION: Final = Section(
    key="till",
    label=_("Till"),
    title=_("Till"),
    help=_("What a cashier and a terminal may do by themselves."),
    action=_("Save"),
    form=TillForm,
    initial=_initial,
    save=_save,
)
