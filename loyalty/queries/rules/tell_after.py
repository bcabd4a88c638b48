"""What rules gave after something that is no purchase, in a sentence to do the sum again (N19)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.spelling import number
from loyalty.enums import Verdict
from loyalty.enums.happenings import HappeningKind

Facts = Mapping[str, Any]


def after_sentence(data: Facts, points: str) -> str:
    """Say what happened, and each rule's part of the points."""
    told = {"points": points, "what": HappeningKind(data["happened"]).label}
    said = [_("%(points)s points after «%(what)s».") % told]
    return " ".join(said + [sentence for part in data["rules"] for sentence in _part(part)])


def _part(part: Facts) -> list[str]:
    facts = {"name": part["name"], "points": number(part["points"])}
    said = [_("%(points)s of them are of «%(name)s».") % facts]
    if part.get("cut") == Verdict.SHARE:
        said.append(_("No more was left of the customer's share."))
    elif part.get("cut") == Verdict.BUDGET:
        said.append(_("No more was left of its budget."))
    return said
