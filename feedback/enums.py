"""Kinds of surveys, states of invitations, and where a score turns low."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class SurveyKind(models.TextChoices):
    """nps asks 0–10 whether one would recommend, csat asks 1–5 how content one is."""

    NPS = "nps", _("Would recommend (0 to 10)")
    CSAT = "csat", _("Satisfaction (1 to 5)")


class InvitationState(models.TextChoices):
    """waiting (the SMS is not due) → open → answered | expired; a return cancels a waiting one."""

    WAITING = "waiting", _("Waiting")
    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Cancelled")


class BonusState(models.TextChoices):
    """frozen (may be objected to) → approved → paid; cancelled before it is paid."""

    FROZEN = "frozen", _("Open to objections")
    APPROVED = "approved", _("Approved")
    PAID = "paid", _("Paid")
    CANCELLED = "cancelled", _("Cancelled")


class BonusReason(models.TextChoices):
    """Whether a line's numbers are enough for a bonus."""

    COUNTS = "counts", _("Counts")
    FEW_ANSWERS = "few_answers", _("Too few answers")
    LOW_RATE = "low_rate", _("Too few of those asked answered")


SCALES: Final[dict[str, range]] = {
    SurveyKind.NPS: range(11),
    SurveyKind.CSAT: range(1, 6),
}
# A score up to here opens a case; from there on it counts as praise.
LOW: Final[dict[str, int]] = {SurveyKind.NPS: 6, SurveyKind.CSAT: 2}
HIGH: Final[dict[str, int]] = {SurveyKind.NPS: 9, SurveyKind.CSAT: 4}
# From here on somebody is content with us, though perhaps not so that they would tell others.
CONTENT: Final[dict[str, int]] = {SurveyKind.NPS: 7, SurveyKind.CSAT: 4}
