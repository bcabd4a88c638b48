"""Why points of a purchase that was not the customer's went, in a sentence (N1, N19)."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from core.spelling import number

# What entries of such a purchase are marked with.
DISOWNED: Final = "disowned"


def disowned_sentence(data: Mapping[str, Any], points: str) -> str:
    """Return what became of so many points, and of what all of it is a part."""
    said = [_gone(data) % {"points": number(data["lapsed"]) if data.get("lapsed") else points}]
    if data.get("owed"):
        said.append(_("They were spent, so they are owed."))
    if data.get("forgiven"):
        text = (
            _("%(forgiven)s stay with the customer.")
            if "stays" in data
            else _("%(forgiven)s were beyond the limit and are forgiven.")
        )
        said.append(text % {"forgiven": number(data["forgiven"])})
    if "of" in data:
        text = _("It had earned %(of)s points; %(before)s of them were taken before.")
        said.append(text % {"of": number(data["of"]), "before": number(data["before"])})
    return " ".join(said)


def _gone(data: Mapping[str, Any]) -> str:
    if data.get("lapsed"):
        return _("The purchase was not theirs: its %(points)s points had expired already.")
    if "returned_rial" in data:
        return _("The purchase was found not to be theirs before its points came.")
    return _("%(points)s points taken back: the purchase was not theirs.")
