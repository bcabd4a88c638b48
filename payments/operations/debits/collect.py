"""The wire between the intents and the settlement: calls side by side, every word kept.

Three short commits around each step, none open while it talks: intents, sessions, settlement.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from core.tenancy import acting_for
from outbox.operations.fence import Fence
from payments.enums.debits import TryState
from payments.models import DebitAttempt
from payments.operations.debits.claim import BATCH, Job, Step, claim_due, intend
from payments.operations.debits.line import Said, at_once, keep
from payments.operations.debits.rows import RowWriter
from payments.operations.debits.settle import Answered, settle
from payments.operations.mandates.end import lose_mandate
from payments.providers.contract import DebitAnswer, DebitStanding, MandateOpened, Outcome

_OPENED: Final = frozenset({Outcome.OK, Outcome.ALREADY})
_SESSIONS: Final = RowWriter(DebitAttempt, "authority", "state", "sent_at")


def collect_due(*, now: datetime, limit: int = BATCH) -> int:
    """Take up to `limit` due debits of all businesses as far as they go; return how many.

    Run under the worker role, outside any scope.
    """
    claimed = claim_due(now=now, limit=limit)
    jobs: list[Job] = []
    for business_id, debit_ids in claimed.items():
        with Fence(f"payments.debits {business_id}"):
            jobs += intend(business_id=business_id, debit_ids=debit_ids, now=now)
    run(jobs, now)
    return sum(len(debit_ids) for debit_ids in claimed.values())


def collect_debits(*, business_id: UUID, debit_ids: Sequence[UUID], now: datetime) -> None:
    """Take some debits of one business as far as they go; run outside any scope."""
    run(intend(business_id=business_id, debit_ids=debit_ids, now=now), now)


def run(jobs: Sequence[Job], now: datetime) -> None:
    """Talk about tries whose intents are committed, and settle what was said."""
    ready, answers = _open_sessions(jobs, now)
    said = at_once(_talk, ready)
    keep([one for words, _answer in said for one in words], now)
    answers += [(job, answer) for job, (_words, answer) in zip(ready, said, strict=True)]
    by_business: defaultdict[UUID, list[Answered]] = defaultdict(list)
    for job, answer in answers:
        by_business[job.line.business_id].append((job, answer))
    for business_id, several in by_business.items():
        _settle(business_id, several, now)


def _open_sessions(jobs: Sequence[Job], now: datetime) -> tuple[list[Job], list[Answered]]:
    """Open the sessions debits need and commit them; return who may go on, and who may not."""
    opening = [job for job in jobs if job.step is Step.OPEN]
    ready = [job for job in jobs if job.step is not Step.OPEN]
    opened = at_once(_prepare, opening)
    keep(
        [_said(job, "prepare_debit", word) for job, word in zip(opening, opened, strict=True)], now
    )
    answers: list[Answered] = []
    sessions: defaultdict[UUID, list[Job]] = defaultdict(list)
    for job, word in zip(opening, opened, strict=True):
        if word.outcome in _OPENED:
            sessions[job.line.business_id].append(job.opened(word.authority))
        else:
            answers.append((job, _no_session(word)))
    for business_id, several in sessions.items():
        ready += _keep_sessions(business_id, several, now)
    return ready, answers


def _keep_sessions(business_id: UUID, jobs: Sequence[Job], now: datetime) -> list[Job]:
    """Commit the sessions before money may move by them; return the jobs that may go on."""
    with acting_for(business_id, durable=True):
        held = DebitAttempt.objects.select_for_update().filter(
            id__in=[job.attempt_id for job in jobs], state=TryState.INTENT, authority=""
        )
        attempts = {attempt.id: attempt for attempt in held.order_by("id")}
        mine = [job for job in jobs if job.attempt_id in attempts]
        for job in mine:
            attempt = attempts[job.attempt_id]
            attempt.authority = job.order.authority
            attempt.state, attempt.sent_at = TryState.SENT, now
        _SESSIONS.write(list(attempts.values()))
    return mine


def _settle(business_id: UUID, answers: Sequence[Answered], now: datetime) -> None:
    """Settle together; if one cannot be settled, each by itself, so it harms no other."""
    with Fence(f"payments.debits {business_id}") as fence:
        _settle_together(business_id, answers, now)
    if fence.error and len(answers) > 1:
        for one in answers:
            with Fence(f"payments.debits {one[0].debit_id}"):
                _settle_together(business_id, [one], now)


def _settle_together(business_id: UUID, answers: Sequence[Answered], now: datetime) -> None:
    with acting_for(business_id, durable=True):
        lost = settle(answers, now)
    for mandate_id in sorted(lost):
        with acting_for(business_id, durable=True):
            lose_mandate(mandate_id=mandate_id, now=now)


def _prepare(job: Job) -> MandateOpened:
    return job.line.adapter.prepare_debit(job.line.account, job.order)


def _no_session(word: MandateOpened) -> DebitAnswer:
    """Whatever became of the session, no money moves without it."""
    final = word.outcome is Outcome.DECLINED
    return DebitAnswer(
        outcome=Outcome.DECLINED if final else Outcome.NOT_ATTEMPTED, evidence=word.evidence
    )


def _talk(job: Job) -> tuple[list[Said], DebitAnswer]:
    adapter, account = job.line.adapter, job.line.account
    if job.step is Step.SEND:
        answer = adapter.debit(account, job.order)
        return [_said(job, "debit", answer)], answer
    answer = adapter.inquire_debit(account, job.order, job.reference)
    words = [_said(job, "inquire_debit", answer)]
    if answer.standing is DebitStanding.NOT_FOUND and job.may_resend:
        # The provider knows our key: the same order again is the same debit.
        answer = adapter.debit(account, job.order)
        words.append(_said(job, "debit", answer))
    return words, answer


def _said(job: Job, operation: str, answer: DebitAnswer | MandateOpened) -> Said:
    return Said(
        line=job.line,
        about_id=job.attempt_id,
        operation=operation,
        outcome=answer.outcome,
        evidence=answer.evidence,
    )
