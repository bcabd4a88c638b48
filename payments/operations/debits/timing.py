"""When to try a debit again: a pure function of why it failed and what is known of its payer.

The reason decides how long; the payer's pay day and the bank's better hours decide when exactly,
where enough was seen of them. Nothing here looks at a clock or a table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from core.calendar import TEHRAN, business_day, day_start, jalali
from payments.enums.debits import DebitFailure

# Below this many tries a bank's hour says nothing; below this many days a habit is none.
LEAST_TRIES: Final = 20
LEAST_DAYS: Final = 3
# A pay day further away than this is not waited for: the money may come before.
PAY_DAY_WITHIN: Final = timedelta(days=6)
USUAL_HOUR: Final = 10
_HOURS: Final = range(7, 22)
_FINAL: Final = frozenset({DebitFailure.MANDATE, DebitFailure.ACCOUNT})
_WAIT: Final[Mapping[DebitFailure, tuple[timedelta, ...]]] = {
    DebitFailure.NO_FUNDS: (timedelta(days=1), timedelta(days=2), timedelta(days=3)),
    DebitFailure.BANK_DOWN: (timedelta(hours=1), timedelta(hours=3), timedelta(hours=12)),
    DebitFailure.CAP: (timedelta(days=1),),
    DebitFailure.OTHER: (timedelta(hours=6), timedelta(days=1), timedelta(days=2)),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Habits:
    """What history says: tries and successes of the bank by hour, and the payer's good days.

    `pay_days` counts the payer's collected debits by Jalali day of the month.
    """

    tries: Mapping[int, int] = field(default_factory=dict)
    successes: Mapping[int, int] = field(default_factory=dict)
    pay_days: Mapping[int, int] = field(default_factory=dict)


NOTHING_KNOWN: Final = Habits()


def next_try(
    *, failure: DebitFailure, tries: int, give_up_at: datetime, habits: Habits, now: datetime
) -> datetime | None:
    """Return when to try again after `tries` tries, or None when there is no use or no time."""
    if failure in _FINAL:
        return None
    waits = _WAIT[failure]
    moment = now + waits[min(tries, len(waits)) - 1 if tries else 0]
    if failure in {DebitFailure.NO_FUNDS, DebitFailure.OTHER}:
        moment = _at_best_hour(_on_pay_day(moment, failure, habits), habits, now)
    if moment <= give_up_at:
        return moment
    # One last try at the end of the grace is better than none.
    return give_up_at if give_up_at >= now + waits[0] else None


def best_hour(habits: Habits) -> int:
    """Return the hour of Tehran at which the bank collects best, the usual one when unknown."""
    rates = {
        hour: habits.successes.get(hour, 0) / habits.tries[hour]
        for hour in _HOURS
        if habits.tries.get(hour, 0) >= LEAST_TRIES
    }
    if not rates:
        return USUAL_HOUR
    return min(rates, key=lambda hour: (-rates[hour], abs(hour - USUAL_HOUR)))


def pay_day(habits: Habits) -> int | None:
    """Return the Jalali day of the month on which the payer's money mostly comes, if it does."""
    seen = sum(habits.pay_days.values())
    if seen < LEAST_DAYS:
        return None
    day, times = max(habits.pay_days.items(), key=lambda item: (item[1], -item[0]))
    return day if times * 2 > seen else None


def _on_pay_day(moment: datetime, failure: DebitFailure, habits: Habits) -> datetime:
    day = pay_day(habits)
    if failure is not DebitFailure.NO_FUNDS or day is None:
        return moment
    first = business_day(moment, TEHRAN)
    for ahead in range(PAY_DAY_WITHIN.days + 1):
        candidate: date = first + timedelta(days=ahead)
        if jalali(candidate).day == day:
            return moment + timedelta(days=ahead)
    return moment


def _at_best_hour(moment: datetime, habits: Habits, now: datetime) -> datetime:
    """Move to the best hour of the same day, or of the next when that is past."""
    start = day_start(business_day(moment, TEHRAN), TEHRAN)
    best = start + timedelta(hours=best_hour(habits))
    soon = best <= now or best < moment - timedelta(hours=12)
    return best + timedelta(days=1) if soon else best
