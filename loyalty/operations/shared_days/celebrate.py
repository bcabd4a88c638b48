"""In the morning of a day of the calendar: everybody once, a batch at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.calendar import business_day, day_bounds
from core.ids import new_id
from core.tenancy import active_business_id, operation, part_of_operation
from customers.enums import CustomerStatus
from customers.queries.people import CustomerView, customer_rows, customer_views
from loyalty.enums import EntryKind, LotOrigin
from loyalty.enums.happenings import HappeningKind
from loyalty.enums.presents import SOLAR_DAYS, NoGift, SharedDayKind, SharedDayState
from loyalty.models import SharedDay, SharedGreeting
from loyalty.operations.happenings import Happened, reward_happened
from loyalty.operations.movements import Cause, grant, lock_wallet, settled_wallet
from loyalty.queries.leaving import out_of_club
from loyalty.queries.lives import life_of
from loyalty.queries.occasions import morning, next_celebration
from loyalty.queries.programme import Terms, terms
from loyalty.queries.shared_days import shared_text
from messaging.enums import Purpose
from messaging.operations import NewSms, queue_sms_many
from messaging.queries import may_be_sent

BATCH: Final = 200
MESSAGE_KIND: Final = "shared_day"

# Whoever was greeted on this day of this year falls through, whatever its date was then.
_BEGIN: Final = """
INSERT INTO loyalty_sharedgreeting
    (id, business_id, day_id, customer_id, kind, title, year, at, greeted, points, no_gift)
SELECT s.id, %(business)s, %(day)s, s.customer_id, %(kind)s, %(title)s, %(year)s, %(now)s, false,
    0, %(nothing)s
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[]) AS s (id, customer_id)
ON CONFLICT (business_id, customer_id, kind, title, year) DO NOTHING
RETURNING id
"""


@operation
def celebrate_shared_day(*, now: datetime) -> int:
    """Greet a batch of one day's customers; return how many, and one more when the day is done."""
    due = SharedDay.objects.select_for_update(skip_locked=True)
    day = due.filter(state=SharedDayState.PLANNED, due_at__lte=now).order_by("due_at", "id").first()
    current = terms() if day is not None else None
    if day is None or current is None:
        return 0
    rows = customer_rows(status=CustomerStatus.ACTIVE).order_by("customer_id")
    if day.after_id is not None:
        rows = rows.filter(customer_id__gt=day.after_id)
    ids = list(rows.values_list("customer_id", flat=True)[:BATCH])
    _greet_all(day, ids, current, now)
    if len(ids) < BATCH:
        day.state = SharedDayState.DONE
        _plan_next(day, current, now)
    day.after_id = ids[-1] if ids else day.after_id
    day.save(update_fields=["after_id", "state"])
    return len(ids) + 1


@part_of_operation
def _plan_next(day: SharedDay, current: Terms, now: datetime) -> None:
    """Plan a solar day's next year by itself, unless somebody decided about that year."""
    if day.kind not in SOLAR_DAYS:
        return
    month, of_month = SOLAR_DAYS[SharedDayKind(day.kind)]
    on = next_celebration(month, of_month, day.on, year=day.year + 1)
    if SharedDay.objects.filter(kind=day.kind, year=day.year + 1).exists():
        return
    SharedDay.objects.create(
        kind=day.kind,
        on=on,
        year=day.year + 1,
        source=day.source,
        greets=day.greets,
        text=day.text,
        points=day.points,
        least_days=day.least_days,
        due_at=morning(on, current.zone),
        changed_at=now,
    )


@part_of_operation
def _greet_all(day: SharedDay, ids: Sequence[UUID], current: Terms, now: datetime) -> None:
    wallets = [lock_wallet(one, current, now) for one in ids]
    away = out_of_club(wallets, has_leavers=current.has_leavers, now=now)
    people = customer_views([one for one in ids if one not in away])
    made = _begin(day, sorted(people), now)
    greeted = _greet(day, made, people, current, now)
    for greeting in made:
        greeting.greeted = greeting.customer_id in greeted
        _give(day, greeting, people[greeting.customer_id], current, now)
        greeting.save()
    kind = HappeningKind.SHARED_DAY
    after = [
        Happened(kind=kind, reference=str(one.id), customer_id=one.customer_id)
        for one in made
        if not _is_new(day, people[one.customer_id], current)
    ]
    reward_happened(happened=after, current=current, now=now)


def _begin(day: SharedDay, ids: Sequence[UUID], now: datetime) -> list[SharedGreeting]:
    values: dict[str, Any] = {
        "business": active_business_id(),
        "day": day.id,
        "kind": day.kind,
        "title": day.title,
        "year": day.year,
        "now": now,
        "nothing": NoGift.NONE_OFFERED.value,
        "ids": [new_id() for _one in ids],
        "customers": list(ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, values)
        fresh = [row[0] for row in cursor.fetchall()]
    return sorted(SharedGreeting.objects.filter(id__in=fresh), key=lambda one: one.customer_id)


def _greet(
    day: SharedDay,
    made: Sequence[SharedGreeting],
    people: Mapping[UUID, CustomerView],
    current: Terms,
    now: datetime,
) -> set[UUID]:
    """Queue an SMS for who agreed to such messages; none once the day is over."""
    today = business_day(now, current.zone)
    if not day.greets or today != day.on:
        return set()
    mobiles = {one.customer_id: people[one.customer_id].mobile for one in made}
    gifts = {one: _points(day, people[one], current) for one in mobiles}
    willing = may_be_sent([mobile for mobile in mobiles.values() if mobile], Purpose.MARKETING)
    sms = {
        one.customer_id: NewSms(
            mobile,
            shared_text(day, people[one.customer_id].name, gifts[one.customer_id]),
            f"{MESSAGE_KIND}:{one.id}",
            one.id,
        )
        for one in made
        if (mobile := mobiles[one.customer_id]) and mobile in willing
    }
    queue_sms_many(
        messages=list(sms.values()),
        purpose=Purpose.MARKETING,
        now=now,
        expires_at=day_bounds(today, current.zone)[1],
        ref_kind=MESSAGE_KIND,
    )
    return set(sms)


def _points(day: SharedDay, person: CustomerView, current: Terms) -> int:
    """Return what somebody gets: newcomers are greeted and get nothing."""
    return 0 if _is_new(day, person, current) else day.points


def _is_new(day: SharedDay, person: CustomerView, current: Terms) -> bool:
    since = business_day(person.created_at, current.zone)
    if person.first_on is not None:
        since = min(since, person.first_on)
    return (day.on - since).days < day.least_days


def _give(
    day: SharedDay, greeting: SharedGreeting, person: CustomerView, current: Terms, now: datetime
) -> None:
    points = _points(day, person, current)
    if not points:
        greeting.no_gift = NoGift.TOO_NEW if day.points else NoGift.NONE_OFFERED
        return
    facts = {"occasion": day.kind, "title": day.title, "year": day.year, "day": str(day.id)}
    greeting.points, greeting.no_gift = points, ""
    greeting.lot = grant(
        settled_wallet(person.id, current, now),
        points,
        Cause(EntryKind.GIFT, data=facts),
        now,
        origin=LotOrigin.GIFT,
        life=life_of(current, business_day(now, current.zone)),
    )
