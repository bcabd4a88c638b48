"""Asking the provider about one attempt and applying its answer.

Three steps: take a lease in one commit; talk, with no transaction open; apply under the locks in
another commit. A process that dies in between leaves a lease that ends by itself.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from core.tenancy import acting_for
from payments.enums import CHECKABLE, AttemptState
from payments.models import PaymentAttempt
from payments.operations.schedule import LEASE
from payments.operations.settle import (
    Held,
    credit,
    end,
    hold,
    keep_asking,
    keep_waiting,
    mismatch,
)
from payments.operations.wire import Line, line_to, session_of
from payments.providers import adapter_of
from payments.providers.contract import (
    Confirmation,
    Inquiry,
    Outcome,
    Session,
    Standing,
)

_YES: Final = frozenset({Outcome.OK, Outcome.ALREADY})
_WITH_MONEY: Final = frozenset({Standing.PAID_UNCONFIRMED, Standing.CONFIRMED})


@dataclass(frozen=True, slots=True)
class _Work:
    """A leased attempt: whom to ask, about what, and whether to begin with the confirmation."""

    line: Line
    session: Session
    confirm_first: bool


@dataclass(frozen=True, slots=True)
class _Finding:
    """What the provider said. A refused confirmation leaves the last word to the inquiry."""

    confirmation: Confirmation | None
    inquiry: Inquiry | None

    @property
    def last(self) -> Confirmation | Inquiry:
        """Return the answer that decides."""
        refused = self.confirmation and self.confirmation.outcome is Outcome.DECLINED
        word = self.inquiry if refused or not self.confirmation else self.confirmation
        if word is None:
            raise ValueError("a refused confirmation needs an inquiry")
        return word


def check_attempt(
    *, business_id: UUID, attempt_id: UUID, claims_success: bool = False, now: datetime
) -> bool:
    """Ask about an attempt; return False when it is over or somebody else is asking.

    Run outside any scope. A claim of success is asked for confirmation at once; otherwise, and
    always after an unknown confirmation, an inquiry comes first.
    """
    work = _take(business_id, attempt_id, claims_success=claims_success, now=now)
    if work is None:
        return False
    finding = _talk(work)
    with acting_for(business_id, durable=True):
        held = hold(attempt_id)
        if held.is_open:
            _apply(held, finding, now)
    return True


def _take(
    business_id: UUID, attempt_id: UUID, *, claims_success: bool, now: datetime
) -> _Work | None:
    with acting_for(business_id, durable=True):
        _give_up_unsent(attempt_id, now)
        taken = PaymentAttempt.objects.filter(
            Q(leased_until=None) | Q(leased_until__lte=now), id=attempt_id, state__in=CHECKABLE
        ).update(leased_until=now + LEASE)
        if not taken:
            return None
        attempt = PaymentAttempt.objects.select_related("account").get(id=attempt_id)
        unsure = attempt.state in {AttemptState.UNKNOWN, AttemptState.NEEDS_REVIEW}
        return _Work(
            line=line_to(attempt.account, attempt_id=attempt.id, now=now),
            session=session_of(attempt),
            confirm_first=claims_success and not unsure,
        )


def _give_up_unsent(attempt_id: UUID, now: datetime) -> None:
    """End an intent whose process died, or whose call never came back: no buyer was sent."""
    held = hold(attempt_id)
    attempt = held.attempt
    if attempt.state != AttemptState.CREATED:
        return
    if attempt.leased_until is None or attempt.leased_until <= now:
        end(held, AttemptState.ABANDONED, now)


def _talk(work: _Work) -> _Finding:
    confirmation = None
    if work.confirm_first:
        confirmation = work.line.confirm(work.session)
        if confirmation.outcome is not Outcome.DECLINED:
            return _Finding(confirmation, None)
    inquiry = work.line.inquire(work.session)
    if confirmation is None and inquiry.standing in _WITH_MONEY:
        confirmation = work.line.confirm(work.session)
    return _Finding(confirmation, inquiry)


def _apply(held: Held, finding: _Finding, now: datetime) -> None:
    attempt, last = held.attempt, finding.last
    attempt.checks += 1
    attempt.last_outcome = last.outcome
    attempt.last_code = last.evidence.code
    attempt.last_message = last.evidence.message
    if isinstance(last, Confirmation):
        _apply_confirmation(held, last, now, paid=finding.inquiry is not None)
    else:
        _apply_standing(held, last.standing, now)


def _apply_confirmation(
    held: Held, confirmation: Confirmation, now: datetime, *, paid: bool
) -> None:
    """`paid` tells whether an inquiry, and not just a browser, said that money is there."""
    if confirmation.outcome in _YES:
        credit(held, confirmation, now)
    elif confirmation.outcome is Outcome.MISMATCH:
        mismatch(held, now)
    elif confirmation.outcome is Outcome.NOT_ATTEMPTED:
        here = AttemptState(held.attempt.state)
        keep_asking(held, AttemptState.PAID_UNCONFIRMED if paid else here, now)
    else:
        keep_asking(held, AttemptState.UNKNOWN, now)


def _apply_standing(held: Held, standing: Standing | None, now: datetime) -> None:
    if standing is Standing.FAILED:
        end(held, AttemptState.DECLINED, now)
    elif standing is Standing.RETURNED:
        end(held, AttemptState.AUTO_RETURNED, now)
    elif standing in {Standing.AT_BANK, Standing.NOT_FOUND}:
        _still_open(held, now)
    else:
        # No answer, or one that contradicts the confirmation just refused.
        keep_asking(held, AttemptState(held.attempt.state), now)


def _still_open(held: Held, now: datetime) -> None:
    """Not paid is final only when the provider can no longer take the money."""
    attempt = held.attempt
    window = adapter_of(attempt.account.provider).capabilities.finality
    if now >= (attempt.redirected_at or attempt.started_at) + window:
        end(held, AttemptState.EXPIRED, now)
    else:
        keep_waiting(held, AttemptState(attempt.state), now)
