"""Words about a business's accounts at providers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnverifiedPolicy(models.TextChoices):
    """What becomes of money nobody confirms, where the provider leaves it to the terminal."""

    AUTO_RETURN = "auto_return", _("It goes back to the buyer by itself")
    KEPT = "kept", _("The provider keeps it until it is confirmed or sent back")
    AUTO_FINAL = "auto_final", _("The provider confirms it by itself")


class RouteReason(models.TextChoices):
    """Why a try went to its account."""

    ONLY = "only", _("the only account that could take it")
    ORDER = "order", _("first in the order")
    SUCCESS = "success", _("pays through more often at this time")
    BANK = "bank", _("pays through more often with cards of this payer's bank")
    COST = "cost", _("costs less")
    PROBE = "probe", _("tried again after a pause")


class PassedOver(models.TextChoices):
    """Why an account was passed over."""

    LIMITS = "limits", _("amount outside its limits")
    CAP = "cap", _("its cap for the day is reached")
    PAUSED = "paused", _("paused after failures")
    TRIED = "tried", _("did not answer a moment ago")


class ProbeResult(models.TextChoices):
    """How a test of credentials went."""

    GOOD = "good", _("The provider knows these credentials")
    REFUSED = "refused", _("The provider refuses these credentials")
    UNREACHED = "unreached", _("The provider could not be reached")
    UNCLEAR = "unclear", _("The provider's answer says nothing certain")
    UNTESTABLE = "untestable", _("This provider offers nothing to test with; a first payment shows")


class TryFailure(models.TextChoices):
    """Why a try to pay brought no money, as far as the provider's codes are published."""

    CANCELLED = "cancelled", _("The buyer gave up")
    FUNDS = "funds", _("Not enough money on the card")
    CARD = "card", _("The card, its password or its balance")
    LIMIT = "limit", _("A limit of the bank was reached")
    BANK = "bank", _("The buyer's bank did not answer")
    TIME = "time", _("Time ran out at the bank")
    SETTINGS = "settings", _("The gateway refuses the shop's settings")
