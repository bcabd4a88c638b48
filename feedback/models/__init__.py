"""Tables of surveys, invitations and responses."""

from feedback.models.invitation import SurveyInvitation
from feedback.models.response import Response
from feedback.models.survey import Survey

__all__ = ["Response", "Survey", "SurveyInvitation"]
