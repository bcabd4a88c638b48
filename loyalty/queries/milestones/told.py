"""Milestones in words, and what became of them."""

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
from core.calendar import business_day
from core.spelling import number
from core.tenancy import active_business_id
from customers.queries.merging import profiles_of
from loyalty.enums.presents import MilestoneKind, NoGift
from loyalty.models import Milestone, MilestoneReached
from loyalty.queries.milestones.titles import milestone_title

# What an owner's own text writes for the customer's name.
FOR_NAME: Final = "{name}"
_AT: Final = time(10)
_FRESH: Final = timedelta(days=30)
_REAL: Final = ~Q(no_gift=NoGift.BEFORE)


@dataclass(frozen=True, slots=True)
class Reached:
    """How often a milestone was reached since it is celebrated, and what was given for it."""

    times: int
    greeted: int
    points: int


@dataclass(frozen=True, slots=True)
class Badge:
    """A name somebody bears for what they reached, and since when."""

    name: str
    title: str
    on: date


def next_look(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the next ten in the morning by the business's clock."""
    today = datetime.combine(business_day(now, zone), _AT, tzinfo=zone)
    if today.astimezone(UTC) > now:
        return today.astimezone(UTC)
    tomorrow = business_day(now, zone) + timedelta(days=1)
    return datetime.combine(tomorrow, _AT, tzinfo=zone).astimezone(UTC)


def milestones() -> Sequence[Milestone]:
    """Return all milestones, the open ones first."""
    return list(Milestone.objects.order_by("-is_open", "kind", "number"))


def greeting_text(row: Milestone, name: str, *, gift: bool) -> str:
    """Return what the SMS says, in the business's language."""
    shop = business_by_id(active_business_id()).name
    with override(settings.LANGUAGE_CODE):
        first = name.strip() or _("Dear customer")
        facts = {"name": first, "title": milestone_title(row.kind, row.number)}
        said = row.text.replace(FOR_NAME, first)
        parts = [said or _("%(name)s, %(title)s: thank you!") % facts]
        if row.badge:
            parts.append(_("Your badge with us: %(badge)s") % {"badge": row.badge})
        if gift:
            parts.append(_("%(points)s points are our gift.") % {"points": number(row.points)})
    return "\n".join([*parts, shop])


def reached_rows() -> QuerySet[MilestoneReached]:
    """Return what was celebrated, with the customers."""
    return MilestoneReached.objects.filter(_REAL).select_related("customer")


def reached_of(customer_id: UUID) -> Sequence[MilestoneReached]:
    """Return what a customer reached, newest first, also what nobody celebrated then."""
    rows = MilestoneReached.objects.filter(customer__in=profiles_of(customer_id))
    return list(rows.order_by("-on", "-id"))


def badges_of(customer_id: UUID) -> list[Badge]:
    """Return the badges somebody bears, newest first; one name is borne once. Two queries."""
    rows = MilestoneReached.objects.filter(customer__in=profiles_of(customer_id))
    told = rows.exclude(milestone__badge="").order_by("-on", "-id")
    found: dict[str, Badge] = {}
    for row in told.select_related("milestone"):
        name = row.milestone.badge
        found.setdefault(name, Badge(name, milestone_title(row.kind, row.number), row.on))
    return list(found.values())


def sums_of() -> dict[UUID, Reached]:
    """Return what became of each milestone. One query."""
    rows = MilestoneReached.objects.filter(_REAL).values_list("milestone_id")
    told = rows.annotate(
        times=Count("id"),
        greeted=Count("id", filter=Q(greeted=True)),
        points=Sum("points", default=0),
    )
    return {one: Reached(times, greeted, points) for one, times, greeted, points in told}


def just_reached(customer_id: UUID, now: datetime) -> MilestoneReached | None:
    """Return what a customer reached in the last days, to be said at the till."""
    rows = MilestoneReached.objects.filter(_REAL, customer=customer_id, at__gte=now - _FRESH)
    return rows.order_by("-at").first()


def next_visit(visits: int, last_on: date | None, today: date) -> int | None:
    """Return the number of today's visit if it is a milestone. One query."""
    count = visits if last_on == today else visits + 1
    rows = Milestone.objects.filter(is_open=True, kind=MilestoneKind.VISITS, number=count)
    return count if rows.exists() else None
