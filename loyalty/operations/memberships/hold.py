"""Holding a membership, with the money rows of its periods locked before it.

Whoever settles a debit or a payment holds that row and then wants the membership; whoever works on
a membership takes the same order, so the two never wait for each other.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.calendar import business_day, day_start
from core.errors import NotFound
from core.tenancy import active_business_id
from loyalty.enums import LIVE_MEMBERSHIP, MEMBERSHIP_MOVES, MembershipState, PeriodState
from loyalty.models import MembershipPeriod, MembershipPlan, PaidMembership
from payments.enums import check_move
from payments.operations.create import locked
from payments.operations.debits.create import locked_debit

HOUR: Final = time(10)
# Money on its way may belong to the period to pay, the running one and one paid in advance.
_LATEST: Final = 3


@dataclass(slots=True)
class Held:
    """A membership whose row is locked, its plan, and the period that waits for money."""

    row: PaidMembership
    plan: MembershipPlan
    waiting: MembershipPeriod | None
    zone: ZoneInfo

    @property
    def grace(self) -> timedelta:
        return timedelta(days=self.plan.grace_days)

    def today(self, now: datetime) -> date:
        return business_day(now, self.zone)

    def at(self, day: date) -> datetime:
        """Return the hour of a day at which members are told and debited."""
        return datetime.combine(day, HOUR, tzinfo=self.zone)

    def start_of(self, day: date) -> datetime:
        return day_start(day, self.zone)

    def move(self, state: MembershipState, now: datetime) -> None:
        """Set the next state; one that ends has no perks and no step any more."""
        check_move(MEMBERSHIP_MOVES, self.row.state, state)
        self.row.state = state
        self.row.ended_at = None
        if state not in LIVE_MEMBERSHIP:
            self.row.ended_at, self.row.next_step_at = now, None
            self.stop_perks(now)

    def stop_perks(self, now: datetime) -> None:
        """Let perks hold no longer than now."""
        if self.row.perks_until is not None:
            self.row.perks_until = min(self.row.perks_until, now)

    def run_until(self, paid_until: date) -> None:
        """Set until when it is paid, how long perks hold, and the step that follows.

        A membership that renews is announced some days before; one that does not, ends.
        """
        row, plan = self.row, self.plan
        row.paid_until = paid_until
        row.perks_until = self.start_of(paid_until + (self.grace if row.renews else timedelta()))
        row.next_step_at = (
            self.at(paid_until - timedelta(days=plan.notice_days))
            if row.renews
            else self.start_of(paid_until)
        )


def hold(membership_id: UUID) -> Held:
    """Lock a membership after the money rows it may touch. Raises NotFound."""
    _lock_money(membership_id)
    return hold_alone(membership_id)


def hold_alone(membership_id: UUID) -> Held:
    """Lock a membership whose money the caller holds. Raises NotFound."""
    rows = PaidMembership.objects.select_for_update(of=("self",)).select_related("plan")
    row = rows.filter(id=membership_id).first()
    if row is None:
        raise NotFound(_("There is no such membership."))
    waiting = MembershipPeriod.objects.filter(membership=row, state=PeriodState.OPEN).first()
    return Held(row, row.plan, waiting, business_by_id(active_business_id()).timezone)


def _lock_money(membership_id: UUID) -> None:
    rows = MembershipPeriod.objects.filter(membership_id=membership_id)
    latest = list(rows.order_by("-number")[:_LATEST])
    for debit_id in sorted(one.debit_id for one in latest if one.debit_id is not None):
        locked_debit(debit_id)
    for payment_id in sorted(one.payment_id for one in latest if one.payment_id is not None):
        locked(payment_id)
