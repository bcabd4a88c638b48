"""Paid memberships: offered, joined, renewed, paused, ended."""

from loyalty.operations.memberships.charge import OWNER, PREFIX
from loyalty.operations.memberships.join import Joined, join_membership
from loyalty.operations.memberships.leave import cancel_membership
from loyalty.operations.memberships.own import change_own_membership
from loyalty.operations.memberships.pause import pause_membership, resume_membership
from loyalty.operations.memberships.plans import NewMembershipPlan, offer_plan, withdraw_plan
from loyalty.operations.memberships.renew import ask_instead, step_due, step_membership
from loyalty.operations.memberships.settle import return_period, settle_period
from loyalty.operations.memberships.two import refuse_two_memberships

__all__ = [
    "OWNER",
    "PREFIX",
    "Joined",
    "NewMembershipPlan",
    "ask_instead",
    "cancel_membership",
    "change_own_membership",
    "join_membership",
    "offer_plan",
    "pause_membership",
    "refuse_two_memberships",
    "resume_membership",
    "return_period",
    "settle_period",
    "step_due",
    "step_membership",
    "withdraw_plan",
]
