"""A customer leaves the club: points end, offers and renewals stop, what is money stays (C047)."""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem
from core.tenancy import operation
from customers.enums import CustomerStatus
from customers.queries import CustomerView, customer_view
from loyalty.enums import ExitWay
from loyalty.events import ClubLeft
from loyalty.models import ClubExit, PaidMembership, Program
from loyalty.operations.claim import claim_lots
from loyalty.operations.memberships import cancel_membership
from loyalty.operations.movements import demanded_terms, end_left, settled_wallet
from loyalty.queries.memberships import live_membership
from messaging.enums import ConsentSource, Purpose
from messaging.operations import record_consent
from outbox.operations import publish

_SOURCES: Final = {
    ExitWay.OWN_PAGE: ConsentSource.OWN_PAGE,
    ExitWay.STAFF: ConsentSource.STAFF,
    ExitWay.API: ConsentSource.API,
}


@operation
def leave_club(
    *, customer_id: UUID, way: ExitWay, actor: Actor | None = None, now: datetime
) -> ClubExit:
    """Let a customer leave; nothing may stand in the way. Whoever left already has left.

    Spendable and pending points end with an entry of their own; a balance below zero stays. What
    a hold or a return gives back later ends too. Raises NotFound, Problem `no_programme`,
    `customer_not_known` (409) for a profile that never told who it is.
    """
    current = demanded_terms()
    person = _known(customer_id)
    stop_renewing(person.id, now)
    claim_lots(customer_id=person.id, now=now)
    wallet = settled_wallet(person.id, current, now)
    if wallet.left_at is not None:
        return ClubExit.objects.get(customer=wallet.id, back_at=None)
    Program.objects.filter(has_leavers=False).update(has_leavers=True)
    points = max(0, wallet.balance_points)
    row = ClubExit(
        customer_id=wallet.id,
        way=way,
        left_at=now,
        noted_by=str(actor) if actor else "",
        points=points,
        pending_points=wallet.pending_points,
        worth_rial=(points + wallet.pending_points) * current.unit_value_rial,
    )
    row.save(force_insert=True)
    wallet.left_at = now
    wallet.save(update_fields=["left_at"])
    end_left(wallet, now)
    _no_more_offers(person, way, now)
    _tell(row, actor, now)
    return row


def _known(customer_id: UUID) -> CustomerView:
    person = customer_view(customer_id)
    if person is None:
        raise NotFound(_("There is no such customer."))
    if person.status != CustomerStatus.ACTIVE:
        raise Problem(
            "customer_not_known",
            _("Nobody has said yet whose profile this is."),
            status=HTTPStatus.CONFLICT,
        )
    return person


def stop_renewing(customer_id: UUID, now: datetime) -> None:
    """Stop a paid membership from renewing; what is paid for holds until its day."""
    held = live_membership(customer_id)
    if held is None:
        return
    try:
        with transaction.atomic():
            cancel_membership(membership_id=held.id, at_end=True, refund=False, by="", now=now)
    except Problem:
        # The next period's price is at the bank this minute: that period is the last one.
        PaidMembership.objects.filter(id=held.id).update(renews=False)


def _no_more_offers(person: CustomerView, way: ExitWay, now: datetime) -> None:
    for address in (person.mobile, person.email):
        if address:
            record_consent(
                address=address,
                purpose=Purpose.MARKETING,
                granted=False,
                source=_SOURCES[way],
                now=now,
            )


def _tell(row: ClubExit, actor: Actor | None, now: datetime) -> None:
    ended = row.points + row.pending_points
    publish([ClubLeft(customer_id=row.customer_id, points=ended)], now=now)
    record_audit(
        action="club.left",
        subject=str(row.customer_id),
        data={"points": ended, "way": row.way},
        actor=actor,
        now=now,
    )
