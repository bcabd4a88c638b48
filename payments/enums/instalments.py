"""States of credit given by the shop itself, and why it is given or not."""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanState(models.TextChoices):
    """active → completed when everything is paid; cancelled when the goods come back."""

    ACTIVE = "active", _("Being paid")
    COMPLETED = "completed", _("Paid in full")
    CANCELLED = "cancelled", _("Cancelled")


class InstalmentState(models.TextChoices):
    """open → paid, or waived when its plan is cancelled. Lateness is a matter of dates."""

    OPEN = "open", _("To be paid")
    PAID = "paid", _("Paid")
    WAIVED = "waived", _("No longer owed")


class CreditRefusal(models.TextChoices):
    """Why a customer is offered no credit, or less than asked for."""

    OFF = "off", _("The shop gives no credit")
    NO_HISTORY = "no_history", _("Not enough history with this shop")
    LOW_GRADE = "low_grade", _("The payment grade is too low")
    MEASURE = "measure", _("Two people decided to lend nothing for a time")
    OVERDUE = "overdue", _("An instalment is overdue")
    CUSTOMER_LIMIT = "customer_limit", _("More than this customer may owe")
    LOW_WORTH = "low_worth", _("More than what they are foreseen to buy allows")
    TOTAL_LIMIT = "total_limit", _("More than the shop lends altogether")


class CapBasis(models.TextChoices):
    """What set the most a customer may owe."""

    MOST = "most", _("the most a customer may owe")
    NEWCOMER = "newcomer", _("the most without history")
    WORTH = "worth", _("a share of what they are foreseen to buy in a year")
    LEAST = "least", _("what a customer without history gets too")


PLAN_MOVES: Final[Mapping[PlanState, frozenset[PlanState]]] = {
    PlanState.ACTIVE: frozenset({PlanState.COMPLETED, PlanState.CANCELLED}),
    # A payment that is reversed later opens its plan again.
    PlanState.COMPLETED: frozenset({PlanState.ACTIVE}),
    PlanState.CANCELLED: frozenset(),
}


class LateFeeState(models.TextChoices):
    """Where a fee for being late stands."""

    OPEN = "open", _("Owed")
    PAID = "paid", _("Paid")
    WAIVED = "waived", _("Let go")


LATE_FEE_MOVES: Final[Mapping[LateFeeState, frozenset[LateFeeState]]] = {
    LateFeeState.OPEN: frozenset({LateFeeState.PAID, LateFeeState.WAIVED}),
    # Its payment went back: it is owed again.
    LateFeeState.PAID: frozenset({LateFeeState.OPEN}),
    LateFeeState.WAIVED: frozenset(),
}
