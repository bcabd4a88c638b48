"""Kinds of what a business celebrates of its customers, and why there was no present."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class OccasionKind(models.TextChoices):
    """A day of the Jalali year that is a customer's own; each has one of a kind."""

    BIRTHDAY = "birthday", _("Birthday")
    WEDDING = "wedding", _("Wedding anniversary")
    OWN = "own", _("Another day")


class OccasionSource(models.TextChoices):
    """Who told a customer's occasion."""

    STAFF = "staff", _("Noted by staff")
    API = "api", _("Shop or app")


class SharedDayKind(models.TextChoices):
    """A day of the calendar that is everybody's. The first three follow from the solar calendar."""

    NOWRUZ = "nowruz", _("Nowruz")
    SIZDAH = "sizdah", _("Nature day")
    YALDA = "yalda", _("Yalda night")
    MOTHERS = "mothers", _("Mother's day")
    FATHERS = "fathers", _("Father's day")
    FITR = "fitr", _("Eid al-Fitr")
    ADHA = "adha", _("Eid al-Adha")
    GHADIR = "ghadir", _("Eid al-Ghadir")
    OWN = "own", _("Another day")


class SharedDayState(models.TextChoices):
    """planned → done, or cancelled before its morning."""

    PLANNED = "planned", _("Planned")
    DONE = "done", _("Celebrated")
    CANCELLED = "cancelled", _("Cancelled")


# Jalali month and day of the days that follow from the calendar.
SOLAR_DAYS: Final = {
    SharedDayKind.NOWRUZ: (1, 1),
    SharedDayKind.SIZDAH: (1, 13),
    SharedDayKind.YALDA: (9, 30),
}


class NoGift(models.TextChoices):
    """Why nobody was given points on their day or for a milestone."""

    NONE_OFFERED = "none_offered", _("No points are given for it")
    TOO_NEW = "too_new", _("A customer for too short a time")
    STRANGER = "stranger", _("Nobody knows yet who they are")
    LEFT = "left", _("They left the club")
    BEFORE = "before", _("Reached before it was celebrated")


class MilestoneKind(models.TextChoices):
    """What of a customer is celebrated; a visit is a day with a purchase."""

    VISITS = "visits", _("A visit by its number")
    YEARS = "years", _("Years as a customer")
    SPENT = "spent", _("An amount bought")
    PURCHASES = "purchases", _("A number of purchases")
    FRIENDS = "friends", _("A number of friends brought")
    STAMP_CARDS = "stamp_cards", _("A number of full stamp cards")
    TAKING_PART = "taking_part", _("Taking part so many times")
    OWN_DAYS = "own_days", _("Own days spent with us")
