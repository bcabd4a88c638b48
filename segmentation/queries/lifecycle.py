"""In which stage of their life with the business everybody stands, and the money of each (C037).

Everybody known is in exactly one; the first that fits counts, in the order of `_STAGES`. Stages
rest on the ready-made segments of the night and on the eleven segments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from core.tenancy import active_business_id
from loyalty.queries.leaving import OUT_OF_CLUB
from segmentation.enums import SLIPPING, NamedSegment, Segment, Stage
from segmentation.queries.named.reading import named_night

_SLEEPING: Final = (*SLIPPING, Segment.HIBERNATING, Segment.LOST)
_LOYAL: Final = (Segment.CHAMPIONS, Segment.LOYAL)
_NAMED: Final = (
    NamedSegment.LEAD,
    NamedSegment.LAPSED,
    NamedSegment.WON_BACK,
    NamedSegment.NEW_TO_BUSINESS,
)
# Who is in which, the first that fits: a condition over gone `g`, stays `n` and scores `s`.
_STAGES: Final = {
    Stage.TERMINATED: "g.customer_id IS NOT NULL",
    Stage.LEAD: "'lead' = ANY(n.named)",
    Stage.LAPSED: "'lapsed' = ANY(n.named)",
    Stage.WON_BACK: "'won_back' = ANY(n.named)",
    Stage.NEW: "'new_to_business' = ANY(n.named)",
    Stage.AT_RISK: "s.segment = ANY(%(sleeping)s)",
    Stage.LOYAL: "s.segment = ANY(%(loyal)s)",
    Stage.DEVELOPING: "s.segment IS NOT NULL",
}
_CASES: Final = " ".join(f"WHEN {where} THEN '{stage.value}'" for stage, where in _STAGES.items())
# Counted once a night, over its facts: at each look it would read every sale of a year.
_BOARD: Final = f"""
WITH gone AS ({OUT_OF_CLUB}), stays AS (
    SELECT customer_id, array_agg(segment) AS named FROM segmentation_namedstay
    WHERE business_id = %(business)s AND left_at IS NULL AND segment = ANY(%(named)s)
    GROUP BY customer_id
), staged AS (
    SELECT CASE {_CASES} END AS stage, f.year_rial AS net, coalesce(f.worth_rial, 0) AS ahead
    FROM pg_temp.named_facts f
    LEFT JOIN gone g ON g.customer_id = f.id LEFT JOIN stays n ON n.customer_id = f.id
    LEFT JOIN segmentation_customerscore s ON s.business_id = %(business)s AND s.id = f.id
)
SELECT stage, count(*), sum(net)::bigint, sum(ahead)::bigint FROM staged
WHERE stage IS NOT NULL GROUP BY stage
"""  # noqa: S608 - the parts are constants


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage: how many are in it, what they bought in a year, what a year ahead is to bring."""

    stage: Stage
    customers: int
    year_rial: int
    ahead_rial: int


@dataclass(frozen=True, slots=True)
class Board:
    """Every stage in the order of a life, empty ones included, as of a night."""

    as_of: date | None
    rows: Sequence[StageRow]


def counted_stages() -> dict[str, list[int]]:
    """Return customers, year and year ahead of each stage, while the night's facts are there."""
    values: dict[str, Any] = {
        "business": active_business_id(),
        "named": [one.value for one in _NAMED],
        "sleeping": [one.value for one in _SLEEPING],
        "loyal": [one.value for one in _LOYAL],
    }
    with connection.cursor() as cursor:
        cursor.execute(_BOARD, values)
        return {row[0]: [int(one) for one in row[1:]] for row in cursor.fetchall()}


def lifecycle() -> Board:
    """Return the board of the last night. One query; before the first nobody is in a stage."""
    night = named_night()
    found = night.usual.get("stages", {}) if night else {}
    rows = [StageRow(one, *found.get(one.value, (0, 0, 0))) for one in Stage]
    return Board(night.as_of if night and found else None, rows)


def stage_of_segment(key: str) -> Stage | None:
    """Return which stage a segment serves, by its key; None of everybody and of own ones."""
    return _SERVES.get(key)


_SERVES: Final[dict[str, Stage]] = {
    **{one.value: Stage.AT_RISK for one in SLIPPING},
    **{one.value: Stage.LOYAL for one in _LOYAL},
    **{one.value: Stage.LAPSED for one in (Segment.HIBERNATING, Segment.LOST)},
    **{one.value: Stage.DEVELOPING for one in (Segment.POTENTIAL_LOYALIST, Segment.PROMISING)},
    Segment.NEW.value: Stage.NEW,
    "named:lead": Stage.LEAD,
    "named:new_to_business": Stage.NEW,
    "named:new_to_product": Stage.DEVELOPING,
    "named:high_profit": Stage.LOYAL,
    "named:good_payer": Stage.LOYAL,
    "named:happy_staying": Stage.LOYAL,
    "named:unhappy_staying": Stage.AT_RISK,
    "named:value_at_risk": Stage.AT_RISK,
    "named:won_back": Stage.WON_BACK,
    **{
        f"named:{one.value}": Stage.LAPSED
        for one in (
            NamedSegment.LAPSED, NamedSegment.DISSATISFIED, NamedSegment.NEGLECTED,
            NamedSegment.LAPSED_UNKNOWN, NamedSegment.HAPPY_LEAVING, NamedSegment.UNHAPPY_LEAVING,
        )
    },
}  # fmt: skip
