"""Days on which banks rest: what the business says, else Fridays and the fixed holidays."""

from datetime import date
from typing import Final

from core.calendar import jalali
from payments.models import BankHoliday

_FRIDAY: Final = 4
# Official holidays with a fixed Jalali date; those that follow the moon are the business's rows.
_FIXED: Final = frozenset(
    {(1, 1), (1, 2), (1, 3), (1, 4), (1, 12), (1, 13), (3, 14), (3, 15), (11, 22), (12, 29)}
)


def is_bank_holiday(day: date) -> bool:
    """Tell whether banks rest on a day; one query."""
    said = BankHoliday.objects.filter(day=day).values_list("is_closed", flat=True).first()
    if said is not None:
        return said
    j = jalali(day)
    return day.weekday() == _FRIDAY or (j.month, j.day) in _FIXED
