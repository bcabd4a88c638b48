"""What the tables of surveys hold of a person (rule R59)."""

from core.tenancy.personal import Facts, by, declare
from feedback.models.invitation import SurveyInvitation
from feedback.models.response import Response
from feedback.models.survey import Survey

declare(
    {
        Survey: Facts(ours=("title", "question", "comment_question", "thanks", "invitation")),
        SurveyInvitation: Facts(
            of=by("customer_id"), ours=("token_hash",), told=("state", "created_at")
        ),
        Response: Facts(
            of=by("customer_id"),
            theirs=("comment",),
            told=("score", "flagged", "answered_at"),
        ),
    }
)
