"""The good-payer grade: a published scorecard over the business's own history, with reasons.

It says nothing of any credit bureau. Under three obligations there is no grade, only «no history».
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

FEWEST: Final = 3
# The whole scorecard: 100 points, taken off for what was late or failed, given for consent.
START: Final = 70
ON_TIME_ADDS: Final = 20
CONSENT_ADDS: Final = 10
PER_LATE_DAY: Final = 2
MOST_FOR_LATE_DAYS: Final = 40
PER_FAILED_DEBIT: Final = 5
MOST_FOR_FAILED: Final = 20
OVERDUE_NOW: Final = 30


class Reason(StrEnum):
    """Why points were given or taken."""

    ON_TIME = "on_time"
    CONSENT = "consent"
    LATE_DAYS = "late_days"
    FAILED_DEBITS = "failed_debits"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Obligation:
    """An instalment that fell due; `paid_on` is None while it is open."""

    due_on: date
    paid_on: date | None


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade of 0 to 100 with its reasons in points; `score` is None without enough history.

    `with_consent` is what it is, or would be, with a mandate in force.
    """

    score: int | None
    obligations: int
    on_time: int
    reasons: tuple[tuple[Reason, int], ...] = ()
    with_consent: int | None = None


def grade(
    obligations: Sequence[Obligation],
    *,
    failed_debits: int,
    has_consent: bool,
    grace_days: int,
    today: date,
) -> Grade:
    """Grade a customer by the published scorecard.

    An obligation within its grace is on time. Days late are the average over all obligations.
    """
    late = [_days_late(one, grace_days, today) for one in obligations]
    on_time = sum(days == 0 for days in late)
    if len(obligations) < FEWEST:
        return Grade(None, len(obligations), on_time)
    average = round(sum(late) / len(late))
    overdue = any(one.paid_on is None for one, days in zip(obligations, late, strict=True) if days)
    points = (
        (Reason.ON_TIME, ON_TIME_ADDS * on_time // len(late)),
        (Reason.CONSENT, CONSENT_ADDS if has_consent else 0),
        (Reason.LATE_DAYS, -min(PER_LATE_DAY * average, MOST_FOR_LATE_DAYS)),
        (Reason.FAILED_DEBITS, -min(PER_FAILED_DEBIT * failed_debits, MOST_FOR_FAILED)),
        (Reason.OVERDUE, -OVERDUE_NOW if overdue else 0),
    )
    score = START + sum(value for _reason, value in points)
    consenting = score if has_consent else score + CONSENT_ADDS
    reasons = tuple((reason, value) for reason, value in points if value)
    return Grade(_bounded(score), len(late), on_time, reasons, _bounded(consenting))


def _bounded(score: int) -> int:
    return max(0, min(100, score))


def _days_late(one: Obligation, grace_days: int, today: date) -> int:
    late = ((one.paid_on or today) - one.due_on).days - grace_days
    return max(late, 0)
