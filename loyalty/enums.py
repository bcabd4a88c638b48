"""States and kinds of the points ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LotState(models.TextChoices):
    """contingent → pending → active → consumed, expired or reversed."""

    CONTINGENT = "contingent", _("Waiting for an owner")
    PENDING = "pending", _("Pending")
    ACTIVE = "active", _("Spendable")
    CONSUMED = "consumed", _("Used up")
    EXPIRED = "expired", _("Expired")
    REVERSED = "reversed", _("Taken back")


class LotOrigin(models.TextChoices):
    """What a lot was granted for."""

    PURCHASE = "purchase", _("Purchase")
    INSTALMENT = "instalment", _("Instalment paid")
    ADJUSTMENT = "adjustment", _("Correction")
    GRACE = "grace", _("Returned after its date")


class EntryKind(models.TextChoices):
    """Why points moved."""

    EARN = "earn", _("Earned")
    CLAIM = "claim", _("Found its owner")
    ACTIVATE = "activate", _("Became spendable")
    REDEEM = "redeem", _("Spent")
    RELEASE = "release", _("Given back")
    CLAWBACK = "clawback", _("Taken back")
    EXPIRE = "expire", _("Expired")
    REPAY = "repay", _("Settled a negative balance")
    ADJUST = "adjust", _("Corrected by hand")


class RedemptionState(models.TextChoices):
    """reserved → committed, released or expired; an expired one may still be committed."""

    RESERVED = "reserved", _("Held")
    COMMITTED = "committed", _("Spent")
    RELEASED = "released", _("Given back")
    EXPIRED = "expired", _("Hold ran out")
