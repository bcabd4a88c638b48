"""Inviting, asking, answering."""

from feedback.operations.answer import answer_survey
from feedback.operations.invite import FRESH, Bought, invite_buyers
from feedback.operations.joined import follow_merge, follow_unmerge
from feedback.operations.news import agree_to_news
from feedback.operations.surveys import (
    SurveyTexts,
    change_survey,
    create_survey,
    open_default_survey,
)
from feedback.operations.sweep import expire_invitations, send_invitations, sweep
from feedback.operations.withdraw import note_returns

__all__ = [
    "FRESH",
    "Bought",
    "SurveyTexts",
    "agree_to_news",
    "answer_survey",
    "change_survey",
    "create_survey",
    "expire_invitations",
    "follow_merge",
    "follow_unmerge",
    "invite_buyers",
    "note_returns",
    "open_default_survey",
    "send_invitations",
    "sweep",
]
