"""Good customers whose next purchase was foreseen and did not come (C070)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db import connection

from core.database.columns import read_columns
from core.tenancy import active_business_id
from customers.queries.scoring import SCORING_DAYS, SCORING_HISTORIES, whom
from segmentation.enums import Basis
from segmentation.estimation.awaited import FAR_SHARE, WINDOW_DAYS, WINDOWS, Passed
from segmentation.models import RetentionModel

# How often and how much they buy, whenever they came last: best two fifths of both.
GOOD_MARK: Final = 4
# A first and a second day tell a rhythm of nobody.
_LEAST_REPEATS: Final = 2
_GOOD: Final = """
SELECT id FROM segmentation_customerscore
WHERE business_id = %(business)s AND f >= %(good)s AND m >= %(good)s
"""
# Whole days from a purchase day to its far bound; nobody waits for a number too large to be one.
_WAIT: Final = """
ceil((%(alpha)s::float8 + {days})
     * (power((1 - %(share)s)::float8, -least(1 / (%(r)s::float8 + d.repeats), 15)) - 1))
"""
_PASSED: Final = f"""
SELECT repeats::int4, age::int4, past::int4 AS part,
       (next_on IS NULL OR next_on > %(today)s::date - past * %(window)s)::int4 AS away
FROM (
    SELECT d.repeats, d.age, d.next_on,
           div((%(today)s::date - d.local_date - {_WAIT.format(days="d.age")} - 1)::numeric,
               %(window)s)::int AS past
    FROM ({SCORING_DAYS.format(whose=_GOOD)}) AS d
    WHERE d.repeats >= %(least)s
      AND %(today)s::date - d.local_date - {_WAIT.format(days="d.age")}
          BETWEEN 1 AND %(window)s * %(windows)s
) AS bounds
"""  # noqa: S608 - the parts are constants
_KINDS: Final = {"repeats": "int4", "age": "int4", "part": "int4", "away": "int4"}
_AWAY: Final = f"""
SELECT d.customer_id, d.age - d.last AS quiet, {_WAIT.format(days="d.last")}::int AS wait,
       coalesce(o.worth_rial, 0) AS worth, count(*) OVER () AS people
FROM ({SCORING_HISTORIES}) AS d
LEFT JOIN segmentation_customeroutlook o
     ON o.business_id = %(business)s AND o.id = d.customer_id
WHERE d.customer_id IN ({_GOOD}) AND d.repeats >= %(least)s
  AND d.age - d.last - {_WAIT.format(days="d.last")} BETWEEN 1 AND %(window)s
ORDER BY worth DESC, d.customer_id LIMIT %(most)s
"""  # noqa: S608 - the parts are constants


@dataclass(frozen=True, slots=True)
class Missed:
    """A good customer who was expected until `expected_on` and has not come since `last_on`."""

    customer_id: UUID
    last_on: date
    expected_on: date
    worth_rial: int


@dataclass(frozen=True, slots=True)
class Away:
    """The dearest of those whose bound passed in the last days, and how many they are."""

    people: int
    rows: list[Missed]


def is_told(model: RetentionModel | None) -> bool:
    """Tell whether the model foresaw this business's past better than the plain rule did."""
    return model is not None and model.basis == Basis.MODEL


def passed_bounds(model: RetentionModel, today: date) -> Passed:
    """Return the far bounds of good customers that passed in the last windows. One query."""
    found = read_columns(_PASSED, _values(model, today) | {"windows": WINDOWS}, _KINDS)
    repeats, age, part = (found[name].astype(np.int64) for name in ("repeats", "age", "part"))
    return Passed(repeats, age, part, found["away"] > 0)


def who_is_away(model: RetentionModel, today: date, *, most: int) -> Away:
    """Return who passed theirs within the last window and has not come. One query."""
    values = _values(model, today) | whom(None) | {"most": most}
    with connection.cursor() as cursor:
        cursor.execute(_AWAY, values)
        found = cursor.fetchall()
    rows = []
    for customer_id, quiet, wait, worth, _people in found:
        last_on = today - timedelta(days=quiet)
        rows.append(Missed(customer_id, last_on, last_on + timedelta(days=wait), worth))
    return Away(found[0][-1] if found else 0, rows)


def _values(model: RetentionModel, today: date) -> dict[str, Any]:
    return {
        "business": active_business_id(),
        "today": today,
        "good": GOOD_MARK,
        "least": _LEAST_REPEATS,
        "alpha": model.alpha_days,
        "r": model.r,
        "share": FAR_SHARE,
        "window": WINDOW_DAYS,
    }
