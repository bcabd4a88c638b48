"""What customers last said, one row each, for the statements of apps above."""

from collections.abc import Mapping
from typing import Final

from feedback.enums import CONTENT, LOW, SurveyKind


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
