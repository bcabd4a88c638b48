"""A business's own manners of collecting: for debits made from now on, and for reminders."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import operation
from payments.models import DebitPolicy

MOST_REMINDERS: Final = 5
MOST_DAYS: Final = 60
MOST_HOURS: Final = 168
MOST_TRIES: Final = 16
MOST_FAILURES: Final = 12


@operation
def set_debit_policy(
    *,
    notice_hours: int,
    grace_days: int,
    max_tries: int,
    reminders: Sequence[int],
    pause_after: int,
    now: datetime,
) -> None:
    """Say how long before a debit its customer hears of it, how long and often it is tried.

    `reminders` are days after a debit was given up; none: nobody is reminded. A row of debits is
    paused when `pause_after` of them in a row were given up. Raises Problem `invalid_policy`.
    """
    _check("notice_hours", notice_hours, 0, MOST_HOURS)
    _check("grace_days", grace_days, 0, MOST_DAYS)
    _check("max_tries", max_tries, 1, MOST_TRIES)
    _check("pause_after", pause_after, 1, MOST_FAILURES)
    _check("reminders", len(reminders), 0, MOST_REMINDERS)
    for day in reminders:
        _check("reminders", day, 1, MOST_DAYS)
    rules = {
        "notice_hours": notice_hours,
        "grace_days": grace_days,
        "max_tries": max_tries,
        "reminders": sorted(set(reminders)),
        "pause_after": pause_after,
        "changed_at": now,
    }
    if not DebitPolicy.objects.update(**rules):
        DebitPolicy.objects.create(**rules)


def _check(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        words = _("This may be from %(least)s to %(most)s.") % {"least": least, "most": most}
        raise Problem(
            "invalid_policy",
            str(words),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={name: [str(words)]},
        )
