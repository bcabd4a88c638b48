"""What the figures were in any span, read once for all targets that are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

from businesses.enums import Module
from businesses.queries import BusinessInfo
from core.calendar import day_start
from customers.queries.days import DaySums, sales_days
from feedback.enums import SurveyKind
from feedback.queries.intervals import share
from feedback.queries.results import ENOUGH, SurveyResults, in_spans, surveys
from segmentation.enums import SHARES, Figure
from segmentation.queries.targets.pace import WHOLE

Days = tuple[date, date]
Asked = tuple[str, date, date]
_KINDS: Final = {Figure.CONTENT: SurveyKind.CSAT, Figure.PROMOTERS: SurveyKind.NPS}
_ONE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Content:
    """Which share of who answered said 4 and 5 of 5, or 9 and 10, of ten thousand; its bounds."""

    share: int
    low: int
    high: int
    answers: int


class Sums:
    """Figures of a run of days, added up; and answers of the spans that were asked for."""

    def __init__(
        self, days: Sequence[DaySums], answers: Mapping[Asked, SurveyResults] | None = None
    ) -> None:
        self.first = days[0].on
        self.began = next((one.on for one in days if one.purchases), None)
        self._sums = {
            Figure.NET_SALES: _added([one.net_rial for one in days]),
            Figure.RETURNING: _added([one.returning_purchases for one in days]),
            Figure.NEW: _added([one.new_customers for one in days]),
        }
        self._answers = answers or {}

    def of(self, figure: str, first: date, until: date) -> int:
        """Return a figure of the days from `first` to the one before `until`."""
        sums = self._sums[Figure(figure)]
        last = len(sums) - 1
        start, end = ((day - self.first).days for day in (first, until))
        return sums[min(max(end, 0), last)] - sums[min(max(start, 0), last)]

    def knows(self, first: date) -> bool:
        """Tell whether the business was selling before or on a day."""
        return self.began is not None and self.began <= first

    def content(self, figure: str, first: date, until: date) -> Content | None:
        """Return how content people were with [first, until); None of too few answers."""
        found = self._answers.get((figure, first, until))
        if found is None or found.n < ENOUGH:
            return None
        told = share(found.high, found.n)
        return Content(
            share=round(WHOLE * told.score),
            low=round(WHOLE * told.low),
            high=round(WHOLE * told.high),
            answers=found.n,
        )


def _added(values: Sequence[int]) -> list[int]:
    return [0, *accumulate(values)]


def figures_of(business: BusinessInfo) -> list[Figure]:
    """Return the figures a business can aim at: shares only of surveys it asks. One query."""
    kinds: set[str] = set()
    if business.has(Module.SURVEYS):
        kinds = set(surveys().filter(is_active=True).values_list("kind", flat=True))
    return [one for one in Figure if one not in SHARES or _KINDS[one] in kinds]


def sums(first: date, today: date, asked: Sequence[Asked], zone: ZoneInfo) -> Sums:
    """Read the days from `first` to today, and the answers about spans, if any are asked for.

    Three queries whatever the number of days and spans, and one a kind of survey asked about.
    """
    answers: dict[Asked, SurveyResults] = {}
    for figure, kind in _KINDS.items():
        wanted = list(dict.fromkeys(one for one in asked if one[0] == figure))
        if wanted:
            spans = [(day_start(one[1], zone), day_start(one[2], zone)) for one in wanted]
            answers |= dict(zip(wanted, in_spans(kind=kind, spans=spans), strict=True))
    return Sums(sales_days(first, today), answers)
