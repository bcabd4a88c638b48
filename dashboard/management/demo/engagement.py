"""What the imagined customers did besides buying in the last weeks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from loyalty.enums import CapSpan
from loyalty.enums.engagement import EngagementKind
from loyalty.operations.engagement import (
    NewEngagementRule,
    note_engagement,
    offer_points,
    take_engagement_back,
)

_RULES: Final = (
    NewEngagementRule(kind=EngagementKind.SURVEY, points=5, most_times=1, span=CapSpan.MONTH),
    NewEngagementRule(kind=EngagementKind.PROFILE, points=20),
    NewEngagementRule(kind=EngagementKind.BIRTHDAY, points=20),
    NewEngagementRule(kind=EngagementKind.REVIEW, points=15, most_times=1, span=CapSpan.MONTH),
    NewEngagementRule(kind=EngagementKind.FOLLOW, points=10),
    NewEngagementRule(
        kind=EngagementKind.CHECK_IN, points=2, most_times=1, span=CapSpan.DAY, is_activity=True
    ),
)
_TOLD: Final = (
    EngagementKind.REVIEW,
    EngagementKind.FOLLOW,
    EngagementKind.CHECK_IN,
    EngagementKind.CHECK_IN,
)
_PEOPLE: Final = 12


def offer_engagement(now: datetime) -> None:
    """Count six kinds; those seen here are noted as they happen."""
    for new in _RULES:
        offer_points(new=new, actor=None, now=now)


def play_engagement(customers: Sequence[UUID], now: datetime) -> None:
    """Let an app and a page tell of some customers; one review was deleted."""
    told = []
    for place in range(3 * _PEOPLE):
        at = now - timedelta(hours=11 * (3 * _PEOPLE - place))
        row = note_engagement(
            customer_id=customers[place % _PEOPLE],
            kind=_TOLD[place % len(_TOLD)],
            reference=f"app-{place + 1001}",
            now=at,
        )
        told.append(row)
    take_engagement_back(engagement_id=told[0].id, now=now)
