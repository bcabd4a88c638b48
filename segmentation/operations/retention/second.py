"""A second opinion, on demand: what Pareto/NBD foresees beside the model of every night."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id, operation
from segmentation.estimation import Foresight, NoSummitError, fit_lifetimes, patterns
from segmentation.estimation.lifetimes import purchases, staying
from segmentation.operations.retention.crowd import read_crowd
from segmentation.queries.retention import SPANS, buying_of, retention_model

_FEWEST: Final = 200


@dataclass(frozen=True, slots=True)
class Beside:
    """Purchase days that everybody together is expected to have, by either model."""

    days: int
    nightly: float
    second: float


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What the two models say of the same customers; they differ in when one may leave."""

    customers: int
    nightly_staying: float
    second_staying: float
    spans: list[Beside]


@operation
def second_opinion(*, now: datetime) -> SecondOpinion | None:
    """Estimate Pareto/NBD now and hold it beside the nightly model; nothing is kept.

    None under two hundred customers, before the first night, or where it finds no summit.
    """
    model = retention_model()
    crowd = read_crowd(business_day(now, business_by_id(active_business_id()).timezone))
    if model is None or len(crowd) < _FEWEST:
        return None
    try:
        other = fit_lifetimes(patterns(crowd.people)).model
    except NoSummitError:
        return None
    nightly = Foresight(buying_of(model), crowd.people)
    return SecondOpinion(
        customers=len(crowd),
        nightly_staying=float(nightly.staying.mean()),
        second_staying=float(staying(other, crowd.people).mean()),
        spans=[
            Beside(
                days,
                float(nightly.purchases(days).sum()),
                float(purchases(other, crowd.people, days).sum()),
            )
            for days in SPANS
        ],
    )
