"""In which stage of their life with the business everybody stands, and the money of each (C037).

Everybody known is in exactly one; the first that fits counts, in the order of `_STAGES`. Stages
rest on the ready-made segments of the night and on the eleven segments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id
from loyalty.queries.leaving import OUT_OF_CLUB
from segmentation.enums import SLIPPING, NamedSegment, Segment, Stage
from segmentation.queries.named.reading import named_night

_YEAR: Final = timedelta(days=365)
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
_BOARD: Final = f"""
WITH gone AS ({OUT_OF_CLUB}), stays AS (
    SELECT customer_id, array_agg(segment) AS named FROM segmentation_namedstay
    WHERE business_id = %(business)s AND left_at IS NULL AND segment = ANY(%(named)s)
    GROUP BY customer_id
), bought AS (
    SELECT customer_id, sum(total_rial - returned_rial) AS net FROM customers_purchase
    WHERE business_id = %(business)s AND customer_id IS NOT NULL AND local_date > %(since)s::date
    GROUP BY customer_id
), staged AS (
    SELECT CASE {_CASES} END AS stage, coalesce(b.net, 0) AS net,
           coalesce(o.worth_rial, 0) AS ahead
    FROM customers_customer c
    LEFT JOIN gone g ON g.customer_id = c.id LEFT JOIN stays n ON n.customer_id = c.id
    LEFT JOIN bought b ON b.customer_id = c.id
    LEFT JOIN segmentation_customerscore s ON s.business_id = %(business)s AND s.id = c.id
    LEFT JOIN segmentation_customeroutlook o ON o.business_id = %(business)s AND o.id = c.id
    WHERE c.business_id = %(business)s AND c.status IN ('active', 'provisional')
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


def lifecycle(now: datetime) -> Board:
    """Return the board. Three queries; before the first night nobody is in a stage."""
    night = named_night()
    if night is None:
        return Board(None, [StageRow(one, 0, 0, 0) for one in Stage])
    today = business_day(now, business_by_id(active_business_id()).timezone)
    values: dict[str, Any] = {
        "business": active_business_id(),
        "since": today - _YEAR,
        "named": [one.value for one in _NAMED],
        "sleeping": [one.value for one in _SLEEPING],
        "loyal": [one.value for one in _LOYAL],
    }
    with connection.cursor() as cursor:
        cursor.execute(_BOARD, values)
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return Board(night.as_of, [StageRow(one, *found.get(one.value, (0, 0, 0))) for one in Stage])


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
