"""In the morning of customers' days: an SMS to who agreed, and points to who is no newcomer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.calendar import business_day, day_bounds
from core.ids import new_id
from core.tenancy import active_business_id, operation
from customers.enums import CustomerStatus
from customers.queries.people import CustomerView, customer_views
from loyalty.enums import EntryKind, LotOrigin
from loyalty.enums.happenings import HappeningKind
from loyalty.enums.presents import NoGift
from loyalty.events import OccasionCelebrated
from loyalty.models import Celebration, CustomerOccasion, OccasionRules
from loyalty.operations.happenings import Happened, reward_happened
from loyalty.operations.movements import Cause, grant, lock_wallet, settled_wallet
from loyalty.queries.leaving import out_of_club
from loyalty.queries.lives import life_of
from loyalty.queries.occasions import (
    greeting_text,
    jalali_year,
    morning,
    next_celebration,
    points_for,
)
from loyalty.queries.programme import Terms, terms
from messaging.enums import Purpose
from messaging.operations import NewSms, queue_sms_many
from messaging.queries import may_be_sent
from outbox.operations import publish

BATCH: Final = 200
MESSAGE_KIND: Final = "celebration"
_LIVE: Final = (CustomerStatus.ACTIVE, CustomerStatus.PROVISIONAL)

# What the database lets through is celebrated; who was celebrated this year falls through.
_BEGIN: Final = """
INSERT INTO loyalty_celebration
    (id, business_id, customer_id, kind, year, "on", at, greeted, points, no_gift)
SELECT s.id, %(business)s, s.customer_id, s.kind, s.year, s."on", %(now)s, false, 0, %(nothing)s
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(kinds)s::text[], %(years)s::int[],
    %(days)s::date[]) AS s (id, customer_id, kind, year, "on")
ON CONFLICT (business_id, customer_id, kind, year) DO NOTHING
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class _Morning:
    """Whose days come, what is done on them, and who left the club."""

    people: Mapping[UUID, CustomerView]
    away: frozenset[UUID]
    rules: OccasionRules
    current: Terms
    now: datetime

    def is_here(self, row: CustomerOccasion) -> bool:
        """Tell whether the day is a live customer's."""
        person = self.people.get(row.customer_id)
        return person is not None and person.status in _LIVE

    def gift(self, row: CustomerOccasion) -> tuple[int, NoGift | None]:
        """Return what somebody is given on their day, or why nothing."""
        points, person = points_for(self.rules, row.kind), self.people[row.customer_id]
        if not points:
            return 0, NoGift.NONE_OFFERED
        if person.status != CustomerStatus.ACTIVE:
            return 0, NoGift.STRANGER
        if person.id in self.away:
            return 0, NoGift.LEFT
        return (0, NoGift.TOO_NEW) if self.is_new(row) else (points, None)

    def is_new(self, row: CustomerOccasion) -> bool:
        """Tell whether somebody is a customer for too short a time to be given anything."""
        person = self.people[row.customer_id]
        since = business_day(person.created_at, self.current.zone)
        if person.first_on is not None:
            since = min(since, person.first_on)
        return (row.next_on - since).days < self.rules.least_days


@operation
def celebrate_due(*, now: datetime) -> int:
    """Celebrate a batch of days whose morning has come; return how many moved on.

    Where nothing is celebrated they move on to the next year in silence, and so do people who are
    not customers any more.
    """
    due = CustomerOccasion.objects.filter(next_at__lte=now).order_by("next_at", "id")[:BATCH]
    waiting = list(due.values_list("id", "customer_id"))
    current = terms() if waiting else None
    if current is None:
        return 0
    whose = sorted({customer_id for _id, customer_id in waiting})
    wallets = [lock_wallet(customer_id, current, now) for customer_id in whose]
    away = out_of_club(wallets, has_leavers=current.has_leavers, now=now)
    locked = CustomerOccasion.objects.select_for_update(skip_locked=True)
    rows = list(locked.filter(id__in=[one for one, _whose in waiting], next_at__lte=now))
    rules = OccasionRules.objects.first()
    if rules is not None and rules.is_open:
        people = customer_views([row.customer_id for row in rows])
        _celebrate(rows, _Morning(people, away, rules, current, now))
    for row in rows:
        _move_on(row, current)
    CustomerOccasion.objects.bulk_update(rows, ["next_on", "next_at"])
    return len(rows)


def _move_on(row: CustomerOccasion, current: Terms) -> None:
    year = jalali_year(row.next_on) + 1
    row.next_on = next_celebration(row.month, row.day, row.next_on, year=year)
    row.next_at = morning(row.next_on, current.zone)


def _celebrate(rows: Sequence[CustomerOccasion], at: _Morning) -> None:
    """Write this year's celebrations, greet, then give; the wallets are locked."""
    here = [row for row in rows if at.is_here(row)]
    begun = _begin(here, at.now)
    made = [(row, begun[row.id]) for row in here if row.id in begun]
    greeted = _greet(made, at)
    for row, celebration in made:
        celebration.greeted = row.id in greeted
        _give(row, celebration, at)
        celebration.save()
    events = [
        OccasionCelebrated(
            customer_id=row.customer_id,
            kind=row.kind,
            title=row.title,
            points=celebration.points,
            greeted=celebration.greeted,
        )
        for row, celebration in made
    ]
    publish(events, now=at.now)
    reward_happened(
        happened=[
            Happened(
                kind=HappeningKind(f"day_{row.kind}"),
                reference=str(celebration.id),
                customer_id=row.customer_id,
            )
            for row, celebration in made
            if not at.is_new(row)
        ],
        current=at.current,
        now=at.now,
    )


def _begin(rows: Sequence[CustomerOccasion], now: datetime) -> dict[UUID, Celebration]:
    ids = {row.id: new_id() for row in rows}
    values: dict[str, Any] = {
        "business": active_business_id(),
        "now": now,
        "nothing": NoGift.NONE_OFFERED.value,
        "ids": list(ids.values()),
        "customers": [row.customer_id for row in rows],
        "kinds": [row.kind for row in rows],
        "years": [jalali_year(row.next_on) for row in rows],
        "days": [row.next_on for row in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, values)
        fresh = [row[0] for row in cursor.fetchall()]
    found = Celebration.objects.in_bulk(fresh)
    return {row_id: found[one] for row_id, one in ids.items() if one in found}


def _greet(made: Sequence[tuple[CustomerOccasion, Celebration]], at: _Morning) -> set[UUID]:
    """Queue the greetings of who agreed to such messages; none once the day is over."""
    today = business_day(at.now, at.current.zone)
    reached = {
        row.id: (row, celebration, person, person.mobile)
        for row, celebration in made
        if (person := at.people[row.customer_id]).mobile and row.next_on == today
    }
    asked = [mobile for *_rest, mobile in reached.values() if mobile] if at.rules.greets else []
    willing = may_be_sent(asked, Purpose.MARKETING)
    sms = {
        row_id: NewSms(
            mobile,
            greeting_text(row, person.name, at.rules, at.gift(row)[0]),
            f"{MESSAGE_KIND}:{celebration.id}",
            celebration.id,
        )
        for row_id, (row, celebration, person, mobile) in reached.items()
        if mobile in willing and mobile
    }
    queue_sms_many(
        messages=list(sms.values()),
        purpose=Purpose.MARKETING,
        now=at.now,
        expires_at=day_bounds(today, at.current.zone)[1],
        ref_kind=MESSAGE_KIND,
    )
    return set(sms)


def _give(row: CustomerOccasion, celebration: Celebration, at: _Morning) -> None:
    points, why = at.gift(row)
    celebration.points, celebration.no_gift = points, why or ""
    if not points:
        return
    facts = {"occasion": row.kind, "year": celebration.year, "celebration": str(celebration.id)}
    celebration.lot = grant(
        settled_wallet(row.customer_id, at.current, at.now),
        points,
        Cause(EntryKind.GIFT, data=facts),
        at.now,
        origin=LotOrigin.GIFT,
        life=life_of(at.current, business_day(at.now, at.current.zone)),
    )
