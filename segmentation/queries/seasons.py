"""Seasons of the Iranian year as dated data, and what they do to one business (N24).

Those of the Jalali year follow its months; those of the moon are a maintained table, for they are
announced, not computed (rule R38). The last rows are the calendar office's forecast; who maintains
this corrects them when the month is announced.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.calendar import jalali
from customers.queries.days import sales_days
from segmentation.estimation.seasons import Seasonal, seasonal

LOOK_BACK: Final = timedelta(days=1_100)
_ONE: Final = timedelta(days=1)


class Season(models.TextChoices):
    """Times of the year that change what people buy."""

    BEFORE_NOWRUZ = "before_nowruz", _("Weeks before Nowruz")
    NOWRUZ = "nowruz", _("Nowruz holidays")
    MEHR = "mehr", _("Before schools begin")
    YALDA = "yalda", _("Days before Yalda night")
    RAMADAN = "ramadan", _("Ramadan")
    MUHARRAM = "muharram", _("First ten days of Muharram")


# From one Jalali (month, day) to another, both included.
_SOLAR: Final = {
    Season.BEFORE_NOWRUZ: ((12, 10), (12, 28)),
    Season.NOWRUZ: ((1, 1), (1, 13)),
    Season.MEHR: ((6, 15), (7, 5)),
    Season.YALDA: ((9, 24), (9, 30)),
}
# First and last days as they were in Iran; 2027 is a forecast.
_LUNAR: Final = {
    Season.RAMADAN: (
        ("2020-04-25", "2020-05-23"), ("2021-04-14", "2021-05-12"), ("2022-04-03", "2022-05-02"),
        ("2023-03-23", "2023-04-21"), ("2024-03-12", "2024-04-09"), ("2025-03-02", "2025-03-30"),
        ("2026-02-19", "2026-03-20"), ("2027-02-09", "2027-03-09"),
    ),
    Season.MUHARRAM: (
        ("2020-08-21", "2020-08-30"), ("2021-08-10", "2021-08-19"), ("2022-07-30", "2022-08-08"),
        ("2023-07-19", "2023-07-28"), ("2024-07-07", "2024-07-16"), ("2025-06-27", "2025-07-06"),
        ("2026-06-17", "2026-06-26"), ("2027-06-07", "2027-06-16"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """What the seasons do to a business, and whether knowing it foresees its sales better."""

    found: Seasonal

    @property
    def factors(self) -> dict[str, float]:
        """Return what each season multiplies a day's sales by."""
        named = zip(Season, self.found.factors, strict=True)
        return {one.value: float(factor) for one, factor in named}

    def quiet(self, first: date, last: date) -> list[int]:
        """Return how many whole days of sales the seasons take, summed from `first` to each day.

        Nothing where the calendar does not help: then no season excuses anybody.
        """
        days = (last - first).days + 1
        if not self.found.helps:
            return [0] * days
        table = season_table(first, days)
        shares = np.exp(table @ np.log(self.found.factors))
        taken: list[float] = np.floor(np.cumsum(np.maximum(1 - shares, 0))).tolist()
        return [int(one) for one in taken]

    @property
    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it with a night."""
        return {
            "factors": self.factors,
            "weekdays": [float(one) for one in self.found.weekdays],
            "helps": self.found.helps,
            "error": self.found.error,
            "error_without": self.found.error_without,
        }


def calendar_of(today: date) -> Calendar | None:
    """Return what the seasons do to the active business; None before a year and a month."""
    first = today - LOOK_BACK
    sums = sales_days(first, today - _ONE)
    sold = np.trim_zeros(np.array([one.purchases for one in sums], np.float64), "f")
    begun = today - timedelta(days=sold.size)
    found = seasonal(sold, begun.weekday(), season_table(begun, sold.size))
    return Calendar(found) if found is not None else None


def season_table(first: date, days: int) -> Any:
    """Return one row a day and one column a season: 1 where the day is in it."""
    rows = [[float(one in seasons_of(first + n * _ONE)) for one in Season] for n in range(days)]
    return np.array(rows).reshape(days, len(Season))


def seasons_of(day: date) -> Sequence[Season]:
    """Return the seasons a day is in."""
    found = jalali(day)
    place, iso = (found.month, found.day), day.isoformat()
    solar = [one for one, (start, end) in _SOLAR.items() if start <= place <= end]
    lunar = [
        one for one, times in _LUNAR.items() if any(start <= iso <= end for start, end in times)
    ]
    return [*solar, *lunar]
