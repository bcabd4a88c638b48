"""Where the marks are cut: by fifths of one's own customers, or on a fixed scale for few."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from segmentation.enums import SEGMENTS_BY_POSITION, Scale
from segmentation.queries.cuts import cuts_of_all
from segmentation.queries.source import Source

MIN_FOR_QUANTILES: Final = 50
# Fifths of how often mean nothing where nearly everybody came once.
MIN_REPEATERS: Final = 50
_MOST_ONCE_IN_FIVE: Final = 4
# Days since the last purchase, and purchase days.
_FIXED_DAYS: Final = (240, 120, 60, 30)
_FIXED_FREQUENCY: Final = (2, 3, 4, 6)
# Totals with their marks and segment: the beginning of every statement that scores.
_SCORED: Final = """
totals (customer_id, last_on, frequency, monetary, real) AS ({totals}),
marked AS (
    SELECT totals.*, {r} AS r, {f} AS f, {m} AS m FROM totals
    OFFSET 0  -- each mark is worked out once
),
scored AS (
    SELECT *, (%(names)s::text[])[1 + 25 * (r - 1) + 5 * (f - 1) + (m - 1)] AS segment FROM marked
)"""


@dataclass(frozen=True, slots=True)
class Points:
    """The cut points in force."""

    r: list[date]
    f: list[int]
    m: list[int]

    def marks(self, money: str) -> dict[str, str]:
        """Return the SQL of each mark; 3 where all are equal."""
        return {
            "r": _mark("last_on", self.r, "r", "date"),
            "f": _mark("frequency", self.f, "f", "bigint"),
            "m": _mark(money, self.m, "m", "bigint"),
        }

    @property
    def values(self) -> dict[str, Any]:
        """Return the parameters of these."""
        return {"r": self.r, "f": self.f, "m": self.m}


@dataclass(frozen=True, slots=True)
class Marking:
    """What counts, and the cut points its marks are given by."""

    source: Source
    points: Points

    @property
    def sql(self) -> str:
        """Return the parts of a WITH that end in `scored`; they ask for business and customers."""
        marks = self.points.marks(self.source.money_column)
        return _SCORED.format(totals=self.source.sql, **marks)

    @property
    def values(self) -> dict[str, Any]:
        """Return their other parameters."""
        return {"names": SEGMENTS_BY_POSITION, **self.source.values, **self.points.values}


def choose_points(source: Source, as_of: date) -> tuple[Scale, Points]:
    """Return the cut points that fit today's customers, and how they were chosen."""
    cuts = cuts_of_all(source)
    rows, again = cuts.recency.rows, cuts.repeaters
    fixed, money = list(_FIXED_FREQUENCY), list(cuts.money.thresholds)
    if rows < MIN_FOR_QUANTILES:
        days = [as_of - timedelta(days=days - 1) for days in _FIXED_DAYS]
        return Scale.FIXED, Points(days, fixed, money)
    recency = list(cuts.recency.thresholds)
    if again < MIN_REPEATERS or 5 * (rows - again) >= _MOST_ONCE_IN_FIVE * rows:
        return Scale.FEW_REPEAT, Points(recency, fixed, money)
    return Scale.QUANTILE, Points(recency, list(cuts.frequency.thresholds), money)


def _mark(column: str, cuts: Sequence[object], name: str, kind: str) -> str:
    return f"1 + width_bucket({column}, %({name})s::{kind}[])" if cuts else "3"
