"""What happens to a customer besides a purchase, after which a rule may give something."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.enums.rules import RuleEffect


class HappeningKind(models.TextChoices):
    """Joining the club, each kind of engagement, a customer's own day, everybody's, a milestone."""

    JOINED = "joined", _("Joined the club")
    SURVEY = "survey", _("Answered a survey")
    PROFILE = "profile", _("Completed their profile")
    BIRTHDAY = "birthday", _("Told their birthday")
    REFERRAL = "referral", _("Brought a friend")
    REVIEW = "review", _("Wrote a review")
    FOLLOW = "follow", _("Followed the shop")
    APP_OPEN = "app_open", _("Opened the app")
    CHECK_IN = "check_in", _("Checked in")
    DAY_BIRTHDAY = "day_birthday", _("Their birthday")
    DAY_WEDDING = "day_wedding", _("Their wedding anniversary")
    DAY_OWN = "day_own", _("Another day of theirs")
    SHARED_DAY = "shared_day", _("A day of the calendar")
    MILESTONE = "milestone", _("Reached a milestone")


# What a rule may give without a purchase: a stamp is proven by a payment (N23), and there is no
# amount to multiply.
AFTER_EFFECTS: Final = frozenset(
    {
        RuleEffect.FIXED,
        RuleEffect.COUPON,
        RuleEffect.GIFT_CARD,
        RuleEffect.ITEM,
        RuleEffect.REWARD,
    }
)
