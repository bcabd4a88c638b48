"""Tables of surveys, invitations, responses and what staff earn by them."""

from feedback.models.bonus import BonusPlan, BonusRun
from feedback.models.bonus_line import BonusLine, BonusObjection, BonusSale
from feedback.models.invitation import SurveyInvitation
from feedback.models.response import Response
from feedback.models.survey import Survey

__all__ = [
    "BonusLine",
    "BonusObjection",
    "BonusPlan",
    "BonusRun",
    "BonusSale",
    "Response",
    "Survey",
    "SurveyInvitation",
]
