"""Customers' own days: when they are next, how they are greeted, and what was celebrated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from businesses.queries import business_by_id
from core.calendar import Jalali, business_day, jalali, month_length
from core.spelling import number
from core.tenancy import active_business_id
from customers.enums import CustomerStatus
from loyalty.enums.presents import OccasionKind
from loyalty.models import Celebration, CustomerOccasion, OccasionRules

# What an owner's own text writes for the customer's name.
FOR_NAME: Final = "{name}"
_MORNING: Final = time(9)
_MONTHS: Final = 12
_LIVE: Final = (CustomerStatus.ACTIVE, CustomerStatus.PROVISIONAL)
# A year in which Esfand has thirty days: every day there is.
_LEAP: Final = 1403


@dataclass(frozen=True, slots=True)
class Celebrated:
    """What became of one Jalali year's days."""

    times: int
    greeted: int
    gifts: int
    points: int


def is_day(month: int, day: int) -> bool:
    """Tell whether some Jalali year has this day."""
    return 1 <= month <= _MONTHS and 1 <= day <= month_length(_LEAP, month)


def jalali_year(day: date) -> int:
    """Return the Jalali year of a day."""
    return jalali(day).year


def next_celebration(month: int, day: int, after: date, *, year: int | None = None) -> date:
    """Return when a day is next celebrated, `after` itself included; in a year if given.

    The thirtieth of Esfand is celebrated on the twenty-ninth in common years (rule R39).
    """
    if year is not None:
        return Jalali(year, month, min(day, month_length(year, month))).to_date()
    this = next_celebration(month, day, after, year=jalali_year(after))
    if this >= after:
        return this
    return next_celebration(month, day, after, year=jalali_year(after) + 1)


def morning(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment of a business day at which it is celebrated."""
    return datetime.combine(day, _MORNING, tzinfo=zone).astimezone(UTC)


def occasion_rules() -> OccasionRules | None:
    """Return what is done on customers' days, None when the owner never said."""
    return OccasionRules.objects.first()


def points_for(rules: OccasionRules, kind: str) -> int:
    """Return the points of a kind of day."""
    return {
        OccasionKind.BIRTHDAY: rules.birthday_points,
        OccasionKind.WEDDING: rules.wedding_points,
        OccasionKind.OWN: rules.own_points,
    }[OccasionKind(kind)]


def greeting_text(row: CustomerOccasion, name: str, rules: OccasionRules, points: int) -> str:
    """Return what the SMS says, in the business's language."""
    shop = business_by_id(active_business_id()).name
    with override(settings.LANGUAGE_CODE):
        first = name.strip() or _("Dear customer")
        parts = [rules.text.replace(FOR_NAME, first) if rules.text else _wish(row, first)]
        if points:
            parts.append(_("%(points)s points are our gift.") % {"points": number(points)})
    return "\n".join([*parts, shop])


def _wish(row: CustomerOccasion, name: str) -> str:
    if row.kind == OccasionKind.BIRTHDAY:
        return _("%(name)s, happy birthday!") % {"name": name}
    if row.kind == OccasionKind.WEDDING:
        return _("%(name)s, happy wedding anniversary!") % {"name": name}
    return _("%(name)s, congratulations on «%(title)s»!") % {"name": name, "title": row.title}


def occasions_of(customer_id: UUID) -> Sequence[CustomerOccasion]:
    """Return a customer's days, the next one first. One query."""
    return list(CustomerOccasion.objects.filter(customer=customer_id).order_by("next_on", "kind"))


def coming(now: datetime, days: int, most: int) -> list[CustomerOccasion]:
    """Return the days of live customers within so many days from today, with them. One query."""
    today = business_day(now, business_by_id(active_business_id()).timezone)
    rows = CustomerOccasion.objects.select_related("customer").filter(
        next_on__gte=today,
        next_on__lt=today + timedelta(days=days),
        customer__status__in=_LIVE,
    )
    return list(rows.order_by("next_on", "id")[:most])


def celebrations() -> QuerySet[Celebration]:
    """Return what was celebrated, with the customers."""
    return Celebration.objects.select_related("customer")


def celebrated_in(year: int) -> Celebrated:
    """Return the sums of a Jalali year. One query."""
    told = Celebration.objects.filter(year=year).aggregate(
        times=Count("id"),
        greeted=Count("id", filter=Q(greeted=True)),
        gifts=Count("id", filter=Q(points__gt=0)),
        points=Sum("points", default=0),
    )
    return Celebrated(**told)
