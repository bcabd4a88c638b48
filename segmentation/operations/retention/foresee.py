"""Foreseeing everybody by the model in force, in one transaction: readers see one whole run."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from businesses.queries import business_by_id
from core.calendar import business_day
from core.database.columns import Columns, write_columns
from core.tenancy import active_business_id, operation
from segmentation.enums import Basis
from segmentation.estimation import Floats, Foresight, Whole
from segmentation.models import CustomerOutlook, OutlookRun, RetentionModel
from segmentation.operations.retention.crowd import Crowd, own_rate, read_crowd
from segmentation.queries.retention import buying_of, retention_model, spending_of

# What is bought in a year, week by week, at 15 % a year.
_WEEKS: Final = 52
_WEEKLY: Final = 1.15 ** (1 / _WEEKS) - 1
_LONGEST_WAIT: Final = 3650
_LONG: Final = 365
_TENTHS: Final = 10

_KINDS: Final = {
    "id": "uuid",
    "score": "int2",
    "staying": "float8",
    "purchases_30": "float8",
    "purchases_90": "float8",
    "purchases_365": "float8",
    "day_rial": "int8",
    "worth_rial": "int8",
    "risk_rial": "int8",
    "wait_days": "int4",
}
_NAMES: Final = [name for name in _KINDS if name != "id"]
_LISTED: Final = ", ".join(_NAMES)
_WRITE: Final = f"""
INSERT INTO segmentation_customeroutlook (id, business_id, customer_id, as_of, {_LISTED})
SELECT id, %(business)s, id, %(as_of)s, {_LISTED} FROM pg_temp.foreseen
ON CONFLICT (business_id, id) DO UPDATE SET
    as_of = excluded.as_of, {", ".join(f"{name} = excluded.{name}" for name in _NAMES)}
"""  # noqa: S608 - the parts are constants
# Who is not foreseen has no purchases of their own any more: merged, or erased.
_GONE: Final = """
DELETE FROM segmentation_customeroutlook o
WHERE o.business_id = %(business)s AND NOT EXISTS (SELECT FROM pg_temp.foreseen f WHERE f.id = o.id)
"""
_DROP: Final = "DROP TABLE pg_temp.foreseen"
# Who is erased meanwhile waits, so that no run brings them back.
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(business)s::text || ':outlook', 0))"


@operation
def foresee(*, now: datetime) -> OutlookRun | None:
    """Foresee every customer of the active business; None before there is a model."""
    model = retention_model()
    if model is None:
        return None
    today = business_day(now, business_by_id(active_business_id()).timezone)
    _run(_LOCK)
    crowd = read_crowd(today)
    columns = _columns(crowd, model)
    _write(columns, today)
    return OutlookRun.objects.create(
        model=model,
        as_of=today,
        finished_at=now,
        customers=len(crowd),
        expected_customers=float(columns.pop("active").sum()),
        expected_year_rial=_rial_sum(columns["purchases_365"] * columns["day_rial"]),
        risk_rial=_rial_sum(columns["risk_rial"]),
        tenths=np.bincount(
            np.minimum(columns["score"] // _TENTHS, _TENTHS - 1), minlength=_TENTHS
        ).tolist(),
    )


@operation
def forget_outlooks(*, customer_ids: Sequence[UUID], now: datetime) -> None:
    """Take back what was foreseen of these customers."""
    del now
    _run(_LOCK)
    CustomerOutlook.objects.filter(id__in=list(customer_ids)).delete()


def _columns(crowd: Crowd, model: RetentionModel) -> Columns:
    foresight = Foresight(buying_of(model), crowd.people)
    by_rule = model.basis == Basis.RULE
    days = model.horizon_days
    active = own_rate(crowd.people, days) if by_rule else foresight.active(days)
    year = foresight.purchases(_LONG)
    day = _day(crowd, model)
    weeks = foresight.worth(steps=_WEEKS, step_days=7, discount=_WEEKLY)
    return {
        "id": crowd.ids,
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


def _day(crowd: Crowd, model: RetentionModel) -> Floats:
    """Return what each is expected to spend on a day; the usual where no mean exists."""
    spendings = crowd.spendings
    expected = spending_of(model).expected(
        type(spendings)(spendings.days, spendings.mean * crowd.usual_rial)
    )
    known = np.isfinite(expected) & (expected > 0)
    found: Floats = np.where(known, expected, model.usual_rial)
    return found


def _rial(amounts: Floats) -> Whole:
    return np.maximum(np.rint(amounts), 0).astype(np.int64)


def _rial_sum(amounts: NDArray[Any]) -> int:
    return round(float(amounts.sum()))


def _write(columns: Columns, today: date) -> None:
    write_columns("foreseen", {name: columns[name] for name in _KINDS}, _KINDS)
    for statement in (_WRITE, _GONE, _DROP):
        _run(statement, as_of=today)


def _run(sql: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id(), **values})
