"""Estimating a business's model and testing it on its own past."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id, operation
from segmentation.enums import Basis
from segmentation.estimation import (
    Bin,
    BuyingFit,
    Family,
    Foresight,
    Prior,
    SpendingFit,
    auc,
    brier,
    fit_buying,
    fit_spending,
    patterns,
    reliability,
)
from segmentation.models import RetentionModel
from segmentation.operations.retention.crowd import (
    Crowd,
    own_horizon,
    own_rate,
    read_crowd,
    read_split,
)
from segmentation.operations.retention.together import Common
from segmentation.queries.retention import buying_of, retention_model, spending_of

FEWEST: Final = 200
YOUNGEST_DAYS: Final = 182
_FEWEST_TESTED: Final = 100
_TESTED_EVERY: Final = timedelta(days=7)
_TEST: Final = (
    "basis",
    "horizon_days",
    "tested_from",
    "tested",
    "brier",
    "rule_brier",
    "auc",
    "rule_auc",
    "bin_customers",
    "bin_foreseen",
    "bin_came",
)


@dataclass(frozen=True, slots=True)
class Tested:
    """How the model and the plain rule stood the test on the past; bins are the better one's."""

    since: date
    customers: int
    brier: float
    rule_brier: float
    auc: float
    rule_auc: float
    bins: list[Bin]


@operation
def estimate_retention(*, common: Common, now: datetime) -> RetentionModel | None:
    """Estimate the active business's model; None when nobody has bought yet.

    The climb begins at the last estimate. Its test, for which all purchases are read, and the
    horizon it was made for are the last one's for a week.
    """
    today = business_day(now, business_by_id(active_business_id()).timezone)
    crowd = read_crowd(today)
    if not len(crowd):
        return None
    last = retention_model()
    start = buying_of(last) if last else None
    buying = fit_buying(patterns(crowd.people), Family.MBG, prior=common.buying, start=start)
    usual = crowd.usual_rial
    then = spending_of(last).in_units_of(usual) if last else None
    spending = fit_spending(crowd.spendings, prior=common.spending, start=then)
    return RetentionModel.objects.create(
        as_of=today,
        estimated_at=now,
        customers=len(crowd),
        log_likelihood=buying.log_likelihood,
        usual_rial=usual,
        prior=_flat(common.buying, common.spending),
        **_parameters(buying, spending, usual),
        **(_kept(last, today) or _tested(crowd, common.buying, today)),
    )


def _kept(last: RetentionModel | None, today: date) -> dict[str, Any] | None:
    """Return the figures of the last test while it is not a week old."""
    if last is None or last.tested_from is None:
        return None
    made = last.tested_from + timedelta(days=last.horizon_days + 1)
    return {name: getattr(last, name) for name in _TEST} if today < made + _TESTED_EVERY else None


def _tested(crowd: Crowd, prior: Prior, today: date) -> dict[str, Any]:
    horizon = own_horizon(crowd.people)
    return {"horizon_days": horizon, **_figures(_test(crowd, prior, horizon, today))}


def _test(crowd: Crowd, prior: Prior, horizon: int, today: date) -> Tested | None:
    """Foresee the last whole horizon from before it; None when there is too little to tell."""
    if len(crowd) < FEWEST or int(crowd.people.age.max()) < YOUNGEST_DAYS:
        return None
    cut = today - timedelta(days=horizon + 1)
    split = read_split(cut, horizon)
    if len(split.people) < _FEWEST_TESTED or split.came.all() or not split.came.any():
        return None
    fit = fit_buying(patterns(split.people), Family.MBG, prior=prior)
    foreseen = Foresight(fit.model, split.people).active(horizon)
    rule = own_rate(split.people, horizon)
    errors = brier(foreseen, split.came), brier(rule, split.came)
    return Tested(
        since=cut,
        customers=len(split.people),
        brier=errors[0],
        rule_brier=errors[1],
        auc=auc(foreseen, split.came),
        rule_auc=auc(rule, split.came),
        bins=reliability(foreseen if errors[0] < errors[1] else rule, split.came),
    )


def _parameters(buying: BuyingFit, spending: SpendingFit, usual: float) -> dict[str, Any]:
    """Return parameters, errors and evidence as they are stored: γ in rial."""
    names = ("r", "alpha_days", "a", "b", "p", "q", "gamma_rial")
    scale = np.array([1, 1, 1, 1, 1, 1, usual])
    numbers = np.concatenate((buying.model.numbers, spending.model.numbers)) * scale
    parts = [
        part.ravel()
        for evidence in (buying.evidence, spending.evidence)
        for part in (evidence.matrix, evidence.vector)
    ]
    return {
        **dict(zip(names, numbers.tolist(), strict=True)),
        "errors": (np.concatenate((buying.errors, spending.errors)) * scale).tolist(),
        "evidence": np.concatenate(parts).tolist(),
    }


def _flat(*priors: Prior) -> list[float]:
    found: list[float] = np.concatenate(
        [part for prior in priors for part in (prior.mean, prior.spread)]
    ).tolist()
    return found


def _figures(tested: Tested | None) -> dict[str, Any]:
    if tested is None:
        return {"basis": Basis.HEURISTIC}
    return {
        "basis": Basis.MODEL if tested.brier < tested.rule_brier else Basis.RULE,
        "tested_from": tested.since,
        "tested": tested.customers,
        "brier": tested.brier,
        "rule_brier": tested.rule_brier,
        "auc": tested.auc,
        "rule_auc": tested.rule_auc,
        "bin_customers": [one.people for one in tested.bins],
        "bin_foreseen": [one.foreseen for one in tested.bins],
        "bin_came": [one.came for one in tested.bins],
    }
