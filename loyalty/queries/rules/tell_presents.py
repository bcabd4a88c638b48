"""What rules gave besides points, in a sentence its worth can be told again from (N19)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from core.spelling import number, toman
from loyalty.enums import RuleEffect, Verdict

Facts = Mapping[str, Any]


def present_sentence(data: Facts, undone: Facts | None = None) -> str:
    """Say what a rule gave, what kept it from giving more, and why it was taken back."""
    facts = {
        "name": data["name"],
        "what": data["what"],
        "n": number(data["number"]),
        "worth": toman(data["worth_rial"]),
    }
    said = [_GAVE[RuleEffect(data["effect"])]() % facts]
    if data.get("cut") == Verdict.SHARE:
        said.append(_("No more was left of the customer's share."))
    elif data.get("cut") == Verdict.BUDGET:
        said.append(_("No more was left of its budget."))
    return " ".join([*said, *_taken(undone or {})])


def _taken(undone: Facts) -> list[str]:
    """Say why it was taken back, and that it had been used before."""
    said = []
    if "least_rial" in undone:
        left = {"left": toman(undone["left_rial"]), "least": toman(undone["least_rial"])}
        said.append(
            _("Taken back: only %(left)s toman remains and it begins at %(least)s toman.") % left
        )
    elif undone:
        said.append(_("Taken back: nothing remains of what it was given for."))
    if undone.get("used"):
        said.append(_("It had been used; that stays."))
    return said


_GAVE: Final[Mapping[RuleEffect, Callable[[], str]]] = {
    RuleEffect.STAMP: lambda: _("«%(name)s» gave %(n)s stamps on the card «%(what)s»."),
    RuleEffect.COUPON: lambda: _(
        "«%(name)s» gave a coupon «%(what)s», worth up to %(worth)s toman."
    ),
    RuleEffect.GIFT_CARD: lambda: _("«%(name)s» gave a gift card of %(worth)s toman."),
    RuleEffect.ITEM: lambda: _("«%(name)s» gave a free item of «%(what)s», up to %(worth)s toman."),
    RuleEffect.REWARD: lambda: _(
        "«%(name)s» gave the reward «%(what)s», worth %(worth)s toman, without points."
    ),
}
