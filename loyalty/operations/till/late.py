"""What a device did without a network: row by row, in its own order, each in its own commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import translation

from businesses.operations import locked_device
from core.errors import Problem
from core.tenancy import acting_for
from loyalty.enums import TillState
from loyalty.models import TillTransaction
from loyalty.operations.till.carry_out import begun, carry_out
from loyalty.operations.till.values import Accrual, Act, Lateness, digest_of

MOST_LATE: Final = 200
# Clocks that differ by less are believed.
TOLERATED: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateAct:
    """Something a device did, with its place in the device's row and the device's time."""

    act: Act
    sequence: int
    device_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LateResult:
    """What became of one of them. Without a row it is to be sent again (`problem` says why)."""

    late: LateAct
    row: TillTransaction | None
    replayed: bool = False
    problem: Problem | None = None


def take_in_late(
    *,
    business_id: UUID,
    device_id: UUID,
    acts: Sequence[LateAct],
    sent_at: datetime,
    now: datetime,
) -> list[LateResult]:
    """Carry out what a device did while it had no network; one result each, in the order sent.

    Runs outside any scope; a run that dies has done what it committed, and the same batch again is
    told the same. The device's sequence decides the order. Its clock is corrected by how far it is
    off when it sends, and never runs backwards. What does not fit is kept for a person to see.
    """
    results: dict[int, LateResult] = {}
    last = None
    for place in sorted(range(len(acts)), key=lambda one: (acts[one].sequence, one)):
        late = _dated(acts[place], sent_at, last, now)
        last = late.happened_at
        results[place] = _taken_in(business_id, device_id, acts[place], late, now)
    return [results[place] for place in range(len(acts))]


def _dated(act: LateAct, sent_at: datetime, last: datetime | None, now: datetime) -> Lateness:
    skew = now - sent_at
    wrong = abs(skew) > TOLERATED
    at = act.device_at + skew if wrong else act.device_at
    happened = min(max(at, last) if last else at, now)
    return Lateness(
        sequence=act.sequence,
        device_at=act.device_at,
        skew_s=round(skew.total_seconds()),
        happened_at=happened,
        clock_was_wrong=wrong or at > now + TOLERATED,
    )


def _taken_in(
    business_id: UUID, device_id: UUID, act: LateAct, late: Lateness, now: datetime
) -> LateResult:
    try:
        with acting_for(business_id, durable=True):
            told = carry_out(device_id=device_id, act=act.act, now=now, late=late)
    except Problem as problem:
        if not _is_final(problem):
            return LateResult(late=act, row=None, problem=problem)
        with acting_for(business_id, durable=True):
            return _kept(device_id, act, late, problem, now)
    return LateResult(late=act, row=told.row, replayed=told.replayed)


def _is_final(problem: Problem) -> bool:
    """Tell whether the same again would be refused again: a device, or we, may be off for now."""
    passing = problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return not passing and problem.code not in {"device_off", "not_found"}


def _kept(
    device_id: UUID, act: LateAct, late: Lateness, problem: Problem, now: datetime
) -> LateResult:
    """Write down what did not fit, once, with what it was worth."""
    locked_device(device_id)
    row = begun(device_id, act.act, late, now)
    row.said = digest_of(act.act)
    if problem.code == "transaction_conflict":
        # The number is another's; the content tells this one apart, so that it is kept once.
        row.number = f"{row.number} ≠ {bytes(row.said).hex()[:8]}"
    known = TillTransaction.objects.filter(device=device_id, number=row.number).first()
    if known is not None:
        return LateResult(late=act, row=known, replayed=True)
    with translation.override(settings.LANGUAGE_CODE):
        row.why = str(problem.detail)
    row.state, row.problem = TillState.REFUSED, problem.code
    row.total_rial = _worth(act.act)
    row.save(force_insert=True)
    return LateResult(late=act, row=row)


def _worth(act: Act) -> int:
    if not isinstance(act, Accrual):
        return 0
    return max(0, sum(tender.amount_rial for tender in act.tenders))
