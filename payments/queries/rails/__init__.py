"""The rails money travels by: caps, cycles and holidays as dated data."""

from payments.queries.rails.arrival import (
    Way,
    arrival,
    closed_days,
    is_closed,
    rule_of,
    ways_for,
)
from payments.queries.rails.data import HOLIDAYS, RULES, Cycle, Rail, Rule

__all__ = [
    "HOLIDAYS",
    "RULES",
    "Cycle",
    "Rail",
    "Rule",
    "Way",
    "arrival",
    "closed_days",
    "is_closed",
    "rule_of",
    "ways_for",
]
