"""States of campaigns, arms of their members, and verdicts on their effect."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CampaignState(models.TextChoices):
    """draft → ready (arms fixed) → sending → done; a draft or ready one may be cancelled."""

    DRAFT = "draft", _("Draft")
    READY = "ready", _("Ready to send")
    SENDING = "sending", _("Being sent")
    DONE = "done", _("Sent")
    CANCELLED = "cancelled", _("Cancelled")


class Arm(models.TextChoices):
    """Who gets the message, and who is left out to compare with."""

    TREATMENT = "treatment", _("Gets the message")
    HOLDOUT = "holdout", _("Held out")


class Verdict(models.TextChoices):
    """What the comparison of the arms allows one to say."""

    NOT_STARTED = "not_started", _("Not sent yet")
    NOT_ENOUGH = "not_enough", _("Not enough data yet")
    BROKEN = "broken", _("The split does not fit the plan; no result is shown")
    UNCLEAR = "unclear", _("No clear difference so far")
    MORE = "more", _("Sales rose")
    LESS = "less", _("Sales fell")


EVERYONE = "all"
