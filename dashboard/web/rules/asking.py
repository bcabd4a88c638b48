"""The draft's rate, a basket to try, and the one question before rules come in force."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboard.web.forms import JalaliDay, Line, Mobile, TomanField, Whole
from dashboard.web.rules.forms import CHANNELS, Hour
from loyalty.enums import BestFor
from loyalty.enums.happenings import HappeningKind
from loyalty.queries.rules.document import Rate


class RateForm(forms.Form):
    """The rate of the draft."""

    per = TomanField(label=_("One point for every … toman"))
    minimum = TomanField(label=_("Smallest purchase that earns, toman"), min_value=0)
    cap = Whole(
        label=_("Most points of one purchase"),
        required=False,
        min_value=1,
        help_text=_("Empty: no limit."),
    )

    by_line = forms.BooleanField(
        label=_("Round down each item by itself"),
        required=False,
        help_text=_("Otherwise the whole purchase is rounded down once, which gives more points."),
    )
    best_for = forms.ChoiceField(
        label=_("Of rules of one group, and of coupons that exclude each other, counts"),
        choices=BestFor.choices,
        required=False,
    )

    def rate(self) -> Rate:
        """Return the rate as typed."""
        data = self.cleaned_data
        return Rate(
            num=1,
            den=data["per"],
            minimum_rial=data["minimum"],
            cap_points=data["cap"],
            by_line=data["by_line"],
            best_for=BestFor(data["best_for"] or BestFor.CUSTOMER),
        )


class BasketForm(forms.Form):
    """A basket to try, or what else happens: then nothing of a basket is asked or looked at."""

    of_a_sale = ("total", "channel", "category", "category_toman")

    happened = forms.ChoiceField(
        label=_("What happens"),
        choices=(("", _("A purchase")), *HappeningKind.choices),
        required=False,
        help_text=_("Without a purchase the customer alone counts, and the day."),
    )
    mobile = Mobile(label=_("Customer's mobile, if known"), required=False)
    total = TomanField(label=_("Amount, toman"), required=False, min_value=0)
    on = JalaliDay(label=_("On what date"), help_text=_("Empty: today."))
    at = Hour(label=_("At what time"), required=False, help_text=_("Empty: now."))
    channel = forms.ChoiceField(
        label=_("Sold through"), choices=[(str(one), one.label) for one in CHANNELS]
    )
    category = Line(label=_("Category of the goods"), required=False, max_length=300)
    category_toman = TomanField(
        label=_("of it, goods of this category, toman"), required=False, min_value=0
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a purchase of nothing, and more goods of a category than there are."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("happened"):
            return data | self._no_sale()
        if not (data.get("total") or self.errors):
            self.add_error("total", str(_("How much?")))
        if (data.get("category_toman") or 0) > (data.get("total") or 0):
            self.add_error("category_toman", str(_("This is more than the whole basket.")))
        return data

    def _no_sale(self) -> dict[str, Any]:
        """Return the purchase's fields as empty; what is hidden is not refused either."""
        for name in self.of_a_sale:
            self.errors.pop(name, None)
        return {"total": 0, "channel": "", "category": "", "category_toman": None}

    def lines(self) -> list[tuple[str, str, int]]:
        """Return the lines: the category's goods, and the rest."""
        data = self.cleaned_data
        if not data["category"]:
            return []
        part = data["total"] if data["category_toman"] is None else data["category_toman"]
        return [("", data["category"], part), ("", "", data["total"] - part)]


class PublishForm(forms.Form):
    """The one question before rules come in force."""

    helps = forms.ChoiceField(
        label=_("Does it help the customer?"),
        choices=(("yes", _("Yes")), ("no", _("No"))),
        widget=forms.RadioSelect,
    )
    note = Line(
        label=_("How it helps, or why you want it all the same"),
        max_length=1000,
        help_text=_("It is kept with the version."),
    )
