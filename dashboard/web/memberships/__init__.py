"""Paid memberships: plans, members, what is to be renewed."""

from dashboard.web.memberships.listing import memberships
from dashboard.web.memberships.member import membership, membership_change
from dashboard.web.memberships.selling import (
    membership_join,
    membership_plan_new,
    membership_plan_withdraw,
)

__all__ = [
    "membership",
    "membership_change",
    "membership_join",
    "membership_plan_new",
    "membership_plan_withdraw",
    "memberships",
]
