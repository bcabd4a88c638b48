"""Reading surveys, links and results."""

from feedback.queries.intervals import Interval, nps, share
from feedback.queries.invitations import (
    SurveyPage,
    invitation_url_for,
    survey_links,
    survey_page,
)
from feedback.queries.results import (
    ENOUGH,
    SurveyResults,
    TrendPoint,
    comments,
    in_spans,
    recent,
    responses,
    responses_of,
    results,
    survey_by_id,
    surveys,
    trend,
)
from feedback.queries.tokens import business_of, survey_url, token_for, token_hash

__all__ = [
    "ENOUGH",
    "Interval",
    "SurveyPage",
    "SurveyResults",
    "TrendPoint",
    "business_of",
    "comments",
    "in_spans",
    "invitation_url_for",
    "nps",
    "recent",
    "responses",
    "responses_of",
    "results",
    "share",
    "survey_by_id",
    "survey_links",
    "survey_page",
    "survey_url",
    "surveys",
    "token_for",
    "token_hash",
    "trend",
]
