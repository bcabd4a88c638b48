"""How a sum is split into instalments: no interest, whole rials, Jalali months from an anchor."""

from dataclasses import dataclass
from datetime import date

from core.calendar import add_months, jalali

_STEP_RIAL = 10_000


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment to come."""

    number: int
    due_on: date
    amount_rial: int


def split(credit_rial: int, count: int, first_due_on: date) -> tuple[Due, ...]:
    """Return `count` instalments of `credit_rial`; the parts sum to it exactly.

    All but the first are equal and round to a thousand toman where the sum allows; the first
    carries what rounding leaves. The day of the month is the first one's, never drifting: a
    shorter month ends on its last day. Raises ValueError for no instalments or too little money.
    """
    if count < 1 or credit_rial < count:
        raise ValueError(f"{credit_rial} rial in {count} parts")
    even = credit_rial // count
    usual = even - even % _STEP_RIAL if even >= _STEP_RIAL else even
    first = credit_rial - usual * (count - 1)
    anchor_day = jalali(first_due_on).day
    return tuple(
        Due(
            number=n + 1,
            due_on=add_months(first_due_on, n, anchor_day=anchor_day),
            amount_rial=usual if n else first,
        )
        for n in range(count)
    )
