"""Taking up due debits: a lease, the checks under lock, and the intents, before any wire.

Two commits whatever the number of debits of one business: the claim, then the intents.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from core.tenancy import acting_for
from payments.enums.debits import (
    DEBIT_OPEN,
    TRY_EXCLUSIVE,
    TRY_OPEN,
    DebitFailure,
    DebitState,
    MandateState,
    TryState,
)
from payments.models import Debit, DebitAttempt, Mandate, ProviderAccount
from payments.operations.debits.caps import Meter, meter
from payments.operations.debits.create import move_debit
from payments.operations.debits.held import Kept
from payments.operations.debits.line import DebitLine, debit_line, signed
from payments.operations.debits.outcome import give_up, write_debits
from payments.operations.rows import RowMaker, RowReader
from payments.providers.contract import DebitOrder, Retries

# Longer than a whole batch may take on the wire; then the debit is asked about, not sent again.
LEASE: Final = timedelta(minutes=10)
_A_DAY: Final = timedelta(days=1)

# Where the token stands in the path of a message.
_PLACE: Final = "TOKEN"
_TRIES: Final = RowMaker(DebitAttempt)
_MANDATES: Final = RowReader(
    Mandate,
    """r.id IN (
    SELECT d.mandate_id FROM payments_debit d
    WHERE d.business_id = (SELECT %(business)s::uuid) AND d.id = ANY(%(debits)s)
) ORDER BY r.id FOR UPDATE OF r""",
    debits="uuid[]",
)
_DEBITS: Final = RowReader(
    Debit, "r.id = ANY(%(debits)s) ORDER BY r.id FOR UPDATE OF r", debits="uuid[]"
)
_LIVE: Final = RowReader(
    DebitAttempt,
    f"r.debit_id = ANY(%(debits)s) AND r.state IN {tuple(map(str, TRY_EXCLUSIVE))}",
    debits="uuid[]",
)

# Materialised: inside a join the choice would run again for every row and pass its limit.
_CLAIM: Final = """
WITH due AS MATERIALIZED (
    SELECT business_id, id FROM payments_debit
    WHERE next_try_at <= %(now)s
    ORDER BY next_try_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE payments_debit d SET leased_until = %(until)s, next_try_at = %(until)s
FROM due
WHERE d.business_id = due.business_id AND d.id = due.id
RETURNING d.business_id, d.id
"""


class Step(StrEnum):
    """What a job does on the wire."""

    OPEN = "open"
    SEND = "send"
    ASK = "ask"


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One try of a debit, committed and ready for the wire.

    `may_resend`: the mandate is in force, so the very same order may be said again to a provider
    that knows our key and says it never heard of it.
    """

    line: DebitLine
    mandate: Mandate = field(repr=False)
    debit_id: UUID
    attempt_id: UUID
    step: Step
    order: DebitOrder = field(repr=False)
    reference: str = ""
    may_resend: bool = False
    kept: Kept | None = field(default=None, repr=False)

    def opened(self, authority: str) -> "Job":
        """Return the job after its session was opened and kept."""
        return replace(self, step=Step.SEND, order=replace(self.order, authority=authority))


def claim_due(*, now: datetime, limit: int) -> dict[UUID, list[UUID]]:
    """Lease due debits of all businesses; run under the worker role, outside any scope."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "until": now + LEASE, "limit": limit})
        found: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for business_id, debit_id in cursor.fetchall():
            found[business_id].append(debit_id)
    return found


def intend(*, business_id: UUID, debit_ids: Sequence[UUID], now: datetime) -> list[Job]:
    """Commit what shall happen to leased debits of one business and return the wire's jobs."""
    with acting_for(business_id, durable=True):
        return _Plan(now).jobs(debit_ids)


@dataclass(slots=True)
class _Plan:
    """Goes through debits one by one, all rows locked: mandates first, then debits."""

    now: datetime
    accounts: dict[UUID, ProviderAccount] = field(default_factory=dict)
    lines: dict[UUID, DebitLine] = field(default_factory=dict)
    fresh: list[DebitAttempt] = field(default_factory=list)
    found: list[Job] = field(default_factory=list)

    def jobs(self, debit_ids: Sequence[UUID]) -> list[Job]:
        mandates = {row.id: row for row in _MANDATES.read(debits=debit_ids)}
        self.accounts = ProviderAccount.objects.in_bulk(
            {mandate.account_id for mandate in mandates.values()}
        )
        # Locked in the order everybody locks them, gone through in the order they are due.
        debits = sorted(_DEBITS.read(debits=debit_ids), key=lambda debit: (debit.due_at, debit.id))
        live = {attempt.debit_id: attempt for attempt in _LIVE.read(debits=debit_ids)}
        over = [debit.id for debit in debits if debit.ended_at and debit.id not in live]
        if over:
            tries = DebitAttempt.objects.filter(debit_id__in=over).order_by("number")
            live |= {attempt.debit_id: attempt for attempt in tries}
        gauge = meter(list(mandates.values()), self.now)
        for debit in debits:
            debit.mandate = mandates[debit.mandate_id]
            self._take(debit, live.get(debit.id), gauge)
        begun = _TRIES.add(self.fresh)
        written = write_debits(debits)
        for job in self.found:
            if job.kept:
                job.kept.attempt_version, job.kept.debit_version = begun, written
        return self.found

    def _take(self, debit: Debit, attempt: DebitAttempt | None, gauge: Meter) -> None:
        if attempt is not None:
            self._go_on(debit, attempt)
        elif debit.state not in DEBIT_OPEN:
            debit.next_try_at = debit.leased_until = None
        elif self._may_try(debit, gauge):
            gauge.take(debit.mandate, debit.amount_rial)
            self._begin(debit, gauge.today)

    def _go_on(self, debit: Debit, attempt: DebitAttempt) -> None:
        """A try under way is asked about; only one that never got its session is opened again."""
        active = self._in_force(debit.mandate)
        if attempt.state == TryState.INTENT and active:
            self._add(debit, attempt, Step.OPEN)
        elif attempt.state == TryState.INTENT:
            attempt.state, attempt.ended_at = TryState.NOT_ATTEMPTED, self.now
            attempt.save(update_fields=["state", "ended_at"])
            self._without_mandate(debit)
        elif self._line(debit.mandate).can.debit_inquiry:
            # What is over is only looked at: said again it would be a second order.
            again = active and attempt.state in TRY_OPEN
            self._add(debit, attempt, Step.ASK, may_resend=again)
        else:
            debit.next_try_at = debit.leased_until = None

    def _may_try(self, debit: Debit, gauge: Meter) -> bool:
        if not self._in_force(debit.mandate):
            self._without_mandate(debit)
            return False
        if self.now > debit.give_up_at:
            give_up([debit], DebitFailure(debit.failure or DebitFailure.OTHER), self.now)
            return False
        refused = gauge.refusal(debit.mandate, debit.amount_rial)
        if refused is None:
            return True
        debit.last_code, debit.last_message = refused.cap, ""
        debit.failure = DebitFailure.CAP
        self._wait(debit, refused.opens_at)
        return False

    def _without_mandate(self, debit: Debit) -> None:
        suspended = debit.mandate.state == MandateState.SUSPENDED
        debit.failure = DebitFailure.MANDATE
        self._wait(debit, self.now + _A_DAY if suspended else None)

    def _wait(self, debit: Debit, until: datetime | None) -> None:
        if until is None or until > debit.give_up_at:
            give_up([debit], DebitFailure(debit.failure), self.now)
        else:
            move_debit(debit, DebitState.RETRY_WAIT, until)

    def _in_force(self, mandate: Mandate) -> bool:
        return (
            mandate.state == MandateState.ACTIVE
            and mandate.starts_at <= self.now < mandate.expires_at
        )

    def _begin(self, debit: Debit, today: date) -> None:
        line = self._line(debit.mandate)
        debit.tries += 1
        attempt = _TRIES.new(
            debit_id=debit.id,
            mandate_id=debit.mandate_id,
            account_id=line.account_id,
            number=debit.tries,
            amount_rial=debit.amount_rial,
            day=today,
            adapter_version=line.adapter.version,
            started_at=self.now,
        )
        attempt.key = str(attempt.id)
        if not line.can.opens_first:
            attempt.state, attempt.sent_at = TryState.SENT, self.now
        self.fresh.append(attempt)
        debit.state, debit.notice_at = DebitState.SUBMITTED, None
        step = Step.OPEN if line.can.opens_first else Step.SEND
        self._add(debit, attempt, step, kept=Kept(debit, attempt))

    def _add(
        self,
        debit: Debit,
        attempt: DebitAttempt,
        step: Step,
        *,
        may_resend: bool = False,
        kept: Kept | None = None,
    ) -> None:
        line = self._line(debit.mandate)
        by_provider = line.can.retries is Retries.PROVIDER
        order = DebitOrder(
            key=attempt.key,
            mandate=signed(debit.mandate),
            amount_rial=attempt.amount_rial,
            description=debit.description or debit.external_id,
            due_at=attempt.started_at,
            max_tries=debit.max_tries if by_provider else 1,
            notify_url=_notify_url(debit.mandate),
            authority=attempt.authority,
        )
        self.found.append(
            Job(
                line=line,
                mandate=debit.mandate,
                debit_id=debit.id,
                attempt_id=attempt.id,
                step=step,
                order=order,
                reference=attempt.reference or "",
                may_resend=may_resend and line.can.idempotent,
                kept=kept,
            )
        )

    def _line(self, mandate: Mandate) -> DebitLine:
        if mandate.account_id not in self.lines:
            self.lines[mandate.account_id] = debit_line(self.accounts[mandate.account_id])
        return self.lines[mandate.account_id]


def _notify_url(mandate: Mandate) -> str:
    return f"{settings.BASE_URL}{_event_path()}".replace(_PLACE, mandate.callback_token)


@lru_cache(maxsize=1)
def _event_path() -> str:
    """Return the path of a message about a debit, looked up once and not once a debit."""
    return reverse("payments:debit-event", args=[_PLACE])
