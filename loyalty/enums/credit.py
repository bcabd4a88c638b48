"""Where store credit comes from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CreditSource(models.TextChoices):
    """Where store credit came from; never from nothing."""

    RETURN = "return", _("A return")
    REFUND = "refund", _("A refund of a payment")
    PAID = "paid", _("Paid in")
    GIFT = "gift", _("Given")
