"""What is celebrated of customers, who reached it, and what the team sees of it (C085)."""

from loyalty.queries.milestones.found import reached_by
from loyalty.queries.milestones.titles import milestone_title
from loyalty.queries.milestones.told import (
    FOR_NAME,
    Badge,
    Reached,
    badges_of,
    greeting_text,
    just_reached,
    milestones,
    next_look,
    next_visit,
    reached_of,
    reached_rows,
    sums_of,
)
from loyalty.queries.milestones.wall import Month, wall

__all__ = [
    "FOR_NAME",
    "Badge",
    "Month",
    "Reached",
    "badges_of",
    "greeting_text",
    "just_reached",
    "milestone_title",
    "milestones",
    "next_look",
    "next_visit",
    "reached_by",
    "reached_of",
    "reached_rows",
    "sums_of",
    "wall",
]
