"""Who is out of the club, what leaving would end, and what it ended (C047)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.calendar import day_start
from core.errors import Problem
from core.tenancy import active_business_id
from customers.enums import MeasureStep
from customers.queries.measures import held_at
from customers.queries.merging import profiles_of, survivor_of
from loyalty.enums import EntryKind
from loyalty.models import ClubExit, LedgerEntry, Lot, PaidMembership, Wallet
from loyalty.queries.ended import ended_unused_of
from loyalty.queries.memberships import live_membership
from loyalty.queries.wallets import wallet_view

# Who is out of the club now, for the statements of apps above. Parameter: business.
OUT_OF_CLUB: Final = """
SELECT DISTINCT customer_id FROM loyalty_clubexit
WHERE business_id = %(business)s AND back_at IS NULL
"""
# Whoever comes back before so long has the points of then again.
BACK_WITHIN: Final = timedelta(days=30)
_MOVED: Final = """
SELECT width_bucket(at, %(starts)s::timestamptz[]) AS place,
    COALESCE(-SUM(points + pending_points) FILTER (WHERE kind = 'left'), 0)::bigint,
    COALESCE(SUM(points + pending_points) FILTER (WHERE kind = 'rejoin'), 0)::bigint
FROM loyalty_ledgerentry
WHERE business_id = %(business)s AND kind IN ('left', 'rejoin')
    AND at >= %(since)s AND at < %(until)s
GROUP BY place ORDER BY place
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """What leaving would mean for somebody now. What is owed below zero stays owed."""

    points: int
    pending_points: int
    worth_rial: int
    owed_points: int
    membership: PaidMembership | None

    @property
    def ends_points(self) -> int:
        return self.points + self.pending_points


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """Somebody is out; `points` come back with them before `back_until` (None: no more)."""

    left_at: datetime
    back_until: datetime | None
    points: int


@dataclass(frozen=True, slots=True)
class Ended:
    """One span: points that ended by leaving, and those that came back with who came back."""

    place: int
    points: int
    back: int


def is_away(customer_id: UUID) -> bool:
    """Tell whether a customer left the club and has not come back."""
    out = Wallet.objects.filter(id=survivor_of(customer_id), left_at__isnull=False)
    return out.exists()


def away_among(customer_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these left the club and have not come back. One query."""
    out = Wallet.objects.filter(id__in=list(customer_ids), left_at__isnull=False)
    return set(out.values_list("id", flat=True))


def shut_out(
    asked: Collection[tuple[UUID | None, datetime]],
) -> set[tuple[UUID, datetime]]:
    """Return at which moments two people kept whom out of the programme (C058); they earn nothing.

    Whoever has a paid membership in force has paid for what it gives: they go on earning until it
    is over. One query where nobody is measured, two else; callers ask only where a programme
    `has_leavers`.
    """
    held = held_at([(who, at) for who, at in asked if who is not None], MeasureStep.OUT_OF_CLUB)
    if not held:
        return held
    paid = list(
        PaidMembership.objects.filter(
            customer_id__in={who for who, _at in held}, perks_until__isnull=False
        )
    )
    return {one for one in held if not any(_has_perks(member, *one) for member in paid)}


def _has_perks(member: PaidMembership, who: UUID, at: datetime) -> bool:
    since, until = member.perks_from, member.perks_until
    return member.customer_id == who and bool(since and until and since <= at < until)


def out_of_club(
    wallets: Collection[Wallet], *, has_leavers: bool, now: datetime
) -> frozenset[UUID]:
    """Return the owners who get nothing of the programme now: they left or are kept out."""
    left = frozenset(wallet.id for wallet in wallets if wallet.left_at is not None)
    kept = shut_out([(wallet.id, now) for wallet in wallets]) if has_leavers else ()
    return left | {who for who, _at in kept}


def gets_nothing(customer_id: UUID, now: datetime) -> bool:
    """Tell whether somebody is out of the club, by their own wish or by a measure."""
    whose = survivor_of(customer_id)
    return is_away(whose) or bool(shut_out([(whose, now)]))


def demand_in_club(customer_id: UUID) -> None:
    """Raise Problem `left_club` (409) for a customer who is out of the club."""
    left_at = Wallet.objects.filter(id=customer_id).values_list("left_at", flat=True).first()
    demand_not_left(left_at)


def demand_not_left(left_at: datetime | None) -> None:
    """Raise Problem `left_club` (409) where somebody left."""
    if left_at is not None:
        raise Problem(
            "left_club",
            _("This customer left the club; they come back with one press on their own page."),
            status=HTTPStatus.CONFLICT,
        )


def leaving(customer_id: UUID, now: datetime) -> Leaving:
    """Return what leaving would end."""
    wallet = wallet_view(customer_id, now)
    points = max(0, wallet.balance_points)
    return Leaving(
        points=points,
        pending_points=wallet.pending_points,
        worth_rial=(points + wallet.pending_points) * wallet.unit_value_rial,
        owed_points=max(0, -wallet.balance_points),
        membership=live_membership(customer_id),
    )


def left_club(customer_id: UUID, now: datetime) -> Left | None:
    """Return since when a customer is out, None for who is in. One query for these."""
    row = ClubExit.objects.filter(customer=customer_id, back_at=None).first()
    if row is None:
        return None
    until = row.left_at + BACK_WITHIN
    if now >= until:
        return Left(left_at=row.left_at, back_until=None, points=0)
    return Left(left_at=row.left_at, back_until=until, points=_to_come_back(row, now))


def restorable(row: ClubExit, now: datetime) -> list[Lot]:
    """Return the lots that ended by a leaving and may come back: theirs still, and in date."""
    ended = LedgerEntry.objects.filter(
        customer=row.customer_id, kind=EntryKind.LEFT, at__gte=row.left_at, data__exit=str(row.id)
    )
    lots = Lot.objects.filter(customer=row.customer_id, id__in=ended.values("lot"))
    return list(lots.filter(Q(expires_at=None) | Q(expires_at__gt=now)).order_by("id"))


def exits() -> QuerySet[ClubExit]:
    """Return every leaving, newest first."""
    return ClubExit.objects.order_by("-left_at", "-id")


def exits_since(since: date, zone: ZoneInfo) -> tuple[int, int]:
    """Return how many left since a day, and how many of these are back."""
    sums = ClubExit.objects.filter(left_at__gte=day_start(since, zone)).aggregate(
        left=Count("id"), back=Count("back_at")
    )
    return sums["left"], sums["back"]


def ended_by_leaving(starts: Sequence[date], *, until: date, zone: ZoneInfo) -> list[Ended]:
    """Return the points that ended by leaving in the spans that begin on `starts`. One query."""
    bounds = [day_start(start, zone) for start in starts]
    values: dict[str, Any] = {
        "business": active_business_id(),
        "starts": bounds,
        "since": bounds[0],
        "until": day_start(until, zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, values)
        return [Ended(place - 1, points, back) for place, points, back in cursor.fetchall()]


def _to_come_back(row: ClubExit, now: datetime) -> int:
    lots = [lot.id for lot in restorable(row, now)]
    from_lots = ended_unused_of(lots, profiles_of(row.customer_id))
    return sum(max(0, points) for points in from_lots.values())
