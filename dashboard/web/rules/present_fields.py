"""Fields of a rule's form about presents, and the words for them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.web import words
from dashboard.web.forms import Line, TomanField, Whole
from loyalty.enums import RuleEffect
from loyalty.queries.coupons import given_pools
from loyalty.queries.offers import offered_rewards
from loyalty.queries.rules.document import MOST_STAMPS, Bonus, Present
from loyalty.queries.stamps import card_rows

_DAYS: Final = 60


class PresentFields(forms.Form):
    """What a rule gives that is no points."""

    stamps = Whole(
        label=gettext_lazy("How many stamps"), required=False, min_value=1, max_value=MOST_STAMPS
    )
    stamp_card = forms.ChoiceField(label=gettext_lazy("On which stamp card"), required=False)
    pool = forms.ChoiceField(
        label=gettext_lazy("Which coupon"),
        required=False,
        help_text=gettext_lazy("Coupons with codes of their own; the buyer gets a new code."),
    )
    reward = forms.ChoiceField(label=gettext_lazy("Which reward"), required=False)
    item = Line(
        label=gettext_lazy("An item of which category"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("As your purchases call it."),
    )
    worth = TomanField(
        label=gettext_lazy("Worth at most, toman"),
        required=False,
        help_text=gettext_lazy(
            "What is on a gift card, or what one costs you at most; budgets count it."
        ),
    )
    days = Whole(
        label=gettext_lazy("Good for how many days"),
        required=False,
        min_value=1,
        max_value=730,
        initial=_DAYS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("stamp_card", [(str(one.id), one.name) for one in card_rows(active=True)]),
            ("pool", [(str(one.id), one.name) for one in given_pools().order_by("name")]),
            ("reward", [(str(one[0]), one[1]) for one in offered_rewards()]),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", _("Choose one")), *choices]
            if choices:
                self.initial.setdefault(name, choices[0][0])
            else:
                field.help_text = _NONE_YET[name]


_NONE_YET: Final = {
    "stamp_card": gettext_lazy("There is no stamp card yet; make one under «Coupons and stamps»."),
    "pool": gettext_lazy(
        "There is no coupon with codes of its own yet; make one under «Coupons and stamps»."
    ),
    "reward": gettext_lazy("There is no reward yet; make one in the settings of points."),
}
_NAMED: Final[Mapping[RuleEffect, tuple[str, str]]] = {
    RuleEffect.STAMP: ("stamp_card", "stamp_card"),
    RuleEffect.COUPON: ("pool", "pool"),
    RuleEffect.REWARD: ("reward", "reward"),
    RuleEffect.ITEM: ("item", "category"),
}


def missing_in(effect: RuleEffect, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (field, sentence) of what a present misses."""
    missed = []
    if effect in _NAMED and not data.get(_NAMED[effect][0]):
        missed.append((_NAMED[effect][0], _("Say which.")))
    if effect in {RuleEffect.GIFT_CARD, RuleEffect.ITEM} and not data.get("worth"):
        missed.append(("worth", _("Say how much it is worth.")))
    if effect == RuleEffect.STAMP and not data.get("stamps"):
        missed.append(("stamps", _("How many stamps?")))
    return missed


def present_in(effect: RuleEffect, data: Mapping[str, Any]) -> Present | None:
    """Return the present a cleaned form holds, or None for points."""
    if not effect.is_present:
        return None
    named: dict[str, Any] = {}
    if effect in _NAMED:
        field, name = _NAMED[effect]
        named[name] = data[field] if name == "category" else UUID(data[field])
    return Present(worth_rial=data.get("worth") or 0, days=data.get("days") or _DAYS, **named)


def present_typed(bonus: Bonus) -> dict[str, Any]:
    """Return what the fields start with."""
    present = bonus.present
    if present is None:
        return {}
    named = {
        "stamp_card": present.stamp_card,
        "pool": present.pool,
        "reward": present.reward,
    }
    return {name: str(value) for name, value in named.items() if value} | {
        "stamps": bonus.num if bonus.effect == RuleEffect.STAMP else None,
        "item": present.category,
        "worth": present.worth_rial or None,
        "days": present.days,
    }


def present_names() -> dict[UUID, str]:
    """Return what stamp cards, coupons and rewards are called. Three queries."""
    rows: Sequence[Any] = [*card_rows(), *given_pools()]
    return {one.id: one.name for one in rows} | {one[0]: one[1] for one in offered_rewards()}


def gives_present(bonus: Bonus, present: Present, names: Mapping[UUID, str]) -> str:
    """Return what a present is, as its owner would say it."""
    named = present.stamp_card or present.pool or present.reward
    facts = {
        "n": words.number(bonus.num),
        "what": present.category or (names.get(named, _("(no longer here)")) if named else ""),
        "worth": words.toman(present.worth_rial),
        "days": words.number(present.days),
    }
    return _GIVES[bonus.effect]() % facts


_GIVES: Final = {
    RuleEffect.STAMP: lambda: _("%(n)s stamps on the card «%(what)s»"),
    RuleEffect.COUPON: lambda: _("a coupon «%(what)s», good for %(days)s days"),
    RuleEffect.GIFT_CARD: lambda: _("a gift card of %(worth)s toman, good for %(days)s days"),
    RuleEffect.ITEM: lambda: _(
        "a free item of «%(what)s» up to %(worth)s toman, good for %(days)s days"
    ),
    RuleEffect.REWARD: lambda: _("the reward «%(what)s» without points, good for %(days)s days"),
}
