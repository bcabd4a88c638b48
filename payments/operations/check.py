"""Asking the provider about one attempt and applying its answer.

Three steps: take a lease in one commit; talk, with no transaction open; apply under the locks in
another commit. A process that dies in between leaves a lease that ends by itself.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from core.tenancy import acting_for
from payments.enums import CHECKABLE, AttemptState, ReversalState
from payments.models import PaymentAttempt, Reversal
from payments.operations.asking import YES, Finding, Step, Work, ask
from payments.operations.settle import (
    Held,
    accept,
    credit,
    end,
    fits,
    hold,
    keep_asking,
    keep_settling,
    keep_waiting,
    mismatch,
    note_card,
    other_sum,
)
from payments.operations.wire import line_to, session_of
from payments.providers import adapter_of
from payments.providers.contract import Confirmation, Inquiry, Outcome, Standing
from payments.queries.windows import manner_of

_UNSURE = frozenset({AttemptState.UNKNOWN, AttemptState.NEEDS_REVIEW})
_SETTLE_LATER = timedelta(hours=1)


def check_attempt(
    *,
    business_id: UUID,
    attempt_id: UUID,
    claims_success: bool = False,
    claims_failure: bool = False,
    now: datetime,
) -> bool:
    """Ask about an attempt; return False when it is over or somebody else is asking.

    Run outside any scope. A claim of success is asked for confirmation at once; otherwise, and
    always after an unknown confirmation, an inquiry comes first. A claim of failure counts only
    where the provider can say nothing without the buyer's return.
    """
    work = _take(business_id, attempt_id, (claims_success, claims_failure), now)
    if work is None:
        return False
    finding = ask(work)
    with acting_for(business_id, durable=True):
        held = hold(attempt_id)
        if held.is_open:
            _apply(held, finding, now)
        confirmed = held.attempt.state == AttemptState.SETTLING and finding.settled is None
    if confirmed:
        _settle(business_id, work, finding.confirmation, now)
    return True


def _take(
    business_id: UUID, attempt_id: UUID, claims: tuple[bool, bool], now: datetime
) -> Work | None:
    with acting_for(business_id, durable=True):
        lease = _give_up_unsent(attempt_id, now)
        taken = PaymentAttempt.objects.filter(
            Q(leased_until=None) | Q(leased_until__lte=now), id=attempt_id, state__in=CHECKABLE
        ).update(leased_until=now + lease)
        if not taken:
            return None
        attempt = PaymentAttempt.objects.select_related("account").get(id=attempt_id)
        if attempt.confirmed_at is not None and _going_back(attempt, now):
            return None
        return _work(attempt, claims, now)


def _work(attempt: PaymentAttempt, claims: tuple[bool, bool], now: datetime) -> Work:
    success, failure = claims
    step = Step.CONFIRM if success and attempt.state not in _UNSURE else Step.INQUIRE
    window = manner_of(attempt.account).window
    opened = attempt.redirected_at or attempt.started_at
    return Work(
        line=line_to(attempt.account, attempt_id=attempt.id, now=now),
        session=session_of(attempt),
        step=Step.SETTLE if attempt.confirmed_at is not None else step,
        refused=failure,
        doubted=attempt.state in _UNSURE,
        late=window is not None and now >= opened + window,
    )


def _going_back(attempt: PaymentAttempt, now: datetime) -> bool:
    """Whether a person sends unsettled money back; then nobody settles it meanwhile."""
    if not Reversal.objects.filter(attempt=attempt, state=ReversalState.REQUESTED).exists():
        return False
    PaymentAttempt.objects.filter(id=attempt.id).update(
        leased_until=None, next_check_at=now + _SETTLE_LATER
    )
    return True


def _give_up_unsent(attempt_id: UUID, now: datetime) -> timedelta:
    """End an intent whose process died, or whose call never came back: no buyer was sent.

    Return how long a question about the attempt may take.
    """
    held = hold(attempt_id)
    attempt = held.attempt
    lapsed = attempt.leased_until is None or attempt.leased_until <= now
    if attempt.state == AttemptState.CREATED and lapsed:
        end(held, AttemptState.ABANDONED, now)
    return adapter_of(attempt.account.provider).capabilities.lease


def _settle(
    business_id: UUID, work: Work, confirmation: Confirmation | None, now: datetime
) -> None:
    """Go on to the settlement of a confirmation that is already written down."""
    settled = work.line.settle(work.session)
    with acting_for(business_id, durable=True):
        held = hold(work.line.attempt_id or UUID(int=0))
        if held.attempt.state == AttemptState.SETTLING:
            _apply_settlement(held, Finding(settled=settled, confirmation=confirmation), now)


def _apply(held: Held, finding: Finding, now: datetime) -> None:
    attempt = held.attempt
    last = finding.settled or finding.last
    attempt.checks += 1
    attempt.last_outcome = last.outcome
    # What nobody was asked has no code; the one of the buyer's return stands.
    attempt.last_code = last.evidence.code or attempt.last_code
    attempt.last_message = last.evidence.message
    if finding.settled:
        _apply_settlement(held, finding, now)
    elif isinstance(last, Confirmation):
        _apply_confirmation(held, last, now, paid=finding.inquiry is not None)
    elif isinstance(last, Inquiry):
        note_card(attempt, last.masked_pan, last.reason)
        _apply_standing(held, last.standing, now)


def _apply_settlement(held: Held, finding: Finding, now: datetime) -> None:
    """Credit what is settled; what the bank gave back is over; anything else is tried again.

    What waits and turns out to be another sum than we asked for is not settled at all.
    """
    standing = finding.inquiry.standing if finding.inquiry else None
    if finding.settled and finding.settled.outcome in YES:
        credit(held, finding.confirmation, now)
    elif standing in {Standing.RETURNED, Standing.FAILED}:
        end(held, AttemptState.AUTO_RETURNED, now)
    elif finding.inquiry and not fits(held, finding.inquiry.amount_rial):
        other_sum(held, finding.inquiry, now)
    else:
        keep_settling(held, now)


def _apply_confirmation(
    held: Held, confirmation: Confirmation, now: datetime, *, paid: bool
) -> None:
    """`paid` tells whether an inquiry, and not just a browser, said that money is there."""
    if confirmation.outcome in YES:
        accept(held, confirmation, now)
    elif confirmation.outcome is Outcome.MISMATCH:
        mismatch(held, confirmation, now)
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
