"""What customers last said, one row each, for the statements of apps above."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from feedback.enums import CONTENT, LOW, SurveyKind
from feedback.models import Response


def _any(sign: str, marks: Mapping[str, int]) -> str:
    parts = (
        f"(s.kind = '{SurveyKind(kind).value}' AND a.score {sign} {mark})"
        for kind, mark in marks.items()
    )
    return " OR ".join(parts)


_CONTENT: Final = _any(">=", CONTENT)
_LOW: Final = _any("<=", LOW)

# The newest answer of a year: whether they are content, and whether they are unhappy; in the middle
# is neither. Parameters: business, today, year (the first day), zone.
MOODS: Final = f"""
SELECT DISTINCT ON (a.customer_id) a.customer_id, a.score, s.kind,
       (a.answered_at AT TIME ZONE %(zone)s)::date AS said_on,
       ({_CONTENT}) AS content, ({_LOW}) AS unhappy
FROM feedback_response a JOIN feedback_survey s
  ON s.business_id = %(business)s AND s.id = a.survey_id
WHERE a.business_id = %(business)s
  AND (a.answered_at AT TIME ZONE %(zone)s)::date BETWEEN %(year)s::date AND %(today)s::date
ORDER BY a.customer_id, a.answered_at DESC, a.id DESC
"""  # noqa: S608 - the parts are constants


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """When somebody answered last, and whether content (None in the middle)."""

    at: datetime
    content: bool | None


def last_answers(customer_ids: Collection[UUID]) -> dict[UUID, LastAnswer]:
    """Return the newest answer of each of a few customers. One query."""
    rows = (
        Response.objects.filter(customer_id__in=list(customer_ids))
        .order_by("customer_id", "-answered_at", "-id")
        .distinct("customer_id")
        .values_list("customer_id", "answered_at", "score", "survey__kind")
    )
    return {who: LastAnswer(at, _content(score, kind)) for who, at, score, kind in rows}


def _content(score: int, kind: str) -> bool | None:
    one = SurveyKind(kind)
    if one in CONTENT and score >= CONTENT[one]:
        return True
    return False if one in LOW and score <= LOW[one] else None
