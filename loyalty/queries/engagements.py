"""What counts as engagement, who did what, and what it gave (C065)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum

from core.calendar import day_start
from customers.enums import AttributePrivacy, AttributeSource
from customers.queries import customer_view
from customers.queries.attributes import attributes_of, definitions
from customers.queries.merging import profiles_of
from loyalty.enums.engagement import EngagementKind
from loyalty.enums.presents import OccasionKind
from loyalty.models import CustomerOccasion, Engagement, EngagementRule


@dataclass(frozen=True, slots=True)
class Noted:
    """How often a kind was noted in some time, by how many, and the points that stayed."""

    times: int
    people: int
    points: int


_BY_PEOPLE: Final = frozenset({AttributeSource.CUSTOMER, AttributeSource.STAFF})


def engagement_rules() -> Sequence[EngagementRule]:
    """Return what is or was counted, in the order of the kinds."""
    place = {kind: n for n, kind in enumerate(EngagementKind.values)}
    return sorted(EngagementRule.objects.all(), key=lambda row: place[row.kind])


def open_rule(kind: EngagementKind) -> EngagementRule | None:
    """Return the rule of a kind, None where it is not counted."""
    return EngagementRule.objects.filter(kind=kind, is_open=True).first()


def promised() -> dict[str, list[Any]]:
    """Return what is promised to everybody, as facts of the public rules. One query.

    Points of engagements, and which of them are activities that keep points.
    """
    rows = [row for row in engagement_rules() if row.is_open]
    told: dict[str, list[Any]] = {
        "engagements": _points_of(rows),
        "activities": [row.kind for row in rows if row.is_activity],
    }
    # Where nothing is promised the document is as it was before there were such promises.
    return {name: facts for name, facts in told.items() if facts}


def _points_of(rows: Sequence[EngagementRule]) -> list[dict[str, Any]]:
    return [
        {
            "kind": row.kind,
            "points": row.points,
            "most_times": row.most_times,
            "span": row.span,
        }
        for row in rows
        if row.points
    ]


def given_times(customer_id: UUID, kind: EngagementKind, since: date, zone: ZoneInfo) -> int:
    """Return how often somebody has points for a kind since a business day; undone ones not."""
    rows = Engagement.objects.filter(
        customer=customer_id, kind=kind, points__gt=0, taken_back_at=None
    )
    if since.year > 1:
        rows = rows.filter(at__gte=day_start(since, zone))
    return rows.count()


def engagement_rows(*, customer_id: UUID | None = None) -> QuerySet[Engagement]:
    """Return what was noted, with its customers; of one customer and who they were, if asked."""
    rows = Engagement.objects.select_related("customer")
    return rows.filter(customer__in=profiles_of(customer_id)) if customer_id else rows


def engagement_by_id(engagement_id: UUID) -> Engagement | None:
    """Return one, or None."""
    return Engagement.objects.filter(id=engagement_id).first()


def noted_since(since: datetime) -> Mapping[str, Noted]:
    """Return what was noted of each kind since a moment, without what was taken back. One query."""
    rows = Engagement.objects.filter(at__gte=since, taken_back_at=None).values_list("kind")
    told = rows.annotate(
        times=Count("id"),
        people=Count("customer", distinct=True),
        points=Sum("points", filter=Q(points__gt=0), default=0),
    )
    return {kind: Noted(times, people, points) for kind, times, people, points in told}


def profile_is_complete(customer_id: UUID, now: datetime) -> bool:
    """Tell whether name, mobile, birthday and all a person can be asked for is known.

    Sensitive attributes nobody has to tell, and what is learned from purchases nobody is asked.
    """
    person = customer_view(customer_id)
    if person is None or not (person.name and person.mobile):
        return False
    days = CustomerOccasion.objects.filter(customer=person.id, kind=OccasionKind.BIRTHDAY)
    if not days.exists():
        return False
    asked = {
        one.key
        for one in definitions()
        if one.privacy != AttributePrivacy.SENSITIVE and not one.learned_from
    }
    known = attributes_of([person.id], now)[person.id]
    return asked <= {key for key, value in known.items() if value.source in _BY_PEOPLE}
