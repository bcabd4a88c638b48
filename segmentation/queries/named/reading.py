"""Ready-made segments: how many are in them, who, since when, and how many came back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from core.tenancy import active_business_id
from customers.queries.habits import CAME_WITHIN
from feedback.queries.intervals import Interval, share
from segmentation.enums import GUARDED, NamedSegment
from segmentation.models import NamedNight, NamedStay

PREFIX: Final = "named:"
BACK_DAYS: Final = 90
_YEAR: Final = 365
_ENOUGH: Final = 5
_NIGHTS: Final = 90
_CAME: Final = f"""
WITH entrants AS (
    SELECT segment, customer_id AS who, (entered_at AT TIME ZONE %(zone)s)::date AS day
    FROM segmentation_namedstay
    WHERE business_id = %(business)s AND segment = ANY(%(segments)s)
)
SELECT segment, count(*), count(*) FILTER (WHERE {CAME_WITHIN}) FROM entrants
WHERE day BETWEEN %(since)s::date AND %(until)s::date GROUP BY segment
"""  # noqa: S608 - the parts are constants
_MEMBERS: Final = """
SELECT c.id, c.name, c.mobile FROM customers_customer c
JOIN segmentation_namedstay s ON s.business_id = %(business)s AND s.customer_id = c.id
WHERE c.business_id = %(business)s AND c.status = 'active' AND s.segment = %(segment)s
  AND s.left_at IS NULL ORDER BY c.id
"""


_MOST_GOODS: Final = 30
_GOODS: Final = """
SELECT g.name, count(*) FROM segmentation_namedstay s
CROSS JOIN LATERAL jsonb_array_elements_text(s.evidence -> 'goods') AS g (name)
WHERE s.business_id = %(business)s AND s.segment = %(segment)s AND s.entered_at <= %(at)s
  AND (s.left_at IS NULL OR s.left_at > %(at)s)
GROUP BY g.name ORDER BY count(*) DESC, g.name LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Back:
    """Of so many who came into a segment, how many bought within ninety days; None under five."""

    people: int
    came: int

    @property
    def rate(self) -> Interval | None:
        """Return the share with its interval."""
        return share(self.came, self.people) if self.people >= _ENOUGH else None


def named_night() -> NamedNight | None:
    """Return the newest night, or None before the first. One query."""
    return NamedNight.objects.order_by("-finished_at").first()


def sizes_by_day() -> list[tuple[date, dict[str, int]]]:
    """Return how many were in each segment on the newest days, oldest first. One query."""
    rows = NamedNight.objects.order_by("-finished_at").values_list("as_of", "sizes")[:_NIGHTS]
    return sorted(dict(reversed(list(rows))).items())


def named_rows(segment: str, night: NamedNight, goods: str = "") -> QuerySet[NamedStay]:
    """Return who was in a segment at a night's end, with their customers; the caller pages.

    By the night, so that a page's sums and lists never speak of two nights. `goods` is a category:
    only whose evidence names it, as being new to a kind of goods does (C038).
    """
    then = Q(left_at=None) | Q(left_at__gt=night.finished_at)
    rows = NamedStay.objects.filter(then, segment=segment, entered_at__lte=night.finished_at)
    if goods:
        rows = rows.filter(evidence__contains={"goods": [goods]})
    return rows.select_related("customer")


def goods_of(segment: str, night: NamedNight) -> list[tuple[str, int]]:
    """Return the categories a segment's evidence names, and of how many; most first. One query."""
    values: dict[str, Any] = {
        "business": active_business_id(),
        "segment": segment,
        "at": night.finished_at,
        "most": _MOST_GOODS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GOODS, values)
        return list(cursor.fetchall())


def named_of(customer_ids: Iterable[UUID], *, guarded: bool) -> list[NamedStay]:
    """Return in which segments customers are now; what may be held against them only if asked."""
    rows = NamedStay.objects.filter(customer_id__in=list(customer_ids), left_at=None)
    found = sorted(rows, key=lambda row: _ORDER[row.segment])
    return [row for row in found if guarded or row.segment not in GUARDED]


def came_back(segments: Sequence[NamedSegment], today: date, zone: str) -> dict[str, Back]:
    """Return of each segment's entrants of a year how many came within ninety days. One query.

    Of those only whose ninety days are over.
    """
    values: dict[str, Any] = {
        "business": active_business_id(),
        "segments": [one.value for one in segments],
        "zone": zone,
        "days": BACK_DAYS,
        "since": date.fromordinal(today.toordinal() - _YEAR - BACK_DAYS),
        "until": date.fromordinal(today.toordinal() - BACK_DAYS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CAME, values)
        found = {segment: Back(people, came) for segment, people, came in cursor.fetchall()}
    return {one.value: found.get(one.value, Back(0, 0)) for one in segments}


def named_by_key(key: str) -> NamedSegment | None:
    """Return the segment a key of a campaign names; none that may be held against somebody."""
    name = key.removeprefix(PREFIX)
    if not key.startswith(PREFIX) or name not in NamedSegment.values or name in GUARDED:
        return None
    return NamedSegment(name)


def named_choices() -> list[tuple[str, str]]:
    """Return (key, name) of the segments a campaign may be written to."""
    named = [one for one in NamedSegment if one not in GUARDED]
    return [(f"{PREFIX}{one.value}", str(one.label)) for one in named]


def named_members(segment: NamedSegment) -> list[tuple[UUID, str, str | None]]:
    """Return the active customers of a segment: id, name, mobile. One query."""
    values: dict[str, Any] = {"business": active_business_id(), "segment": segment.value}
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, values)
        return list(cursor.fetchall())


_ORDER: Final = {one.value: place for place, one in enumerate(NamedSegment)}
