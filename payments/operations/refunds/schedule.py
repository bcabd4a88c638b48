"""When to look at money on its way out again."""

from datetime import datetime, timedelta
from typing import Final

from core.calendar import TEHRAN
from payments.enums.refunds import RefundRoute
from payments.queries.rails import Rail, arrival, closed_days, rule_of

# Pauses while the provider or the bank has it; the last one goes on.
_ON_ITS_WAY: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
)
# Money that looks paid is asked about until it has stayed so for as long as banks take it back.
STAYS_AFTER: Final = timedelta(days=3)
# Longer on its way than any cycle and holiday takes: somebody should look.
OVERDUE_AFTER: Final = timedelta(days=4)
SHORT_OF_MONEY: Final = timedelta(hours=1)
BEHIND_ANOTHER: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)


def expected_by(route: str, usually: timedelta, now: datetime) -> datetime:
    """Return when money handed over now should be there: new money travels in the banks' cycles."""
    ready = now + usually
    rule = rule_of(Rail.PAYA, ready.astimezone(TEHRAN).date())
    if route in {RefundRoute.REVERSE, RefundRoute.CREDIT} or rule is None:
        return ready
    return arrival(rule, ready, closed_days())


def next_on_its_way(given_at: datetime, now: datetime) -> datetime:
    """Return the next moment to ask about an order last given at a moment, and taken in."""
    age = now - given_at
    for pause in _ON_ITS_WAY:
        if age < pause * 2:
            return now + pause
    return now + _ON_ITS_WAY[-1]


def next_while_paid(paid_at: datetime, now: datetime) -> datetime:
    """Return the next moment to see whether paid money has stayed."""
    return min(now + _DAY, max(paid_at + STAYS_AFTER, now + timedelta(minutes=1)))
