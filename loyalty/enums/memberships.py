"""What members may do about their paid memberships themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OwnDeed(models.TextChoices):
    """What members do about their membership themselves."""

    PAUSE = "pause", _("Pause")
    RESUME = "resume", _("Go on")
    END = "end", _("End the membership")
