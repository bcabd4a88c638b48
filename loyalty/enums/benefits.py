"""Services a business gives without a price (C048)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BenefitKind(models.TextChoices):
    """What more somebody gets for the same price."""

    PRIORITY = "priority", _("No waiting in line")
    EARLY = "early", _("Sees what is new first")
    WRAPPING = "wrapping", _("Gift wrapping")
    WARRANTY = "warranty", _("Longer warranty")
    DELIVERY = "delivery", _("Free delivery")
    GIFT = "gift", _("A gift item")
    OTHER = "other", _("Something else")
