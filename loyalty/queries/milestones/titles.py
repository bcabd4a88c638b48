"""Milestones by name."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import Sentence
from core.spelling import number, toman
from loyalty.enums.presents import MilestoneKind

_TITLES: Final[Mapping[MilestoneKind, Sentence]] = {
    MilestoneKind.VISITS: _("visit number %(n)s"),
    MilestoneKind.YEARS: _("%(n)s years with us"),
    MilestoneKind.PURCHASES: _("purchase number %(n)s"),
    MilestoneKind.FRIENDS: _("friend number %(n)s brought to us"),
    MilestoneKind.STAMP_CARDS: _("full stamp card number %(n)s"),
    MilestoneKind.TAKING_PART: _("took part %(n)s times"),
    MilestoneKind.OWN_DAYS: _("own day number %(n)s with us"),
}


def milestone_title(kind: str, count: int) -> str:
    """Return what somebody reached, in the active language."""
    title = _TITLES.get(MilestoneKind(kind))
    if title is not None:
        return str(title) % {"n": number(count)}
    return gettext("purchases of %(amount)s toman") % {"amount": toman(count)}
