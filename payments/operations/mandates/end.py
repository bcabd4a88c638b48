"""Pausing a mandate and ending it: by the business, by the customer, at the bank, by time.

An end counts here at once, so nothing is debited from then on; the provider is told afterwards,
again and again until it knows.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import operation
from outbox.operations import publish
from payments.enums import AlertKind
from payments.enums.debits import MANDATE_IN_FORCE, MandateState
from payments.events import MandateRevoked
from payments.models import Mandate
from payments.operations.alerts import raise_alert
from payments.operations.mandates.ask import locked_mandate, move_mandate
from payments.operations.schedule import next_in_doubt
from payments.providers.contract import Outcome

_TOLD: Final = frozenset({Outcome.OK, Outcome.ALREADY, Outcome.DECLINED})
_UNASKED: Final = frozenset(
    {MandateState.REVOKED_BY_CUSTOMER, MandateState.FAILED, MandateState.DECLINED}
)
ASKED_HERE: Final = "asked_here"
_CALL_AGAIN: Final = timedelta(days=1)


@operation
def suspend_mandate(*, mandate_id: UUID, now: datetime) -> MandateState:
    """Let no debit be made under a mandate for now; again it changes nothing.

    Raises NotFound, Problem `mandate_not_active`.
    """
    mandate = locked_mandate(mandate_id)
    if mandate.state not in MANDATE_IN_FORCE:
        raise _not_in_force(mandate)
    if mandate.state != MandateState.SUSPENDED:
        move_mandate(mandate, MandateState.SUSPENDED, now)
    return MandateState.SUSPENDED


@operation
def resume_mandate(*, mandate_id: UUID, now: datetime) -> MandateState:
    """Put a suspended mandate in force again; again it changes nothing.

    Raises NotFound, Problem `mandate_not_active`.
    """
    mandate = locked_mandate(mandate_id)
    if mandate.state not in MANDATE_IN_FORCE:
        raise _not_in_force(mandate)
    if mandate.state != MandateState.ACTIVE:
        move_mandate(mandate, MandateState.ACTIVE, now)
    return MandateState.ACTIVE


@operation
def revoke_mandate(*, mandate_id: UUID, by_customer: bool, now: datetime) -> MandateState:
    """End a mandate for good; again it returns the end it had. Raises NotFound."""
    mandate = locked_mandate(mandate_id)
    if mandate.ended_at is not None:
        return MandateState(mandate.state)
    by = MandateState.REVOKED_BY_CUSTOMER if by_customer else MandateState.REVOKED_BY_MERCHANT
    if mandate.state == MandateState.DRAFT:
        by = MandateState.REVOKED_BY_MERCHANT
    end_mandate(mandate, by, now, reason=ASKED_HERE)
    mandate.checks = 0
    mandate.next_check_at = now
    mandate.save(update_fields=["checks", "next_check_at"])
    return by


@operation
def lose_mandate(*, mandate_id: UUID, now: datetime) -> bool:
    """Note that a debit found the mandate ended at the bank; return whether that was news."""
    mandate = locked_mandate(mandate_id)
    if mandate.state not in MANDATE_IN_FORCE:
        return False
    end_mandate(mandate, MandateState.REVOKED_BY_CUSTOMER, now, reason="found_at_debit")
    return True


def end_mandate(mandate: Mandate, state: MandateState, now: datetime, *, reason: str) -> None:
    """Close a locked mandate, announce it, and call a person when nobody here asked for it."""
    before = mandate.state
    mandate.next_check_at = None
    move_mandate(mandate, state, now, reason=reason)
    if before not in MANDATE_IN_FORCE:
        return
    event = MandateRevoked(
        mandate_id=mandate.id,
        customer_id=mandate.customer_id,
        state=state,
        reason=reason,
    )
    publish([event], now=now)
    if state in _UNASKED and reason != ASKED_HERE:
        raise_alert(
            kind=AlertKind.MANDATE_LOST,
            source_id=mandate.id,
            detail={"state": state, "reason": reason},
            now=now,
        )


def told_provider(mandate: Mandate, outcome: Outcome | None, now: datetime) -> None:
    """Note whether the provider knows of an end; ask again, and in the end call a person."""
    if outcome in _TOLD:
        mandate.next_check_at = None
        mandate.save()
        return
    mandate.next_check_at = next_in_doubt(mandate.checks, now)
    mandate.checks += 1
    if mandate.next_check_at is None:
        raise_alert(
            kind=AlertKind.PROVIDER_DOWN,
            source_id=mandate.id,
            detail={"operation": "revoke_mandate"},
            now=now,
        )
        mandate.next_check_at = now + _CALL_AGAIN
        mandate.checks = 0
    mandate.save()


def _not_in_force(mandate: Mandate) -> Problem:
    return Problem(
        "mandate_not_active",
        _("This permission is not in force."),
        status=HTTPStatus.CONFLICT,
        extra={"mandate_state": mandate.state},
    )
