"""What customers do with a business besides buying, and why there were no points for it (C065)."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class EngagementKind(models.TextChoices):
    """What a customer did. The first four are seen here, the others are told by shop or app."""

    SURVEY = "survey", _("Answered a survey")
    PROFILE = "profile", _("Completed their profile")
    BIRTHDAY = "birthday", _("Told their birthday")
    REFERRAL = "referral", _("Brought a friend")
    REVIEW = "review", _("Wrote a review")
    FOLLOW = "follow", _("Followed the shop")
    APP_OPEN = "app_open", _("Opened the app")
    CHECK_IN = "check_in", _("Checked in")


# Nobody tells these: they are noted where they happen.
SEEN_HERE: Final = frozenset(
    {
        EngagementKind.SURVEY,
        EngagementKind.PROFILE,
        EngagementKind.BIRTHDAY,
        EngagementKind.REFERRAL,
    }
)
# A person completes their profile and tells their birthday once.
ONCE_EVER: Final = frozenset({EngagementKind.PROFILE, EngagementKind.BIRTHDAY})


class Winning(models.TextChoices):
    """Whether a customer counts for the employee who won them (C116)."""

    COUNTS = "counts", _("Counts: they came a second day")
    WAITING = "waiting", _("Waiting for a second day")
    STAFF = "staff", _("Counts not: they work here")
    SAME_CARD = "same_card", _("Counts not: they share a card with a customer before")


class Start(models.TextChoices):
    """With what somebody's first day ended (C113)."""

    REWARD = "reward", _("Enough points for a reward")
    POINTS = "points", _("Some points")
    NOTHING = "nothing", _("No points")


class NoPoints(models.TextChoices):
    """Why an engagement was noted without points."""

    NONE_OFFERED = "none_offered", _("It is counted, without points")
    CAPPED = "capped", _("They had points for it as often as they may")
    STRANGER = "stranger", _("Nobody knows yet who they are")
    LEFT = "left", _("They left the club")
    STAFF = "staff", _("They work here")
