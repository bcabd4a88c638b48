"""The wire between the intents and the settlement: calls side by side, every word kept.

Three short commits around each step, none open while it talks: intents, sessions, settlement. Some
batches are under way at once: while one waits for the wire, another is written down, with a quick
bank by a second hand. A batch is as large as the bank is quick: what is under way when a worker's
time is over is soon finished.
"""

import math
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

from pydantic_core import to_json

from core.tenancy import acting_for, active_business_id
from core.tenancy.prepared import Prepared
from outbox.operations.fence import Fence
from payments.operations.debits.batches import Batch, Batches, Course
from payments.operations.debits.claim import Job, Step, claim_due, intend
from payments.operations.debits.line import Said, SideBySide, keep, write_down
from payments.operations.debits.scribe import Scribe
from payments.operations.debits.settle import settle
from payments.operations.mandates.end import lose_mandate
from payments.providers.contract import (
    DebitAnswer,
    DebitStanding,
    Evidence,
    MandateOpened,
    Outcome,
)

_OPENED: Final = frozenset({Outcome.OK, Outcome.ALREADY})
_NOT_UNDERSTOOD: Final = Evidence(asked={}, message="The answer was not understood.")
# One that another worker took on meanwhile keeps the session that one opened.
_KEEP_SESSIONS: Final = Prepared(
    """
WITH held AS MATERIALIZED (
    SELECT a.id, said.authority
    FROM json_to_recordset(%(rows)s::json) AS said (id uuid, authority text)
    JOIN payments_debitattempt a
      ON a.business_id = (SELECT %(business)s::uuid) AND a.id = said.id
    WHERE a.state = 'intent' AND a.authority = ''
    ORDER BY a.id FOR UPDATE OF a
)
UPDATE payments_debitattempt a
SET authority = held.authority, state = 'sent', sent_at = %(now)s
FROM held
WHERE a.business_id = (SELECT %(business)s::uuid) AND a.id = held.id
RETURNING a.id, a.xmin::text
""",
    business="uuid",
    now="timestamptz",
    rows="json",
)

T = TypeVar("T")
W = TypeVar("W")
Talk = tuple[list[Said], DebitAnswer]


def collect_due(*, now: datetime, limit: float = math.inf, stop: float = math.inf) -> int:
    """Take due debits of all businesses as far as they go; return how many.

    Until none is due, `limit` are taken, or the monotonic clock shows `stop`; what is under way
    then is finished. Run under the worker role, outside any scope.
    """
    taken, more = 0, True
    batches = Batches()
    try:
        while (more := more and taken < limit and time.monotonic() < stop) or batches.under_way:
            batch = batches.next(more=more)
            if batch is None:
                count, jobs = _take_up(now, int(min(batches.size, limit - taken)))
                taken, more = taken + count, count > 0
                batch = Batch(_course(jobs, batches.scribe, now), count, time.monotonic())
            batches.go_on(batch)
    finally:
        batches.give_up()
    return taken


def collect_debits(*, business_id: UUID, debit_ids: Sequence[UUID], now: datetime) -> None:
    """Take some debits of one business as far as they go; run outside any scope."""
    jobs = intend(business_id=business_id, debit_ids=debit_ids, now=now)
    for _pause in _course(jobs, Scribe(), now):
        pass


def _take_up(now: datetime, limit: int) -> tuple[int, list[Job]]:
    """Claim due debits and commit what shall happen to them; return how many, and the jobs."""
    claimed = claim_due(now=now, limit=limit)
    jobs: list[Job] = []
    for business_id, debit_ids in claimed.items():
        with Fence(f"payments.debits {business_id}"):
            jobs += intend(business_id=business_id, debit_ids=debit_ids, now=now)
    return sum(len(debit_ids) for debit_ids in claimed.values()), jobs


def _course(jobs: Sequence[Job], scribe: Scribe, now: datetime) -> Course:
    """Talk about tries whose intents are committed, and settle what was said.

    Pauses wherever it would wait for the wire, or for the scribe.
    """
    opening = [job for job in jobs if job.step is Step.OPEN]
    with SideBySide(_prepare, opening) as prepared:
        yield prepared
    words = list(zip(opening, prepared.answers(), strict=True))
    ready = [job for job in jobs if job.step is not Step.OPEN]
    for business_id, some in _by_business(words).items():
        ready += _keep_sessions(business_id, some, now)
    with SideBySide(_talk, ready) as talked:
        yield talked
    talks = list(zip(ready, talked.answers(), strict=True)) + _without_session(words)
    work = partial(_settle_all, talks, now)
    writing = scribe.take(work)
    if writing is None:
        work()
        return
    with writing:
        yield writing
    writing.finish()


def _settle_all(talks: Sequence[tuple[Job, Talk]], now: datetime) -> None:
    for business_id, several in _by_business(talks).items():
        _settle(business_id, several, now)


def _by_business(words: Sequence[tuple[Job, W]]) -> dict[UUID, list[tuple[Job, W]]]:
    found: defaultdict[UUID, list[tuple[Job, W]]] = defaultdict(list)
    for job, word in words:
        found[job.line.business_id].append((job, word))
    return found


def _with_words(
    business_id: UUID,
    words: Sequence[W],
    said: Callable[[W], Sequence[Said]],
    work: Callable[[Sequence[W]], Collection[T]],
    now: datetime,
) -> list[T]:
    """Commit what was said together with what it does.

    If that fails, each half by itself, so that one answer nobody can write down harms no other;
    of that one at least its words are kept, if they can be.
    """
    spoken = [one for word in words for one in said(word)]
    with Fence(f"payments.debits {business_id}"), acting_for(business_id, durable=True):
        write_down(spoken, now)
        return list(work(words))
    if len(words) > 1:
        half = len(words) // 2
        return [
            found
            for part in (words[:half], words[half:])
            for found in _with_words(business_id, part, said, work, now)
        ]
    with Fence(f"payments.debits {business_id}"):
        keep(spoken, now)
    return []


def _keep_sessions(
    business_id: UUID, words: Sequence[tuple[Job, MandateOpened]], now: datetime
) -> list[Job]:
    """Commit the sessions before money may move by them; return the jobs that may go on."""

    def write(some: Sequence[tuple[Job, MandateOpened]]) -> list[Job]:
        opened = [job.opened(word.authority) for job, word in some if word.outcome in _OPENED]
        return _write_sessions(opened, now)

    return _with_words(business_id, words, _opening, write, now)


def _opening(one: tuple[Job, MandateOpened]) -> list[Said]:
    return [_said(one[0], "prepare_debit", one[1])]


def _write_sessions(opened: Sequence[Job], now: datetime) -> list[Job]:
    rows = [{"id": job.attempt_id, "authority": job.order.authority} for job in opened]
    values = {"business": active_business_id(), "now": now, "rows": to_json(rows).decode()}
    versions = dict(_KEEP_SESSIONS.rows(values))
    kept = [job for job in opened if job.attempt_id in versions]
    for job in kept:
        if job.kept:
            job.kept.opened(job.order.authority, versions[job.attempt_id], now)
    return kept


def _without_session(words: Sequence[tuple[Job, MandateOpened]]) -> list[tuple[Job, Talk]]:
    """Return what follows for debits whose session was not opened: no money moves without it."""
    return [(job, ([], _no_session(word))) for job, word in words if word.outcome not in _OPENED]


def _no_session(word: MandateOpened) -> DebitAnswer:
    final = word.outcome is Outcome.DECLINED
    return DebitAnswer(
        outcome=Outcome.DECLINED if final else Outcome.NOT_ATTEMPTED, evidence=word.evidence
    )


def _settle(business_id: UUID, talks: Sequence[tuple[Job, Talk]], now: datetime) -> None:
    def write(some: Sequence[tuple[Job, Talk]]) -> set[UUID]:
        return settle([(job, answer) for job, (_words, answer) in some], now)

    lost = _with_words(business_id, talks, lambda one: one[1][0], write, now)
    for mandate_id in sorted(set(lost)):
        with Fence(f"payments.mandates {mandate_id}"), acting_for(business_id, durable=True):
            lose_mandate(mandate_id=mandate_id, now=now)


def _prepare(job: Job) -> MandateOpened:
    with Fence(f"payments.debits {job.debit_id}"):
        return job.line.adapter.prepare_debit(job.line.account, job.order)
    return MandateOpened(outcome=Outcome.UNKNOWN, evidence=_NOT_UNDERSTOOD)


def _talk(job: Job) -> Talk:
    """Ask one thing; an answer the adapter stumbles over is an open one, and nobody else's."""
    with Fence(f"payments.debits {job.debit_id}"):
        return _conversation(job)
    answer = DebitAnswer(outcome=Outcome.UNKNOWN, evidence=_NOT_UNDERSTOOD)
    return [_said(job, "debit", answer)], answer


def _conversation(job: Job) -> Talk:
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
