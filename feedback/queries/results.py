"""What the answers add up to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from businesses.queries import business_by_id
from core.calendar import add_months, day_start, month_start, week_start
from core.tenancy import active_business_id
from feedback.enums import HIGH, LOW, SCALES, SurveyKind
from feedback.models import Response, Survey
from feedback.queries.intervals import Interval, nps, share

ENOUGH: Final = 5
_WEEK: Final = timedelta(days=7)

_PERIODS: Final = """
SELECT width_bucket(i.created_at, %(edges)s::timestamptz[]), r.score, count(*)
FROM feedback_surveyinvitation i
JOIN feedback_survey s ON s.business_id = i.business_id AND s.id = i.survey_id
LEFT JOIN feedback_response r ON r.business_id = i.business_id AND r.invitation_id = i.id
WHERE i.business_id = %(business)s AND s.kind = %(kind)s AND i.state <> 'cancelled'
  AND i.created_at >= (%(edges)s::timestamptz[])[1] AND i.created_at < %(end)s
  AND (%(survey)s::uuid IS NULL OR s.id = %(survey)s::uuid)
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class SurveyResults:
    """Answers of one kind of survey in a span of time.

    `score` is None below ENOUGH answers. NPS runs from −100 to 100, CSAT's from 0 to 1 (the share
    of 4 and 5). `counts` has every mark of the scale. `response_rate` is None if nobody was asked.
    """

    kind: str
    n: int
    invited: int
    counts: Mapping[int, int]
    score: Interval | None

    @property
    def high(self) -> int:
        """Promoters (9 and 10), or the content (4 and 5)."""
        return sum(count for mark, count in self.counts.items() if mark >= HIGH[self.kind])

    @property
    def low(self) -> int:
        """Detractors (0 to 6), or the discontent (1 and 2)."""
        return sum(count for mark, count in self.counts.items() if mark <= LOW[self.kind])

    @property
    def middle(self) -> int:
        """Everybody else."""
        return self.n - self.high - self.low

    @property
    def response_rate(self) -> float | None:
        """Answers per invitation."""
        return self.n / self.invited if self.invited else None


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One week or month, named by its first day."""

    start: date
    results: SurveyResults


def surveys() -> QuerySet[Survey]:
    """Return the active business's surveys in the order they are asked."""
    return Survey.objects.order_by("position", "id")


def survey_by_id(survey_id: UUID) -> Survey | None:
    """Return one survey of the active business, or None."""
    return Survey.objects.filter(id=survey_id).first()


Span = tuple[datetime, datetime]


def results(
    *, kind: str, start: datetime, end: datetime, survey_id: UUID | None = None
) -> SurveyResults:
    """Return what was asked in [start, end) and answered so far; all surveys of a kind, or one."""
    return in_spans(kind=kind, spans=[(start, end)], survey_id=survey_id)[0]


def in_spans(
    *, kind: str, spans: Sequence[Span], survey_id: UUID | None = None
) -> list[SurveyResults]:
    """Return the results of several spans, overlapping or not, in one query."""
    edges = sorted({edge for span in spans for edge in span})
    found = [
        (edges[period - 1], mark, count)
        for period, mark, count in _count(kind, edges[:-1], edges[-1], survey_id)
    ]
    return [
        _sum_up(kind, [(mark, count) for at, mark, count in found if start <= at < end])
        for start, end in spans
    ]


def trend(
    *, kind: str, now: datetime, periods: int, by_month: bool = False, survey_id: UUID | None = None
) -> list[TrendPoint]:
    """Return the last weeks (from Saturday) or Jalali months, oldest first, in one query."""
    zone = business_by_id(active_business_id()).timezone
    starts = _starts(now, zone, periods, by_month=by_month)
    spans = list(pairwise([*(day_start(day, zone) for day in starts), now + _WEEK]))
    found = in_spans(kind=kind, spans=spans, survey_id=survey_id)
    return [TrendPoint(day, one) for day, one in zip(starts, found, strict=True)]


def recent(*, kind: str, now: datetime, days: int, weeks: int) -> list[SurveyResults]:
    """Return the last `days`, the same before, and the last weeks oldest first, in one query."""
    zone, length = business_by_id(active_business_id()).timezone, timedelta(days=days)
    starts = [day_start(day, zone) for day in _starts(now, zone, weeks, by_month=False)]
    periods = [(now - length, now), (now - 2 * length, now - length)]
    return in_spans(kind=kind, spans=[*periods, *pairwise([*starts, now])])


def responses(*, survey_id: UUID | None = None) -> QuerySet[Response]:
    """Return answers with their customers, newest first."""
    rows = Response.objects.select_related("customer", "survey").order_by("-answered_at", "-id")
    return rows.filter(survey_id=survey_id) if survey_id else rows


def comments(*, survey_id: UUID | None = None) -> QuerySet[Response]:
    """Return answers that carry words, newest first."""
    return responses(survey_id=survey_id).exclude(comment="")


def responses_of(customer_id: UUID) -> QuerySet[Response]:
    """Return one customer's answers, newest first."""
    return responses().filter(customer_id=customer_id)


def _sum_up(kind: str, found: Sequence[tuple[int | None, int]]) -> SurveyResults:
    full = dict.fromkeys(SCALES[kind], 0)
    for mark, count in found:
        if mark in full:
            full[mark] += count
    invited = sum(count for _mark, count in found)
    draft = SurveyResults(kind, sum(full.values()), invited, full, None)
    if draft.n < ENOUGH:
        return draft
    score = (
        nps(draft.high, draft.middle, draft.low)
        if kind == SurveyKind.NPS
        else share(draft.high, draft.n)
    )
    return SurveyResults(kind, draft.n, invited, full, score)


def _starts(now: datetime, zone: ZoneInfo, periods: int, *, by_month: bool) -> list[date]:
    today = now.astimezone(zone).date()
    if by_month:
        this = month_start(today)
        return [add_months(this, -back) for back in range(periods - 1, -1, -1)]
    return [week_start(today) - back * _WEEK for back in range(periods - 1, -1, -1)]


def _count(
    kind: str, edges: list[datetime], end: datetime, survey_id: UUID | None
) -> list[tuple[int, int | None, int]]:
    """Return (number of the period, mark or None, invitations)."""
    wanted: dict[str, Any] = {
        "business": active_business_id(),
        "kind": kind,
        "edges": edges,
        "end": end,
        "survey": survey_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PERIODS, wanted)
        return list(cursor.fetchall())
