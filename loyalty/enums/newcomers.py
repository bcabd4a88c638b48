"""Where somebody came from who bought for the first time (C038)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CameBy(models.TextChoices):
    """What was known before a first purchase, or how that purchase was made."""

    SALE = "sale", _("Came by themselves")
    PAYMENT = "payment", _("Known by an online payment")
    FRIEND = "friend", _("Brought by a friend")
    LEAD = "lead", _("Left their number before")
    IMPORT = "import", _("From an imported past")
