"""What people who work here give on the spot (C078)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GoodwillKind(models.TextChoices):
    """What was given; each counts in the giver's budget with its worth in rial."""

    POINTS = "points", _("Points")
    DISCOUNT = "discount", _("A discount in toman")
    COUPON = "coupon", _("A coupon")
    GIFT_CARD = "gift_card", _("A gift card")
    CREDIT = "credit", _("Store credit in toman")
    BENEFIT = "benefit", _("A service or gift item")
