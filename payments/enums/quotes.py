"""Where a promise of a price stands. Nothing is stored: time, its payment and its plan tell."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class QuoteState(models.TextChoices):
    """open → being paid → paid; or the time passes; or the shop takes it back unused.

    `accepted`: somebody began to pay in time, so the price holds however long the bank takes.
    """

    UPCOMING = "upcoming", _("Not valid yet")
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Being paid")
    PAID = "paid", _("Paid")
    ON_CREDIT = "on_credit", _("Sold in instalments")
    RETURNED = "returned", _("Money returned")
    EXPIRED = "expired", _("Its time is over")
    WITHDRAWN = "withdrawn", _("Withdrawn")
