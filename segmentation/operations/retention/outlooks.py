"""What a model says of each of a crowd, in the columns it is kept in."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.database.columns import Columns
from segmentation.enums import Basis
from segmentation.estimation import Floats, Foresight, Whole
from segmentation.models import RetentionModel
from segmentation.operations.retention.crowd import Crowd, own_rate
from segmentation.queries.retention import buying_of, spending_of

# What is bought in a year, week by week, at 15 % a year.
_WEEKS: Final = 52
_WEEKLY: Final = 1.15 ** (1 / _WEEKS) - 1
_LONGEST_WAIT: Final = 3650
_LONG: Final = 365


def outlooks(crowd: Crowd, model: RetentionModel) -> Columns:
    """Return a column of each kept figure.

    And two more: `active`, the chance to come, not rounded, and the customer's `age` in days.
    """
    foresight = Foresight(buying_of(model), crowd.people)
    by_rule = model.basis == Basis.RULE
    days = model.horizon_days
    active = own_rate(crowd.people, days) if by_rule else foresight.active(days)
    year = foresight.purchases(_LONG)
    day = _day(crowd, model)
    weeks = foresight.worth(steps=_WEEKS, step_days=7, discount=_WEEKLY)
    return {
        "id": crowd.ids,
        "age": crowd.people.age,
        "active": active,
        "score": np.rint(100 * active).astype(np.int64),
        "staying": foresight.staying,
        "purchases_30": np.maximum(foresight.purchases(30), 0),
        "purchases_90": np.maximum(foresight.purchases(90), 0),
        "purchases_365": np.maximum(year, 0),
        "day_rial": _rial(day),
        "worth_rial": _rial(weeks * day),
        # What a year would bring, as far as it is open whether they have left: who surely
        # stays is not at risk, who surely left is not any more.
        "risk_rial": _rial(year * day * (1 - foresight.staying)),
        "wait_days": np.minimum(np.ceil(foresight.median_wait()), _LONGEST_WAIT),
    }


def rial_sum(amounts: NDArray[Any]) -> int:
    """Return a sum in whole rial."""
    return round(float(amounts.sum()))


def _day(crowd: Crowd, model: RetentionModel) -> Floats:
    """Return what each is expected to spend on a day; the usual where no mean exists."""
    expected = spending_of(model).expected(crowd.spendings_in_rial)
    known = np.isfinite(expected) & (expected > 0)
    found: Floats = np.where(known, expected, model.usual_rial)
    return found


def _rial(amounts: Floats) -> Whole:
    return np.maximum(np.rint(amounts), 0).astype(np.int64)
