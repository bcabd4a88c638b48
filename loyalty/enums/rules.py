"""What rules beside the rate give, why not, and where drafts, replays and presents stand."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleEffect(models.TextChoices):
    """What a rule beside the rate gives."""

    TIMES = "times", _("Points are multiplied")
    RATE = "rate", _("More points for an amount")
    FIXED = "fixed", _("A number of points")
    STAMP = "stamp", _("Stamps on a card")
    COUPON = "coupon", _("A coupon")
    GIFT_CARD = "gift_card", _("A gift card")
    ITEM = "item", _("A free item")
    REWARD = "reward", _("A reward of the list, without points")

    @property
    def is_present(self) -> bool:
        """Tell whether it gives something else than points."""
        return self not in {RuleEffect.TIMES, RuleEffect.RATE, RuleEffect.FIXED}


class BestFor(models.TextChoices):
    """Which of several that exclude each other counts (rule R50)."""

    CUSTOMER = "customer", _("The best for the customer")
    MARGIN = "margin", _("What costs the business least")


class CapSpan(models.TextChoices):
    """Within what a customer's share of a rule is counted; Jalali, in the business's zone."""

    DAY = "day", _("A day")
    WEEK = "week", _("A week")
    MONTH = "month", _("A month")
    YEAR = "year", _("A year")
    EVER = "ever", _("Ever")


class DraftState(models.TextChoices):
    """open → published or discarded."""

    OPEN = "open", _("Draft")
    PUBLISHED = "published", _("Published")
    DISCARDED = "discarded", _("Put away")


class ReplayState(models.TextChoices):
    """queued → running → done; failed after three workers died, cancelled was stopped."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Verdict(models.TextChoices):
    """Why a rule gave points on a basket, or gave none."""

    APPLIED = "applied", _("It counts")
    AMOUNT = "amount", _("The basket is too small")
    GOODS = "goods", _("None of its goods is in the basket")
    CHANNEL = "channel", _("Sold in another channel")
    BRANCH = "branch", _("Sold in another branch")
    EMPLOYEE = "employee", _("Sold by somebody else")
    DATES = "dates", _("Not on this date")
    MONTH_DAY = "month_day", _("Not on this day of the month")
    WEEKDAY = "weekday", _("Not on this day of the week")
    SHARED_DAY = "shared_day", _("Not around such a day of the calendar")
    HOURS = "hours", _("Not at this hour")
    TIER = "tier", _("The customer is in another tier")
    SEGMENT = "segment", _("The customer was in another segment")
    ATTRIBUTE = "attribute", _("The customer is not known to be so")
    NUMBER = "number", _("Not this purchase of the customer")
    BOUGHT = "bought", _("The customer has not bought enough before")
    OCCASION = "occasion", _("Not around a day of the customer's own")
    EVENT = "event", _("The customer has not done what it asks for")
    STRANGER = "stranger", _("The buyer is not known")
    LEFT = "left", _("The customer is out of the club")
    STAFF = "staff", _("The customer works here")
    BEATEN = "beaten", _("Another rule of its group counts")
    TOO_LITTLE = "too_little", _("It comes to less than one point")
    FULL = "full", _("The order has all the points it may have")
    SHARE = "share", _("The customer had all of their share")
    BUDGET = "budget", _("Its budget is used up")
    PAST = "past", _("Bought before it was recorded here")


class PresentState(models.TextChoices):
    """given → taken_back, by a return of what it was given for."""

    GIVEN = "given", _("Given")
    TAKEN_BACK = "taken_back", _("Taken back")
