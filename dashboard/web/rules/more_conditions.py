"""Fields of a rule's form about calendar, customers' own days and what they did; their words."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.calendar import MONTH_NAMES
from core.text import latin_digits
from dashboard.web import words
from dashboard.web.forms import Whole
from dashboard.web.rules.word_lists import Words
from loyalty.enums.engagement import EngagementKind
from loyalty.enums.presents import OccasionKind, SharedDayKind
from loyalty.queries.rules.document import Around, AroundShared, Did, When

_LAST_DAY: Final = 31
_AGO: Final = 30
_WEEKEND: Final = (
    ("", gettext_lazy("it does not matter")),
    ("yes", gettext_lazy("on these days only")),
    ("no", gettext_lazy("on the other days only")),
)


class MonthDays(Words):
    """Days of the month separated by commas; the cleaned value is a tuple of numbers."""

    def to_python(self, value: Any) -> Any:
        """Return the days."""
        found = [latin_digits(one) for one in super().to_python(value)]
        if not all(one.isdigit() and 1 <= int(one) <= _LAST_DAY for one in found):
            raise ValidationError(_("Write days of the month, 1 to 31, separated by commas."))
        return tuple(sorted({int(one) for one in found}))

    def prepare_value(self, value: Any) -> Any:
        """Show days as they are typed."""
        if not isinstance(value, tuple):
            return value
        return "، ".join(words.number(one) for one in value)


def _ticked(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class MoreConditions(forms.Form):
    """When a rule is meant: months and days, customers' own days, what they did."""

    months = _ticked(
        gettext_lazy("In which months"),
        [(str(at), name) for at, name in enumerate(MONTH_NAMES, start=1)],
    )
    month_days = MonthDays(
        label=gettext_lazy("On which days of the month"),
        required=False,
        help_text=gettext_lazy("Like 1, 15, 30. Empty: every day."),
    )
    weekend = forms.ChoiceField(
        label=gettext_lazy("On your weekend"), choices=_WEEKEND, required=False
    )
    shared = _ticked(gettext_lazy("Around which day of the calendar"), SharedDayKind.choices)
    shared_days = Whole(
        label=gettext_lazy("Up to how many days before and after it, of the calendar"),
        required=False,
        min_value=0,
        max_value=60,
        help_text=gettext_lazy("Its dates are those of the page «Days of the calendar»."),
    )
    least_lines = Whole(
        label=gettext_lazy("At least how many items in the basket"),
        required=False,
        min_value=1,
        max_value=500,
    )
    around = _ticked(gettext_lazy("Around which day of the customer's"), OccasionKind.choices)
    around_days = Whole(
        label=gettext_lazy("Up to how many days before and after it"),
        required=False,
        min_value=0,
        max_value=60,
    )
    did = _ticked(gettext_lazy("Who did one of these before"), EngagementKind.choices)
    did_days = Whole(
        label=gettext_lazy("Within how many days"), required=False, min_value=1, max_value=730
    )


def more_in(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions a cleaned form holds."""
    around, did = data.get("around"), data.get("did")
    return {
        "months": tuple(int(one) for one in data.get("months") or ()),
        "month_days": data.get("month_days") or (),
        "weekend": {"yes": True, "no": False}.get(data.get("weekend") or ""),
        "shared": AroundShared(kinds=tuple(shared), days=data.get("shared_days") or 0)
        if (shared := data.get("shared"))
        else None,
        "least_lines": data.get("least_lines") or 0,
        "around": Around(kinds=tuple(around), days=data.get("around_days") or 0)
        if around
        else None,
        "did": Did(kinds=tuple(did), days=data.get("did_days") or _AGO) if did else None,
    }


def more_typed(when: When) -> dict[str, Any]:
    """Return what the fields start with."""
    return {
        "months": [str(one) for one in when.months],
        "month_days": when.month_days,
        "weekend": {True: "yes", False: "no", None: ""}[when.weekend],
        "shared": [str(one) for one in when.shared.kinds] if when.shared else [],
        "shared_days": when.shared.days if when.shared else None,
        "least_lines": when.least_lines or None,
        "around": [str(one) for one in when.around.kinds] if when.around else [],
        "around_days": when.around.days if when.around else None,
        "did": [str(one) for one in when.did.kinds] if when.did else [],
        "did_days": when.did.days if when.did else None,
    }


def calendar_words(when: When) -> Iterator[str]:
    """Say in which months and on which days of them."""
    if when.months:
        names = _(", ").join(MONTH_NAMES[at - 1] for at in sorted(set(when.months)))
        yield _("in %(months)s") % {"months": names}
    if when.month_days:
        days = _(", ").join(words.number(one) for one in sorted(set(when.month_days)))
        yield _("on day %(days)s of the month") % {"days": days}
    if when.weekend is not None:
        yield _("on the weekend") if when.weekend else _("on days outside the weekend")
    if when.shared is not None:
        facts = {"days": words.number(when.shared.days), "what": _listed(when.shared.kinds)}
        yield (
            _("from %(days)s days before to %(days)s days after %(what)s") % facts
            if when.shared.days
            else _("on %(what)s") % facts
        )


def customer_words(when: When) -> Iterator[str]:
    """Say around which day of the customer's, and after what they did."""
    if when.around is not None:
        facts = {"days": words.number(when.around.days), "what": _listed(when.around.kinds)}
        yield (
            _("from %(days)s days before to %(days)s days after the customer's %(what)s") % facts
            if when.around.days
            else _("on the customer's %(what)s") % facts
        )
    if when.did is not None:
        facts = {"days": words.number(when.did.days), "what": _listed(when.did.kinds)}
        yield _("for who in the last %(days)s days did: %(what)s") % facts


def _listed(kinds: Any) -> str:
    return _(" or ").join(f"«{one.label}»" for one in kinds)
