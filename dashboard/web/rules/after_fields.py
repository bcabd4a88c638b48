"""Fields of a rule's form about what happens without a purchase, and the words for them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.web import words
from dashboard.web.forms import TomanField
from loyalty.enums import RuleEffect
from loyalty.enums.happenings import AFTER_EFFECTS, HappeningKind
from loyalty.queries.rules.document import When

BOUGHT: Final = "purchase"
AFTER: Final = "after"
_MOMENTS: Final = (
    (BOUGHT, gettext_lazy("With a purchase")),
    (AFTER, gettext_lazy("After something else, without a purchase")),
)
# What is asked of a purchase alone, by field.
OF_PURCHASES: Final = (
    "least",
    "least_lines",
    "categories",
    "skus",
    "which",
    "number",
    "channels",
    "branches",
    "employees",
    "cap",
)


class AfterFields(forms.Form):
    """With a purchase or after something else, and how much somebody bought before."""

    moment = forms.ChoiceField(
        label=gettext_lazy("When it is given"), choices=_MOMENTS, initial=BOUGHT, required=False
    )
    after = forms.MultipleChoiceField(
        label=gettext_lazy("After what"),
        choices=HappeningKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Own days, days of the calendar and milestones are those of the pages «Customers' "
            "days» and «Milestones»; give the points there, or here, or both."
        ),
    )
    bought = TomanField(
        label=gettext_lazy("Who bought before at least, toman"), required=False, min_value=0
    )


def missing_after(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (field, sentence) of what a rule without a purchase misses or may not give."""
    if data.get("moment") != AFTER:
        return
    if not data.get("after"):
        yield "after", _("After what?")
    effect = data.get("effect")
    if effect and RuleEffect(effect) not in AFTER_EFFECTS:
        yield "effect", _("Without a purchase it gives points at once or a present, no stamps.")
    elif effect != RuleEffect.FIXED and HappeningKind.REFERRAL in (data.get("after") or ()):
        yield "effect", _("For a friend brought it gives points; a return takes them back.")


def after_in(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions a cleaned form holds."""
    kinds = tuple(data.get("after") or ()) if data.get("moment") == AFTER else ()
    return {"after": kinds, "bought_rial": data.get("bought") or 0}


def after_typed(when: When) -> dict[str, Any]:
    """Return what the fields start with."""
    return {
        "moment": AFTER if when.after else BOUGHT,
        "after": [str(one) for one in when.after],
        "bought": when.bought_rial or None,
    }


def after_words(when: When) -> Iterator[str]:
    """Say after what a rule gives, and to whom by what they bought."""
    if when.after:
        kinds = _(" or ").join(f"«{one.label}»" for one in when.after)
        yield _("after %(what)s, without a purchase") % {"what": kinds}
    if when.bought_rial:
        yield _("for who bought %(amount)s toman or more before") % {
            "amount": words.toman(when.bought_rial)
        }
