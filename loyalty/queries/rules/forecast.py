"""What points of a year become: spent, gone or still owed, going by what became of the last."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from businesses.queries import business_by_id
from core.calendar import business_day, day_start
from core.tenancy import active_business_id
from loyalty.queries.sums import points_moved, points_owed

# Less history than this, or fewer points, tell nothing about what customers do with them.
_LEAST_DAYS: Final = 90
_LEAST_POINTS: Final = 1_000


def forecast(old_points: int, new_points: int, *, since: date, now: datetime) -> dict[str, Any]:
    """Return what is owed today and what would be a year on, under the old and the new rules.

    Of the points granted in the span so much was spent, so much expired; the same shares of the
    points of the coming year are taken. `enough` false: too little history to say.
    """
    zone = business_by_id(active_business_id()).timezone
    owed = points_owed(now)
    moved = points_moved(day_start(since, zone), now)
    earned = moved.earned - moved.taken_back
    days = (business_day(now, zone) - since) // timedelta(days=1)
    told: dict[str, Any] = {
        "owed_rial": owed.liability_rial,
        "earned": earned,
        "spent": moved.spent,
        "expired": moved.expired,
        "enough": earned >= _LEAST_POINTS and days >= _LEAST_DAYS,
    }
    if not told["enough"]:
        return told
    gone = min(earned, moved.spent + moved.expired)
    for name, points in (("old", old_points), ("new", new_points)):
        stays = points * (earned - gone) // earned
        told[f"{name}_owed_rial"] = owed.liability_rial + stays * owed.unit_value_rial
    return told
