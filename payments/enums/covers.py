"""What may stand for part of a payment."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CoverKind(models.TextChoices):
    """What takes part of a payment's sum."""

    GIFT_CARD = "gift_card", _("Gift card")
    STORE_CREDIT = "store_credit", _("Store credit")
    COUPON = "coupon", _("Coupon")


class CoverState(models.TextChoices):
    """What became of what was held for a payment."""

    HELD = "held", _("Held")
    USED = "used", _("Used")
    FREED = "freed", _("Let go")
    LOST = "lost", _("Was not there any more")
