"""What a member does about their own membership on their own page: pause, go on, let it end."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import record_audit
from core.errors import NotFound, Problem
from core.tenancy import operation
from loyalty.enums import MembershipState
from loyalty.enums.memberships import OwnDeed
from loyalty.operations.memberships.hold import Held, hold
from loyalty.operations.memberships.leave import cancel_membership
from loyalty.operations.memberships.pause import pause_membership, resume_membership
from loyalty.queries.memberships import PAUSED_AT_LEAST_DAYS


@operation
def change_own_membership(
    *, customer_id: UUID, membership_id: UUID, deed: OwnDeed, now: datetime
) -> None:
    """Do what the member asked for, and write it down as theirs. No money goes back by itself.

    Ending lets the paid days run out; one that was never paid, or is unpaid, ends at once. Raises
    NotFound for a membership of somebody else, Problem `paused_lately`, and those of pausing,
    resuming and cancelling.
    """
    held = hold(membership_id)
    if held.row.customer_id != customer_id:
        raise NotFound(_("There is no such membership."))
    _DEEDS[deed](held, now)
    record_audit(
        action=f"membership.{deed}",
        subject=str(membership_id),
        data={"by": "member", "customer": str(customer_id), "before": held.row.state},
        actor=None,
        now=now,
    )


def _pause(held: Held, now: datetime) -> None:
    pause_membership(membership_id=held.row.id, now=now)


def _resume(held: Held, now: datetime) -> None:
    """Go on; a pause of their own lasts some days, or paid days would be kept for visits only."""
    row = held.row
    since = row.paused_on if row.state == MembershipState.PAUSED else None
    if since and held.today(now) < since + timedelta(days=PAUSED_AT_LEAST_DAYS):
        raise Problem(
            "paused_lately",
            _("A pause lasts a week at least; ask the shop if you want to go on before."),
            status=HTTPStatus.CONFLICT,
        )
    resume_membership(membership_id=row.id, now=now)


def _end(held: Held, now: datetime) -> None:
    cancel_membership(membership_id=held.row.id, at_end=True, refund=False, by="member", now=now)


_DEEDS: Final[Mapping[OwnDeed, Callable[[Held, datetime], None]]] = {
    OwnDeed.PAUSE: _pause,
    OwnDeed.RESUME: _resume,
    OwnDeed.END: _end,
}
