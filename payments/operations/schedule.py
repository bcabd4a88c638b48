"""When to ask the provider again."""

from datetime import datetime, timedelta
from typing import Final

# While the buyer may still be paying: offsets from the moment they were sent to the bank, so
# that a lost return is found before the shortest window known to any provider closes.
_OPEN_MINUTES: Final = (0.5, 2, 5, 9, 15, 20, 30, 45, 60)
# While money may have moved and we could not learn it: pauses after each vain question.
_DOUBT_SECONDS: Final = (5, 15, 60, 300, 900, 3600, 6 * 3600, *[86400] * 5)

LEASE: Final = timedelta(seconds=60)
# An intent whose wire call never answered is given up after the call's own time-out is long over.
PREPARING: Final = timedelta(seconds=60)
SWEEP_EVERY: Final = timedelta(minutes=5)
SWEEP_LOOKS_BACK: Final = timedelta(days=2)
# After the last word: a provider may change it within days.
_AFTERWARDS: Final = (timedelta(hours=1), timedelta(days=1), timedelta(days=3))


def next_while_open(
    redirected_at: datetime, now: datetime, window: timedelta | None = None
) -> datetime:
    """Return the next moment to ask about a session whose buyer may still be paying.

    Somebody who pays right after a question must be found inside the provider's window, with
    time to ask again: the pauses never grow beyond half of it.
    """
    offsets = (redirected_at + timedelta(minutes=minutes) for minutes in _OPEN_MINUTES)
    planned = next((one for one in offsets if one > now), now + timedelta(hours=1))
    return min(planned, now + window / 2) if window else planned


def next_afterwards(over_at: datetime, now: datetime, final_after: timedelta) -> datetime | None:
    """Return when to see whether the provider stands by its last word; None: it is final."""
    for pause in _AFTERWARDS:
        if pause <= final_after and over_at + pause > now:
            return over_at + pause
    return None


def next_in_doubt(vain: int, now: datetime) -> datetime | None:
    """Return the next moment to ask after `vain` questions without an answer; None: a person."""
    if vain >= len(_DOUBT_SECONDS):
        return None
    return now + timedelta(seconds=_DOUBT_SECONDS[vain])
