"""Postings one by one, how points were valued, and what is not posted yet."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet

from core.tenancy import active_business_id
from loyalty.models import PointsPosting, Valuation

# Of a posting that changes nothing owed the books keep only that it was looked at.
_NOTHING: Final = Q(points=0, owed_rial=0, allowance_rial=0)
_WAITING: Final = """
SELECT count(*), MIN(e.at) FROM loyalty_ledgerentry e
WHERE e.business_id = %(business)s AND NOT EXISTS (SELECT FROM loyalty_pointsposting p
        WHERE p.business_id = %(business)s AND p.id = e.id)
    AND e.at >= COALESCE((SELECT at - interval '2 days' FROM loyalty_pointsposting
        WHERE business_id = %(business)s AND entry_id IS NOT NULL
        ORDER BY at DESC LIMIT 1), '-infinity')
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostingFilter:
    """Which postings to read: days from `since` to `last`, both counted, of one kind or all."""

    since: date
    last: date
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Entries that are not in the books yet, and the moment of the oldest."""

    count: int
    since: datetime | None


def postings(wanted: PostingFilter) -> QuerySet[PointsPosting]:
    """Return the postings that changed something; the caller orders and pages by `at`."""
    rows = PointsPosting.objects.filter(on__range=(wanted.since, wanted.last)).exclude(_NOTHING)
    return rows.filter(kind=wanted.kind) if wanted.kind else rows


def valuations() -> QuerySet[Valuation]:
    """Return how points were valued, newest first."""
    return Valuation.objects.order_by("-since", "-id")


def latest_valuation() -> Valuation | None:
    """Return how points granted now are valued; None: at the programme's value, all spent."""
    return valuations().first()


def waiting_entries() -> Waiting:
    """Return what the books have not taken in yet."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"business": active_business_id()})
        return Waiting(*cursor.fetchone())
