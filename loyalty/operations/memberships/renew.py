"""What time does to memberships: announced and charged, grace, lapse, the end of one given notice.

Each step is one commit that also says when the next one is due, so none is ever taken twice. No
step talks to a provider: it makes a debit due or asks for a payment, once a period.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from core.calendar import add_months
from core.errors import Problem
from core.tenancy import acting_for, operation
from loyalty.enums import MembershipState
from loyalty.events import MembershipLapsed
from loyalty.models import MembershipPeriod
from loyalty.operations.memberships.charge import ask, charge, new_period, take_back
from loyalty.operations.memberships.hold import Held, hold
from loyalty.operations.memberships.say import say_debit, say_lapsed, say_link, say_unpaid
from outbox.operations import publish
from outbox.operations.fence import Fence
from payments.enums import AlertKind
from payments.enums.debits import DEBIT_OPEN
from payments.operations import raise_alert
from payments.queries.mandates import debit_by_id

_DUE: Final = """
SELECT business_id, id FROM loyalty_paidmembership
WHERE next_step_at <= %(now)s ORDER BY next_step_at LIMIT %(limit)s
"""
_BATCH: Final = 200
# Nobody is debited the moment a late worker comes back: there is always a day to say no.
_LEAST_NOTICE: Final = timedelta(days=1)
_LOOK_AGAIN: Final = timedelta(hours=6)


def step_due(*, now: datetime) -> int:
    """Take the steps that are due, of all businesses; return how many.

    Run under the worker role, outside any scope. One membership's fault stops no other.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"now": now, "limit": _BATCH})
        due: list[tuple[UUID, UUID]] = cursor.fetchall()
    done = 0
    for business_id, membership_id in due:
        with Fence(f"loyalty.memberships {membership_id}"):
            done += step_membership(business_id=business_id, membership_id=membership_id, now=now)
    return done


def step_membership(*, business_id: UUID, membership_id: UUID, now: datetime) -> bool:
    """Take the step of a membership whose moment has come; return whether it was due.

    Run outside any scope.
    """
    with acting_for(business_id, durable=True):
        held = hold(membership_id)
        row = held.row
        if row.next_step_at is None or row.next_step_at > now:
            return False
        _STEPS[row.state](held, now)
        row.save()
        return True


@operation
def ask_instead(*, period_id: UUID, now: datetime) -> bool:
    """Ask by a payment for a period whose debit was given up; return whether it still waits."""
    period = MembershipPeriod.objects.filter(id=period_id).first()
    if period is None:
        return False
    held = hold(period.membership_id)
    if held.waiting is None or held.waiting.id != period_id:
        return False
    _remind(held, held.waiting, now)
    held.row.save()
    return True


def _active(held: Held, now: datetime) -> None:
    if not held.row.renews:
        held.move(MembershipState.CANCELLED, now)
    elif held.waiting is None:
        _renew(held, now)
    else:
        _fall(held, held.waiting, now)


def _renew(held: Held, now: datetime) -> None:
    """Make the next period, announce it and make it due; unpaid, grace begins the day after."""
    row = held.row
    if row.paid_until is None:
        raise ValueError("an active membership is paid until some day")
    ends_on = add_months(row.paid_until, held.plan.months, anchor_day=row.anchor_day)
    period = new_period(held, row.paid_until, ends_on, now)
    due_at = max(held.at(row.paid_until), now + _LEAST_NOTICE)
    day = held.today(due_at)
    row.next_step_at = held.start_of(day + timedelta(days=1))
    row.perks_until = until = held.start_of(day + held.grace)
    if charge(held, period, due_at, now):
        _told(held, lambda: say_debit(held, period.id, day, now), now)
        return
    _told(held, lambda: say_link(held, period.id, day, ask(held, period, until, now), now), now)


def _fall(held: Held, period: MembershipPeriod, now: datetime) -> None:
    """The day came and went unpaid: perks hold through the days of grace."""
    row = held.row
    held.move(MembershipState.GRACE, now)
    row.perks_until = max(row.perks_until or now, held.start_of(held.today(now)))
    row.next_step_at = row.perks_until
    debit = debit_by_id(period.debit_id) if period.debit_id else None
    if debit is None or debit.state not in DEBIT_OPEN:
        _remind(held, period, now)


def _remind(held: Held, period: MembershipPeriod, now: datetime) -> None:
    until = held.row.perks_until or held.row.next_step_at or now + held.grace
    day = held.today(until)
    _told(held, lambda: say_unpaid(held, period.id, day, ask(held, period, until, now), now), now)


def _lapse(held: Held, now: datetime) -> None:
    """Days of grace are over: the membership lapses, unless money may be on its way."""
    row, period = held.row, held.waiting
    if not _taken_back(held, now):
        return
    held.move(MembershipState.LAPSED, now)
    if row.paid_until is None or period is None:
        raise ValueError("a membership in grace has a last day and a period to pay")
    event = MembershipLapsed(
        membership_id=row.id,
        customer_id=row.customer_id,
        plan_id=held.plan.id,
        plan_name=held.plan.name,
        paid_until=row.paid_until,
    )
    publish([event], now=now)
    _told(held, lambda: say_lapsed(held, period.id, now), now)


def _never_joined(held: Held, now: datetime) -> None:
    if _taken_back(held, now):
        held.move(MembershipState.CANCELLED, now)


def _taken_back(held: Held, now: datetime) -> bool:
    """Take the question back; while money may be on its way, look again later."""
    try:
        take_back(held, now)
    except Problem:
        held.row.next_step_at = now + _LOOK_AGAIN
        if held.row.perks_until is not None:
            held.row.perks_until = max(held.row.perks_until, held.row.next_step_at)
        return False
    return True


def _told(held: Held, speak: Callable[[], None], now: datetime) -> None:
    """Say something; a member who cannot be told or asked is a person's to look at."""
    try:
        speak()
    except Problem as problem:
        detail = {"membership": str(held.row.id), "reason": problem.code}
        raise_alert(kind=AlertKind.DEBIT_TROUBLE, source_id=held.row.id, detail=detail, now=now)


_STEPS: Final[Mapping[str, Callable[[Held, datetime], None]]] = {
    MembershipState.JOINING: _never_joined,
    MembershipState.ACTIVE: _active,
    MembershipState.GRACE: _lapse,
}
