"""Ending a membership: at once with the unused days given back, or when what is paid runs out."""

from datetime import date, datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import operation
from loyalty.enums import MembershipState
from loyalty.models import MembershipPeriod
from loyalty.operations.memberships.charge import PREFIX, take_back
from loyalty.operations.memberships.hold import Held, hold
from loyalty.queries.memberships import paid_ahead, unused_rial
from payments.enums.refunds import Destination, RefundReason
from payments.operations.refunds import Receiver, ask_refund


@operation
def cancel_membership(
    *,
    membership_id: UUID,
    at_end: bool = False,
    refund: bool = True,
    receiver: Receiver | None = None,
    by: str,
    now: datetime,
) -> int:
    """End a membership; return how many rial go back. Again it changes nothing.

    `at_end`: it only stops renewing, and nothing goes back. Else the unused days of what was paid
    go back to the paying card, or to `receiver`. Raises NotFound, Problem `membership_over` for
    one that lapsed, `renewal_under_way`, and what asking for a refund raises; then nothing ends.
    """
    held = hold(membership_id)
    row = held.row
    if row.state == MembershipState.CANCELLED:
        return 0
    if row.state == MembershipState.LAPSED:
        raise Problem(
            "membership_over",
            _("This membership lapsed already."),
            status=HTTPStatus.CONFLICT,
        )
    take_back(held, now)
    if at_end and row.state in {MembershipState.ACTIVE, MembershipState.PAUSED}:
        _stop_renewing(held)
        return 0
    today = row.paused_on or held.today(now)
    back = _give_back(held, today, receiver, by, now) if refund else 0
    row.paused_on = None
    held.move(MembershipState.CANCELLED, now)
    row.save()
    return back


def _stop_renewing(held: Held) -> None:
    row = held.row
    row.renews = False
    if row.state == MembershipState.ACTIVE and row.paid_until is not None:
        held.run_until(row.paid_until)
    row.save()


def _give_back(held: Held, today: date, receiver: Receiver | None, by: str, now: datetime) -> int:
    total = 0
    for period in paid_ahead(held.row.id, today):
        share = unused_rial(period, today)
        if share:
            _refund(period, share, receiver, by, now)
            total += share
    return total


def _refund(
    period: MembershipPeriod, share: int, receiver: Receiver | None, by: str, now: datetime
) -> None:
    if period.payment_id is None:
        raise ValueError("a paid period has a payment")
    ask_refund(
        payment_id=period.payment_id,
        external_id=f"{PREFIX}{period.id}",
        amount_rial=share,
        reason=RefundReason.ORDER_CANCELLED,
        destination=Destination.ACCOUNT if receiver else Destination.SAME_CARD,
        receiver=receiver,
        by=by,
        now=now,
    )
    period.refund_rial = share
    period.save(update_fields=["refund_rial"])
