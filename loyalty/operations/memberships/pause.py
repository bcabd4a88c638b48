"""A pause: what is paid for is kept to the day and goes on when the member comes back."""

from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.calendar import jalali
from core.errors import Problem
from core.tenancy import operation
from loyalty.enums import MembershipState, PeriodState
from loyalty.models import MembershipPeriod
from loyalty.operations.memberships.charge import take_back
from loyalty.operations.memberships.hold import Held, hold


@operation
def pause_membership(*, membership_id: UUID, now: datetime) -> None:
    """Stop the days of an active membership; its perks stop too. Again it changes nothing.

    Raises NotFound, Problem `membership_not_active`, `renewal_under_way`.
    """
    held = hold(membership_id)
    row = held.row
    if row.state == MembershipState.PAUSED:
        return
    today = held.today(now)
    if row.state != MembershipState.ACTIVE or row.paid_until is None or row.paid_until <= today:
        raise _not_active(held)
    take_back(held, now)
    held.move(MembershipState.PAUSED, now)
    held.stop_perks(now)
    row.paused_on, row.next_step_at = today, None
    row.save()


@operation
def resume_membership(*, membership_id: UUID, now: datetime) -> None:
    """Go on with the days that are left, or renew again after notice was given.

    A pause moves the day of renewal. Raises NotFound, Problem `membership_not_active`.
    """
    held = hold(membership_id)
    row = held.row
    if row.state == MembershipState.PAUSED:
        _go_on(held, now)
    elif row.state != MembershipState.ACTIVE or row.paid_until is None:
        raise _not_active(held)
    elif not row.renews:
        row.renews = True
        held.run_until(row.paid_until)
    row.save()


def _go_on(held: Held, now: datetime) -> None:
    row = held.row
    if row.paused_on is None or row.paid_until is None:
        raise ValueError("a paused membership has the day of its pause and its last day")
    away = held.today(now) - row.paused_on
    _shift(held, away)
    row.paused_on = None
    held.move(MembershipState.ACTIVE, now)
    row.perks_from = now
    until = row.paid_until + away
    if away:
        row.anchor_day = jalali(until).day
    held.run_until(until)


def _shift(held: Held, away: timedelta) -> None:
    """Move the days that were left: of the running period, and of one paid in advance."""
    paid = MembershipPeriod.objects.filter(
        membership=held.row, state=PeriodState.PAID, ends_on__gt=held.row.paused_on
    )
    paid.filter(starts_on__gt=held.row.paused_on).update(starts_on=F("starts_on") + away)
    paid.update(ends_on=F("ends_on") + away)


def _not_active(held: Held) -> Problem:
    return Problem(
        "membership_not_active",
        _("Only an active membership can be paused or gone on with."),
        status=HTTPStatus.CONFLICT,
        extra={"membership_status": held.row.state},
    )
