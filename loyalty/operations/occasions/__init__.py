"""Customers' own days: told, and celebrated once a Jalali year in the morning."""

from loyalty.operations.occasions.celebrate import celebrate_due
from loyalty.operations.occasions.merging import join_occasions, part_occasions
from loyalty.operations.occasions.rules import NewRules, celebrate_occasions
from loyalty.operations.occasions.tell import NewOccasion, forget_occasion, tell_occasion

__all__ = [
    "NewOccasion",
    "NewRules",
    "celebrate_due",
    "celebrate_occasions",
    "forget_occasion",
    "join_occasions",
    "part_occasions",
    "tell_occasion",
]
