"""Foreseeing everybody by the model in force, in one transaction: readers see one whole run."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id, operation
from segmentation.models import CustomerOutlook, OutlookRun
from segmentation.operations.retention.crowd import Crowd, read_crowd
from segmentation.operations.retention.drops import leave_drops, lock_outlooks
from segmentation.operations.retention.keeping import keep_all, keep_some
from segmentation.operations.retention.outlooks import outlooks, rial_sum
from segmentation.queries.retention import outlook_run, retention_model

_TENTHS: Final = 10


@operation
def foresee(*, now: datetime) -> OutlookRun | None:
    """Foresee every customer of the active business; None before there is a model."""
    model = retention_model()
    if model is None:
        return None
    today = business_day(now, business_by_id(active_business_id()).timezone)
    lock_outlooks()
    last = outlook_run()
    crowd = read_crowd(today)
    columns = outlooks(crowd, model)
    since = last.as_of if last else None
    keep_all(columns, as_of=today, since=since, now=now)
    return OutlookRun.objects.create(
        model=model,
        as_of=today,
        finished_at=now,
        customers=len(crowd),
        expected_customers=float(columns["active"].sum()),
        expected_year_rial=rial_sum(columns["purchases_365"] * columns["day_rial"]),
        risk_rial=rial_sum(columns["risk_rial"]),
        tenths=np.bincount(
            np.minimum(columns["score"] // _TENTHS, _TENTHS - 1), minlength=_TENTHS
        ).tolist(),
    )


@operation
def foresee_again(*, customer_ids: Sequence[UUID], now: datetime) -> None:
    """Foresee some customers anew, as the newest run would have; nothing before the first.

    By its model and as of its day, so that its rows still speak of one day. Who has no purchases
    any more is forgotten, and that their score had dropped.
    """
    run = outlook_run()
    if run is None:
        return
    lock_outlooks()
    crowd = read_crowd(run.as_of, customer_ids)
    if len(crowd) < len(customer_ids):
        _forget_the_rest(customer_ids, crowd, now)
    if len(crowd):
        keep_some(outlooks(crowd, run.model), as_of=run.as_of, now=now)


def _forget_the_rest(customer_ids: Sequence[UUID], crowd: Crowd, now: datetime) -> None:
    known = {UUID(bytes=row.tobytes()) for row in crowd.ids}
    gone = list(set(customer_ids) - known)
    if CustomerOutlook.objects.filter(id__in=gone).delete()[0]:
        leave_drops(customer_ids=gone, now=now)


@operation
def forget_outlooks(*, customer_ids: Sequence[UUID], now: datetime) -> None:
    """Take back what was foreseen of these customers."""
    del now
    lock_outlooks()
    CustomerOutlook.objects.filter(id__in=list(customer_ids)).delete()
