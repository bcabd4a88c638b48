"""Conditions that hold customers by what leaving costs them, not by what staying is worth (C047).

Leaving costs nothing here and cannot be made to; what can be is that much is forfeited by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext as _

from core.spelling import number
from loyalty.models import MembershipPlan
from loyalty.queries.programme import Terms, terms

CODE: Final = "negative_lock_in"
MOST_PENDING_DAYS: Final = 30
MOST_SHARE: Final = Fraction(1, 10)
MOST_MONTHS: Final = 12
_HUNDRED: Final = 100


@dataclass(frozen=True, slots=True)
class LockIn:
    """One condition that punishes leaving: which, and what it means for who leaves."""

    about: str
    detail: str


def lock_ins() -> list[LockIn]:
    """Return what of the programme and the memberships on offer punishes leaving. Two queries."""
    current = terms()
    plans = MembershipPlan.objects.filter(is_offered=True, months__gt=MOST_MONTHS)
    found = list(_of_terms(current)) if current else []
    return [*found, *(_of_plan(plan.name, plan.months) for plan in plans.order_by("name"))]


def _of_terms(current: Terms) -> Iterator[LockIn]:
    if current.pending_days > MOST_PENDING_DAYS:
        facts = {"days": number(current.pending_days)}
        yield LockIn(
            "pending_days",
            _(
                "Points can be spent only after %(days)s days; who leaves before loses what they "
                "earned and could not spend."
            )
            % facts,
        )
    share = Fraction(current.points_num * current.unit_value_rial, current.points_den)
    if share > MOST_SHARE:
        facts = {"share": number(int(share * _HUNDRED))}
        yield LockIn(
            "rate",
            _(
                "Points are worth %(share)s hundredths of what is bought: who leaves forfeits so "
                "much that they stay because of it."
            )
            % facts,
        )


def _of_plan(name: str, months: int) -> LockIn:
    facts = {"plan": name, "months": number(months)}
    return LockIn(
        "membership",
        _("«%(plan)s» is paid %(months)s months ahead: leaving in between costs the rest.") % facts,
    )
