"""Milestones by name."""

from django.utils.translation import gettext as _

from core.spelling import number, toman
from loyalty.enums.presents import MilestoneKind


def milestone_title(kind: str, count: int) -> str:
    """Return what somebody reached, in the active language."""
    if kind == MilestoneKind.VISITS:
        return _("visit number %(n)s") % {"n": number(count)}
    if kind == MilestoneKind.YEARS:
        return _("%(n)s years with us") % {"n": number(count)}
    return _("purchases of %(amount)s toman") % {"amount": toman(count)}
