"""What the provider's answers do to tries and debits, under their row locks, many at once.

A collected debit is a payment like any other: it goes through `take_in`, which records its
purchase, or pays for an earlier one, posts to the books and announces it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.calendar import TEHRAN, business_day
from core.tenancy import active_business_id
from customers.operations import CustomerHint
from outbox.operations import publish
from payments.enums import AlertKind, BookAccount, PaymentMethod
from payments.enums.debits import (
    TRY_EXCLUSIVE,
    TRY_OPEN,
    Collects,
    DebitFailure,
    DebitState,
    TryState,
)
from payments.events import DebitCollected
from payments.models import Debit, DebitAttempt, Payment
from payments.models.tokens import new_public_tokens
from payments.operations.alerts import raise_alert
from payments.operations.debits.back import bring_back
from payments.operations.debits.claim import Job, Step
from payments.operations.debits.create import end_debit, move_debit
from payments.operations.debits.habits import Known, known_of
from payments.operations.debits.held import hold
from payments.operations.debits.outcome import failed_event, give_up, leave_debits, write_tries
from payments.operations.debits.timing import next_try
from payments.operations.rows import RowMaker
from payments.operations.sale import hint_to_json
from payments.operations.take_in import MoneyIn, Paid, take_in_many
from payments.providers.contract import DebitAnswer, DebitStanding, Failure, Outcome, Retries

# Pauses between questions about a try whose fate is open; then every six hours until finality.
_DOUBT: Final = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 3600))
_LATER: Final = timedelta(hours=6)
_DAILY: Final = timedelta(days=1)
_SOON: Final = timedelta(minutes=5)
# Looks at a collected debit for a bank that takes it back.
_WATCH: Final = tuple(timedelta(days=days) for days in (1, 3, 7))
_TAKEN_BACK: Final = frozenset(
    {DebitStanding.REFUNDED, DebitStanding.FAILED, DebitStanding.CANCELLED}
)

_PAYMENTS: Final = RowMaker(Payment)

Answered = tuple[Job, DebitAnswer]


def settle(answers: Sequence[Answered], now: datetime) -> set[UUID]:
    """Apply answers about one business's tries; return mandates found ended at the bank.

    Runs in the business's scope, in one transaction. A try that is over already stays as it is.
    """
    return _Settlement(now).apply(answers)


@dataclass(slots=True)
class _Settlement:
    now: datetime
    paid: list[Paid] = field(default_factory=list)
    collected: list[Debit] = field(default_factory=list)
    waiting: list[Debit] = field(default_factory=list)
    lost: set[UUID] = field(default_factory=set)
    known: Known = field(default_factory=Known)
    tokens: list[str] = field(default_factory=list)

    def apply(self, answers: Sequence[Answered]) -> set[UUID]:
        self.tokens = new_public_tokens(active_business_id(), len(answers))
        debits, attempts = _hold(answers)
        failing = [job.debit_id for job, answer in answers if answer.failure is not None]
        if failing:
            self.known = known_of([debits[debit_id].mandate for debit_id in failing], self.now)
        for job, answer in answers:
            self._one(debits[job.debit_id], attempts[job.attempt_id], job, answer)
        write_tries(list(attempts.values()))
        self._book()
        leave_debits(list(debits.values()))
        self._announce()
        return self.lost

    def _one(self, debit: Debit, attempt: DebitAttempt, job: Job, answer: DebitAnswer) -> None:
        _note(debit, attempt, answer)
        if attempt.state == TryState.COLLECTED:
            self._watch(debit, attempt, answer)
        elif attempt.state in TRY_OPEN:
            self._open(debit, attempt, job, answer)
        else:
            self._closed(debit, attempt, job, answer)

    def _open(self, debit: Debit, attempt: DebitAttempt, job: Job, answer: DebitAnswer) -> None:
        standing = answer.standing
        if standing in {DebitStanding.DONE, DebitStanding.REFUNDED}:
            self._done(debit, attempt, job, answer)
        elif standing is DebitStanding.PENDING:
            self._pending(debit, attempt, answer)
        elif standing is DebitStanding.CANCELLED:
            self._end_try(attempt, TryState.CANCELLED)
            end_debit(debit, DebitState.CANCELLED, self.now)
        elif standing is DebitStanding.FAILED or answer.outcome is Outcome.DECLINED:
            self._failed(debit, attempt, job, DebitFailure(answer.failure or Failure.OTHER))
        else:
            self._unclear(debit, attempt, job, answer)

    def _unclear(self, debit: Debit, attempt: DebitAttempt, job: Job, answer: DebitAnswer) -> None:
        if answer.outcome is Outcome.MISMATCH:
            self._mismatch(debit, attempt)
        elif self._never_happened(attempt, job, answer):
            debit.doubts = 0 if job.step is Step.ASK else debit.doubts
            self._not_attempted(debit, attempt)
        else:
            self._doubt(debit, attempt, job)

    def _never_happened(self, attempt: DebitAttempt, job: Job, answer: DebitAnswer) -> bool:
        """Not found is final only when the provider can no longer take the money."""
        if answer.standing is DebitStanding.NOT_FOUND:
            return self.now >= (attempt.sent_at or attempt.started_at) + job.line.can.finality
        return answer.outcome is Outcome.NOT_ATTEMPTED and job.step is not Step.ASK

    def _done(self, debit: Debit, attempt: DebitAttempt, job: Job, answer: DebitAnswer) -> None:
        if answer.amount_rial not in {None, attempt.amount_rial}:
            self._mismatch(debit, attempt)
            return
        self._end_try(attempt, TryState.COLLECTED)
        attempt.collected_on = business_day(self.now, TEHRAN)
        attempt.failure = ""
        move_debit(debit, DebitState.COLLECTED, self.now + _WATCH[0])
        debit.notice_at = None
        debit.collected_at = self.now
        debit.ended_at = self.now
        debit.failure = ""
        debit.doubts = 0
        self.paid.append(self._paid(debit, attempt, job.line.provider))
        self.collected.append(debit)
        if answer.standing is DebitStanding.REFUNDED:
            debit.next_try_at = self.now

    def _paid(self, debit: Debit, attempt: DebitAttempt, provider: str) -> Paid:
        owed = debit.collects == Collects.RECEIVABLE
        mandate = debit.mandate
        payment = _PAYMENTS.new(
            external_id=debit.external_id,
            amount_rial=debit.amount_rial,
            method=PaymentMethod.DIRECT_DEBIT,
            collects=debit.collects,
            debtor_id=debit.customer_id if owed else None,
            purchase_id=debit.purchase_id if owed else None,
            description=debit.description,
            customer_hint=hint_to_json(CustomerHint(mobile=mandate.mobile, name=mandate.name)),
            fingerprint=f"debit {debit.id}",
            pay_token=self.tokens.pop(),
            created_at=self.now,
            expires_at=self.now,
        )
        money = MoneyIn(
            method=PaymentMethod.DIRECT_DEBIT,
            provider=provider,
            place=(BookAccount.PROVIDER, str(attempt.account_id)),
            reference=attempt.reference or "",
        )
        return payment, money

    def _pending(self, debit: Debit, attempt: DebitAttempt, answer: DebitAnswer) -> None:
        attempt.state = TryState.WAITING
        attempt.failure = DebitFailure(answer.failure) if answer.failure else ""
        attempt.provider_tries = answer.tries
        debit.failure = attempt.failure
        state = DebitState.RETRY_WAIT if answer.failure else DebitState.SUBMITTED
        move_debit(debit, state, self.now + _pause(debit.doubts))
        debit.doubts += 1

    def _failed(self, debit: Debit, attempt: DebitAttempt, job: Job, failure: DebitFailure) -> None:
        self._end_try(attempt, TryState.FAILED)
        attempt.failure = debit.failure = failure
        debit.doubts = 0
        if failure is DebitFailure.MANDATE:
            self.lost.add(debit.mandate_id)
        debit.failures += 1
        ours = job.line.can.retries is Retries.PLATFORM and debit.failures < debit.max_tries
        moment = self._next_try(debit, failure) if ours else None
        if moment is None:
            give_up([debit], failure, self.now)
            # Not every provider sends word of a yes after its no: it is asked once more.
            debit.next_try_at = self.now + _DAILY if job.line.can.debit_inquiry else None
        else:
            move_debit(debit, DebitState.RETRY_WAIT, moment)
            self.waiting.append(debit)

    def _next_try(self, debit: Debit, failure: DebitFailure) -> datetime | None:
        return next_try(
            failure=failure,
            tries=debit.failures,
            give_up_at=debit.give_up_at,
            habits=self.known.habits(debit.mandate),
            now=self.now,
        )

    def _not_attempted(self, debit: Debit, attempt: DebitAttempt) -> None:
        """Nothing was moved and nothing ever will be by this try: soon there may be another."""
        self._end_try(attempt, TryState.NOT_ATTEMPTED)
        debit.doubts += 1
        pause = min(_SOON * 2 ** min(debit.doubts - 1, 8), _LATER)
        move_debit(debit, DebitState.RETRY_WAIT, self.now + pause)

    def _doubt(self, debit: Debit, attempt: DebitAttempt, job: Job) -> None:
        """It may have happened: it is asked about and never repeated."""
        if attempt.state != TryState.INTENT:
            attempt.state = TryState.UNKNOWN
        pause = _pause(debit.doubts)
        debit.doubts += 1
        if self.now >= (attempt.sent_at or attempt.started_at) + job.line.can.finality:
            pause = _DAILY
            self._alert(debit, AlertKind.DEBIT_TROUBLE, {"reason": "unknown"})
        move_debit(debit, DebitState.UNKNOWN, self.now + pause)

    def _mismatch(self, debit: Debit, attempt: DebitAttempt) -> None:
        """Money moved, but not ours to book: a person looks; nothing else is tried."""
        attempt.state = TryState.UNKNOWN
        move_debit(debit, DebitState.UNKNOWN, self.now + _DAILY)
        self._alert(debit, AlertKind.AMOUNT_MISMATCH, {"asked_rial": attempt.amount_rial})

    def _watch(self, debit: Debit, attempt: DebitAttempt, answer: DebitAnswer) -> None:
        if answer.standing in _TAKEN_BACK and debit.state == DebitState.COLLECTED:
            late = answer.standing is not DebitStanding.REFUNDED
            bring_back(debit, attempt, late=late, now=self.now)
            return
        since = self.now - (debit.collected_at or self.now)
        ahead = next((moment for moment in _WATCH if moment > since), None)
        debit.leased_until = None
        watched = debit.state == DebitState.COLLECTED and ahead is not None
        debit.next_try_at = (debit.collected_at or self.now) + ahead if watched and ahead else None

    def _closed(self, debit: Debit, attempt: DebitAttempt, job: Job, answer: DebitAnswer) -> None:
        """A try that was over: a yes after a no is money, and a person should know."""
        debit.leased_until = None
        if answer.standing is not DebitStanding.DONE:
            debit.next_try_at = None if debit.ended_at else debit.next_try_at
            return
        live = DebitAttempt.objects.filter(debit=debit, state__in=TRY_EXCLUSIVE)
        kind = AlertKind.ORPHAN if live.exists() else AlertKind.CONTRADICTION
        self._alert(debit, kind, {"reference": attempt.reference or ""})
        if kind is AlertKind.CONTRADICTION:
            self._done(debit, attempt, job, answer)

    def _end_try(self, attempt: DebitAttempt, state: TryState) -> None:
        attempt.state, attempt.ended_at = state, self.now

    def _alert(self, debit: Debit, kind: AlertKind, detail: dict[str, object]) -> None:
        raise_alert(kind=kind, source_id=debit.id, detail=detail, now=self.now)

    def _book(self) -> None:
        if self.paid:
            take_in_many(self.paid, self.now)
        for debit, (payment, _money) in zip(self.collected, self.paid, strict=True):
            debit.payment = payment

    def _announce(self) -> None:
        collected = [
            DebitCollected(
                debit_id=debit.id,
                external_id=debit.external_id,
                mandate_id=debit.mandate_id,
                customer_id=debit.customer_id,
                payment_id=payment.id,
                purchase_id=payment.purchase_id,
                amount_rial=debit.amount_rial,
                source_kind=debit.source_kind,
                source_id=debit.source_id,
                due_at=debit.due_at,
                collected_at=self.now,
            )
            for debit, (payment, _money) in zip(self.collected, self.paid, strict=True)
        ]
        waiting = [failed_event(debit, final=False) for debit in self.waiting]
        publish([*collected, *waiting], now=self.now)


def _hold(answers: Iterable[Answered]) -> tuple[dict[UUID, Debit], dict[UUID, DebitAttempt]]:
    jobs = [job for job, _answer in answers]
    debits, attempts = hold([(job.debit_id, job.attempt_id, job.kept) for job in jobs])
    for job in jobs:
        debits[job.debit_id].mandate = job.mandate
    return debits, attempts


def _note(debit: Debit, attempt: DebitAttempt, answer: DebitAnswer) -> None:
    attempt.last_outcome = answer.outcome
    debit.last_code = attempt.last_code = answer.evidence.code
    debit.last_message = attempt.last_message = answer.evidence.message
    attempt.reference = answer.reference or attempt.reference


def _pause(doubts: int) -> timedelta:
    return _DOUBT[doubts] if doubts < len(_DOUBT) else _LATER
