"""Accounts of the money journal, and how our rows and a provider's compare."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BookAccount(models.TextChoices):
    """Accounts of the money journal. A debit is positive; `party` tells whose, where it matters."""

    PROVIDER = "provider", _("Money at a provider")
    BANK = "bank", _("Bank account")
    IN_TRANSIT = "in_transit", _("Money on its way out")
    RECEIVABLE = "receivable", _("Owed by customers")
    UNMATCHED = "unmatched", _("Received, not yet matched")
    ORPHANS = "orphans", _("To be given back")
    SALES = "sales", _("Sales")
    REFUNDS = "refunds", _("Given back")
    PAYOUTS = "payouts", _("Paid out")
    OWNER = "owner", _("The owner's own money")
    GIFT_CARDS = "gift_cards", _("Owed on gift cards")
    STORE_CREDIT = "store_credit", _("Owed as store credit")
    TILL = "till", _("Cash and card terminal, for gift cards")
    BREAKAGE = "breakage", _("Gift cards nobody used in time")
    LATE_FEES = "late_fees", _("Fees for being late")
    ROUNDING = "rounding", _("Rounding")
    FEES = "fees", _("Fees")
    DIFFERENCES = "differences", _("Differences under review")


class ReportKind(models.TextChoices):
    """What a line of a provider's report is about."""

    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Refund")
    FEE = "fee", _("Fee")
    SETTLEMENT = "settlement", _("Paid to the bank")


class ReportSource(models.TextChoices):
    """How a provider's report reached us."""

    FILE = "file", _("File")
    FEED = "feed", _("The provider's own list")


class Comparison(models.TextChoices):
    """How our row and theirs compare. `missing`: only ours; `extra`: only theirs."""

    MATCHED = "matched", _("Agree")
    MISSING = "missing", _("Not in their report")
    EXTRA = "extra", _("Not in our books")
    AMOUNT_DIFF = "amount_diff", _("Another amount")


class FetchState(models.TextChoices):
    """due → done, not_needed (a file was there first) or given_up."""

    DUE = "due", _("Due")
    DONE = "done", _("Fetched")
    NOT_NEEDED = "not_needed", _("A file was there first")
    GIVEN_UP = "given_up", _("Could not be fetched")
