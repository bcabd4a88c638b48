"""Money of a period came, or went back: one payment is one period, whatever happens.

Money that no period can take (a membership that was ended, a period paid twice) goes back.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.calendar import add_months, jalali
from core.errors import Problem
from core.tenancy import operation
from loyalty.enums import LIVE_MEMBERSHIP, MembershipState, PeriodState
from loyalty.events import MembershipRenewed
from loyalty.models import MembershipPeriod, PaidMembership
from loyalty.operations.memberships.charge import PREFIX, ask, close, new_period
from loyalty.operations.memberships.hold import Held, hold_alone
from loyalty.operations.memberships.say import say_unpaid
from outbox.operations import publish
from payments.enums import AlertKind
from payments.enums.refunds import RefundReason
from payments.operations import raise_alert
from payments.operations.refunds import ask_refund

_ANEW = (MembershipState.JOINING, MembershipState.LAPSED)
_TAKES = (*_ANEW, MembershipState.ACTIVE, MembershipState.GRACE)


@operation
def settle_period(*, payment_id: UUID, period_id: UUID | None = None, now: datetime) -> bool:
    """Let the payment of a period count; return whether it was of one.

    Without `period_id` it is the one this payment was asked for. Repeatable.
    """
    wanted = {"id": period_id} if period_id else {"payment_id": payment_id}
    period = MembershipPeriod.objects.filter(**wanted).first()
    if period is None:
        return False
    held = hold_alone(period.membership_id)
    period.refresh_from_db()
    if period.payment_id == payment_id and period.paid_at is not None:
        return True
    if _takes(held, period):
        _enter(held, period, payment_id, now)
    else:
        _send_back(held, payment_id, now)
    return True


@operation
def return_period(*, payment_id: UUID, now: datetime) -> bool:
    """Note that the money of a period went back; return whether it had paid one.

    The last period of a membership is asked for again and has its days of grace; an ended one, or
    one that was paid for further, stays as it is.
    """
    period = MembershipPeriod.objects.filter(payment_id=payment_id).first()
    if period is None:
        return False
    held = hold_alone(period.membership_id)
    period.refresh_from_db()
    if period.state != PeriodState.PAID:
        return False
    close(period, PeriodState.RETURNED)
    if held.row.state in LIVE_MEMBERSHIP and held.row.paid_until == period.ends_on:
        _ask_again(held, period, now)
    return True


def _takes(held: Held, period: MembershipPeriod) -> bool:
    """Tell whether a period can still be paid: the last one, of nobody who is gone or elsewhere."""
    row = held.row
    if period.state not in {PeriodState.OPEN, PeriodState.UNPAID} or row.state not in _TAKES:
        return False
    later = MembershipPeriod.objects.filter(membership=row, number__gt=period.number)
    others = PaidMembership.objects.filter(
        customer_id=row.customer_id, state__in=LIVE_MEMBERSHIP
    ).exclude(id=row.id)
    return not later.exists() and not others.exists()


def _enter(held: Held, period: MembershipPeriod, payment_id: UUID, now: datetime) -> None:
    row = held.row
    if row.state in _ANEW:
        today = held.today(now)
        row.anchor_day, row.perks_from, row.perks_until = jalali(today).day, now, now
        period.starts_on, period.ends_on = today, add_months(today, held.plan.months)
    period.payment_id, period.paid_at = payment_id, now
    close(period, PeriodState.PAID)
    held.move(MembershipState.ACTIVE, now)
    held.run_until(period.ends_on)
    row.save()
    publish([_renewed(held, period, payment_id)], now=now)


def _send_back(held: Held, payment_id: UUID, now: datetime) -> None:
    """Give back money no period takes; where it cannot go by itself a person is called."""
    try:
        with transaction.atomic():
            ask_refund(
                payment_id=payment_id,
                external_id=f"{PREFIX}back-{payment_id}",
                reason=RefundReason.ORDER_CANCELLED,
                by=f"membership:{held.row.id}",
                now=now,
            )
    except Problem as problem:
        raise_alert(
            kind=AlertKind.ORPHAN,
            source_id=payment_id,
            payment_id=payment_id,
            detail={"membership": str(held.row.id), "reason": problem.code},
            now=now,
        )


def _ask_again(held: Held, period: MembershipPeriod, now: datetime) -> None:
    """The same days are to be paid once more; perks hold through the days of grace."""
    row = held.row
    if held.waiting is not None:
        # The next period waits for money already; this one is a person's to decide about.
        _call(held, "period_returned", now)
        return
    until = held.start_of(held.today(now) + held.grace)
    row.paid_until, row.paused_on = period.starts_on, None
    held.move(MembershipState.GRACE, now)
    row.perks_until = row.next_step_at = until
    row.save()
    fresh = new_period(held, period.starts_on, period.ends_on, now)
    try:
        asked = ask(held, fresh, until, now)
        say_unpaid(held, fresh.id, held.today(until), asked, now)
    except Problem as problem:
        _call(held, problem.code, now)


def _call(held: Held, reason: str, now: datetime) -> None:
    detail = {"membership": str(held.row.id), "reason": reason}
    raise_alert(kind=AlertKind.DEBIT_TROUBLE, source_id=held.row.id, detail=detail, now=now)


def _renewed(held: Held, period: MembershipPeriod, payment_id: UUID) -> MembershipRenewed:
    return MembershipRenewed(
        membership_id=held.row.id,
        customer_id=held.row.customer_id,
        plan_id=held.plan.id,
        plan_name=held.plan.name,
        period_id=period.id,
        number=period.number,
        payment_id=payment_id,
        amount_rial=period.price_rial,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
    )
