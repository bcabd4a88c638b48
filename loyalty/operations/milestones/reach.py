"""Each morning: who reached a milestone is greeted and given their gift, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.calendar import business_day, day_bounds
from core.ids import new_id
from core.tenancy import active_business_id, operation
from customers.queries.people import CustomerView, customer_views
from loyalty.enums import EntryKind, LotOrigin
from loyalty.enums.happenings import HappeningKind
from loyalty.enums.presents import NoGift
from loyalty.events import MilestoneCelebrated
from loyalty.models import Milestone, MilestoneReached
from loyalty.operations.happenings import Happened, reward_happened
from loyalty.operations.movements import Cause, grant, lock_wallet, settled_wallet
from loyalty.queries.leaving import out_of_club
from loyalty.queries.lives import life_of
from loyalty.queries.milestones import greeting_text, next_look, reached_by
from loyalty.queries.programme import Terms, terms
from messaging.enums import Purpose
from messaging.operations import NewSms, queue_sms_many
from messaging.queries import may_be_sent
from outbox.operations import publish

BATCH: Final = 200
MESSAGE_KIND: Final = "milestone"

# Who reached it once falls through, whatever became of the milestone since.
_BEGIN: Final = """
INSERT INTO loyalty_milestonereached
    (id, business_id, milestone_id, customer_id, kind, number, "on", at, greeted, points, no_gift)
SELECT s.id, %(business)s, %(milestone)s, s.customer_id, %(kind)s, %(number)s, s."on", %(now)s,
    false, 0, CASE WHEN s."on" < %(since)s THEN %(before)s ELSE %(nothing)s END
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(days)s::date[]) AS s (id, customer_id, "on")
ON CONFLICT (business_id, customer_id, kind, number) DO NOTHING
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class _Morning:
    """Which milestone is looked after, under which terms, and for whom."""

    row: Milestone
    people: Mapping[UUID, CustomerView]
    away: frozenset[UUID]
    current: Terms
    now: datetime

    def no_gift(self, customer_id: UUID) -> NoGift | None:
        """Return why somebody gets no points, None when they do."""
        if not self.row.points:
            return NoGift.NONE_OFFERED
        return NoGift.LEFT if customer_id in self.away else None

    def text(self, one: MilestoneReached) -> str:
        """Return what the SMS says."""
        name, gift = self.people[one.customer_id].name, not self.no_gift(one.customer_id)
        return greeting_text(self.row, name, gift=gift)


@operation
def reach_milestones(*, now: datetime) -> int:
    """Look after the milestone that is due longest; return how much was done.

    A batch at a time: who waited for it is written down, greeted, given; the next look is
    tomorrow's when nobody is left.
    """
    due = Milestone.objects.select_for_update(skip_locked=True, of=("self",))
    row = due.filter(is_open=True, next_at__lte=now).order_by("next_at", "id").first()
    current = terms() if row is not None else None
    if row is None or current is None:
        return 0
    found = reached_by(row, business_day(now, current.zone), BATCH)
    if found:
        _celebrate(row, found, current, now)
    if len(found) < BATCH:
        row.next_at = next_look(now, current.zone)
        row.save(update_fields=["next_at"])
    return 1 + len(found)


def _celebrate(
    row: Milestone, found: Sequence[tuple[UUID, date]], current: Terms, now: datetime
) -> None:
    fresh = [customer_id for customer_id, on in found if on >= row.since]
    wallets = [lock_wallet(customer_id, current, now) for customer_id in sorted(fresh)]
    away = out_of_club(wallets, has_leavers=current.has_leavers, now=now)
    begun = [one for one in _begin(row, found, now) if one.no_gift != NoGift.BEFORE]
    at = _Morning(row, customer_views([one.customer_id for one in begun]), away, current, now)
    greeted = _greet(begun, at)
    for one in begun:
        one.greeted = one.id in greeted
        _give(one, at)
        one.save()
    kind = HappeningKind.MILESTONE
    after = [
        Happened(kind=kind, reference=str(one.id), customer_id=one.customer_id) for one in begun
    ]
    reward_happened(happened=after, current=current, now=now)
    events = [
        MilestoneCelebrated(
            customer_id=one.customer_id,
            kind=one.kind,
            number=one.number,
            points=one.points,
            greeted=one.greeted,
        )
        for one in begun
    ]
    publish(events, now=now)


def _begin(
    row: Milestone, found: Sequence[tuple[UUID, date]], now: datetime
) -> list[MilestoneReached]:
    values: dict[str, Any] = {
        "business": active_business_id(),
        "milestone": row.id,
        "kind": row.kind,
        "number": row.number,
        "since": row.since,
        "now": now,
        "before": NoGift.BEFORE.value,
        "nothing": NoGift.NONE_OFFERED.value,
        "ids": [new_id() for _ in found],
        "customers": [customer_id for customer_id, _on in found],
        "days": [on for _customer, on in found],
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, values)
        fresh = [one[0] for one in cursor.fetchall()]
    return list(MilestoneReached.objects.filter(id__in=fresh).order_by("customer_id"))


def _greet(begun: Sequence[MilestoneReached], at: _Morning) -> set[UUID]:
    """Queue the greetings of who agreed to such messages."""
    mobiles = {person.id: person.mobile for person in at.people.values() if person.mobile}
    asked = list(mobiles.values()) if at.row.greets else []
    willing = may_be_sent(asked, Purpose.MARKETING)
    sms = [
        NewSms(mobiles[one.customer_id], at.text(one), f"{MESSAGE_KIND}:{one.id}", one.id)
        for one in begun
        if mobiles.get(one.customer_id) in willing
    ]
    queue_sms_many(
        messages=sms,
        purpose=Purpose.MARKETING,
        now=at.now,
        expires_at=day_bounds(business_day(at.now, at.current.zone), at.current.zone)[1],
        ref_kind=MESSAGE_KIND,
    )
    return {one.ref_id for one in sms if one.ref_id is not None}


def _give(one: MilestoneReached, at: _Morning) -> None:
    why = at.no_gift(one.customer_id)
    one.points, one.no_gift = (0, why) if why else (at.row.points, "")
    if not one.points:
        return
    facts = {"milestone": one.kind, "number": one.number, "reached": str(one.id)}
    one.lot = grant(
        settled_wallet(one.customer_id, at.current, at.now),
        one.points,
        Cause(EntryKind.GIFT, data=facts),
        at.now,
        origin=LotOrigin.GIFT,
        life=life_of(at.current, business_day(at.now, at.current.zone)),
    )
