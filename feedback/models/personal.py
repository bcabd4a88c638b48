"""What the tables of surveys hold of a person (rule R59)."""

from core.tenancy.personal import Facts, by, declare
from feedback.models.bonus import BonusPlan, BonusRun
from feedback.models.bonus_line import BonusLine, BonusObjection, BonusSale
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
            ours=("browser_hash",),
            told=("score", "flagged", "answered_at"),
        ),
        BonusPlan: Facts(ours=("made_by",)),
        BonusRun: Facts(ours=("approved_by", "paid_reference")),
        BonusLine: Facts(),
        BonusSale: Facts(of=by("purchase__customer_id")),
        BonusObjection: Facts(free=("reason", "note"), ours=("raised_by", "decided_by")),
    }
)
