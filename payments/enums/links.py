"""Links that take payments, and what became of checkouts left unfinished."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RecoveryArm(models.TextChoices):
    """What was done about an unfinished checkout. `holdout` is left alone, to measure the rest."""

    REMINDED = "reminded", _("Reminded")
    HOLDOUT = "holdout", _("Left alone to compare")
    SKIPPED = "skipped", _("No reminder was due")
