"""Destroying what is known of a person, for good (rule R59).

Asked for, then confirmed with the member code, by a manager. Rows stay: purchases, points and money
add up as before, under a profile that names nobody. What stands in the way is told before and
checked again at the moment itself. Locks are taken as a merge takes them; whoever sells to them at
the same moment finds them gone, and sells to a stranger.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem, Sentence
from core.ids import new_spoken_code
from core.tenancy import operation
from core.tenancy.erasing import erase
from core.tenancy.personal import Whom
from core.text import normalise_code
from customers.enums import CustomerStatus, ErasureReason, ErasureState
from customers.events import CustomerErased
from customers.models import Customer, CustomerTotals, Erasure
from customers.operations.people.farewell import Outlook, end_everything, foreseen
from customers.operations.people.sums import recount
from customers.queries.merging import survivor_of
from customers.queries.naming import whom
from outbox.operations import publish

_LIVE: Final = (CustomerStatus.ACTIVE, CustomerStatus.PROVISIONAL)


@operation
def ask_erasure(
    *, customer_id: UUID, reason: str, now: datetime, actor: Actor | None = None
) -> Erasure:
    """Ask that a person be erased; nothing happens before `confirm_erasure`.

    Raises NotFound, Problem `customer_closed`, `erasure_asked` (409) or `invalid_reason`.
    """
    if reason not in ErasureReason.values:
        raise Problem("invalid_reason", _("Say why, by one of the reasons offered."))
    person = _held(survivor_of(customer_id))
    if Erasure.objects.filter(customer=person, state=ErasureState.ASKED).exists():
        raise _conflict("erasure_asked", _("It was asked for already: confirm or withdraw that."))
    row = Erasure.objects.create(
        customer=person, reason=reason, asked_at=now, asked_by=_name(actor)
    )
    _audit("customer.erasure_asked", row, actor, now)
    return row


@operation
def withdraw_erasure(*, erasure_id: UUID, now: datetime, actor: Actor | None = None) -> Erasure:
    """Take a request back. Raises NotFound, Problem `erasure_ended` (409)."""
    row = _asked(erasure_id)
    _end(row, ErasureState.WITHDRAWN, actor, now)
    _audit("customer.erasure_withdrawn", row, actor, now)
    return row


@operation
def confirm_erasure(
    *, erasure_id: UUID, member_code: str, now: datetime, actor: Actor | None = None
) -> Erasure:
    """Erase the person: this cannot be undone.

    Raises NotFound, Problem `erasure_ended` (409), `wrong_member_code`, or `erasure_obstructed`
    (409) with `obstacles` where something has to be settled first.
    """
    row = _asked(erasure_id)
    person = _held(row.customer_id)
    if normalise_code(member_code).upper() != person.member_code:
        detail = _("Type the member code of this customer to confirm.")
        raise Problem("wrong_member_code", detail, fields={"member_code": [detail]})
    them = whom(person.id)
    demand_unobstructed(foreseen(them, now))
    end_everything(them, now)
    row.touched = erase(them)
    _leave_tombstones(them)
    _end(row, ErasureState.DONE, actor, now)
    _audit("customer.erased", row, actor, now)
    publish([CustomerErased(customer_id=person.id)], now=now)
    return row


def demand_unobstructed(outlook: Outlook) -> None:
    """Raise Problem `erasure_obstructed` where something has to be settled first."""
    if outlook.obstacles:
        raise Problem(
            "erasure_obstructed",
            _("First settle what is open: %(what)s")
            % {"what": " ".join(str(one) for one in outlook.obstacles)},
            status=HTTPStatus.CONFLICT,
            extra={"obstacles": [str(one) for one in outlook.obstacles]},
        )


def _held(customer_id: UUID) -> Customer:
    list(CustomerTotals.objects.select_for_update().filter(id=customer_id))
    person = Customer.objects.select_for_update(no_key=True).filter(id=customer_id).first()
    if person is None:
        raise NotFound(_("There is no such customer."))
    if person.status not in _LIVE:
        raise _conflict("customer_closed", _("This profile was merged or erased already."))
    return person


def _asked(erasure_id: UUID) -> Erasure:
    row = Erasure.objects.select_for_update().filter(id=erasure_id).first()
    if row is None:
        raise NotFound(_("Nobody asked for this."))
    if row.state != ErasureState.ASKED:
        raise _conflict("erasure_ended", _("This was done or withdrawn already."))
    return row


def _leave_tombstones(them: Whom) -> None:
    """Give every profile a code nobody was told, and the totals a row no waiting sale knows."""
    own = them.ids[0]
    for one in them.ids:
        Customer.objects.filter(id=one).update(member_code=new_spoken_code())
    Customer.objects.filter(id=own).update(status=CustomerStatus.ERASED)
    CustomerTotals.objects.filter(id=own).delete()
    CustomerTotals.objects.create(id=own, customer_id=own)
    recount([own])


def _end(row: Erasure, state: ErasureState, actor: Actor | None, now: datetime) -> None:
    row.state, row.ended_at, row.ended_by = state, now, _name(actor)
    row.save(update_fields=["state", "ended_at", "ended_by", "touched"])


def _audit(action: str, row: Erasure, actor: Actor | None, now: datetime) -> None:
    data = {"erasure": str(row.id), "reason": row.reason}
    record_audit(action=action, subject=str(row.customer_id), data=data, actor=actor, now=now)


def _name(actor: Actor | None) -> str:
    return str(actor) if actor else ""


def _conflict(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT)
