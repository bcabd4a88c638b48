"""States of messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    """pending → delivered, or dead after the last try; a replay makes it pending again."""

    PENDING = "pending", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    DEAD = "dead", _("Given up")
