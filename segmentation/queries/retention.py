"""Reading what was estimated and what is foreseen."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import numpy as np
from django.db.models import QuerySet

from customers.queries.scoring import Known
from segmentation.enums import Basis
from segmentation.estimation import (
    Bin,
    Buying,
    Evidence,
    Family,
    Floats,
    Foresight,
    Histories,
    Spending,
)
from segmentation.models import CustomerOutlook, OutlookRun, RetentionModel

_BUYING: Final = 4
_SPENDING: Final = 3
_SOON_DAYS: Final = 90
SPANS: Final = (30, 90, 365)
_ALMOST_SURE: Final = 0.8
_WAITS: Final = (0.1, 0.5, 0.9)
_LONGEST: Final = 36_500


@dataclass(frozen=True, slots=True)
class OutlookView:
    """What is foreseen of one customer."""

    as_of: date
    score: int
    staying: float
    purchases_90: float
    day_rial: int
    worth_rial: int
    wait_days: int


@dataclass(frozen=True, slots=True)
class Soon:
    """Between which numbers a customer's purchase days of so many days lie, 8 times of 10."""

    days: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Trial:
    """How the score stood the test on the business's own past; the bins are what is used."""

    since: date
    customers: int
    brier: float
    rule_brier: float
    auc: float
    rule_auc: float
    bins: list[Bin]


@dataclass(frozen=True, slots=True)
class Night:
    """The newest night's run with the model behind it."""

    as_of: date
    customers: int
    expected_customers: float
    expected_year_rial: int
    risk_rial: int
    tenths: list[int]
    horizon_days: int
    basis: Basis
    buying: Buying
    trial: Trial | None

    @property
    def mean_score(self) -> float:
        """Return the average chance of a customer, in hundredths."""
        return 100 * self.expected_customers / self.customers if self.customers else 0.0


def retention_model() -> RetentionModel | None:
    """Return the newest estimate, or None before the first."""
    return RetentionModel.objects.order_by("-estimated_at").first()


def outlook_run() -> OutlookRun | None:
    """Return the newest night's run with its model, or None before the first."""
    return OutlookRun.objects.select_related("model").order_by("-finished_at").first()


def foreseen_by() -> str | None:
    """Return what the newest night stands on, a `Basis`; None before the first. One query."""
    newest = OutlookRun.objects.order_by("-finished_at")
    return newest.values_list("model__basis", flat=True).first()


def night() -> Night | None:
    """Return the newest night with how its model stood the trial. One query."""
    run = outlook_run()
    if run is None:
        return None
    return Night(
        as_of=run.as_of,
        customers=run.customers,
        expected_customers=run.expected_customers,
        expected_year_rial=run.expected_year_rial,
        risk_rial=run.risk_rial,
        tenths=run.tenths,
        horizon_days=run.model.horizon_days,
        basis=Basis(run.model.basis),
        buying=buying_of(run.model),
        trial=_trial(run.model),
    )


def outlook_of(customer_id: UUID) -> OutlookView | None:
    """Return what the newest run foresees of a customer, or None when it does not know them."""
    return outlooks_of([customer_id]).get(customer_id)


def outlooks_of(customer_ids: Iterable[UUID]) -> dict[UUID, OutlookView]:
    """Return the outlooks of several customers in one query."""
    rows = CustomerOutlook.objects.filter(id__in=list(customer_ids))
    return {row.customer_id: _view(row) for row in rows}


def risk_rows() -> QuerySet[CustomerOutlook]:
    """Return whom to call, with their customer, the most money at risk first.

    Not who stays almost surely: there is little to win with them, however much they buy.
    """
    rows = CustomerOutlook.objects.filter(staying__lt=_ALMOST_SURE)
    return rows.select_related("customer").order_by("-risk_level", "-risk_rial", "-id")


def soon(buying: Buying, first_on: date, last_on: date, purchase_days: int, today: date) -> Soon:
    """Return how often one customer will come in ninety days by this model."""
    history = _history(Known(first_on, last_on, purchase_days), today)
    low, high = Foresight(buying, history).interval(_SOON_DAYS)
    return Soon(_SOON_DAYS, int(low[0]), int(high[0]))


@dataclass(frozen=True, slots=True)
class Waits:
    """Days until the next purchase of who stays: half buy within `half`, 8 of 10 in between."""

    low: int
    half: int
    high: int


@dataclass(frozen=True, slots=True)
class Span:
    """What so many days are expected to bring, and between what 8 times of 10 it lies."""

    days: int
    purchases: float
    low: int
    high: int
    rial: int
    low_rial: int
    high_rial: int


def spans_of(
    model: RetentionModel, rows: Sequence[CustomerOutlook], bought: Mapping[UUID, Known]
) -> dict[UUID, list[Span]]:
    """Return what 30, 90 and 365 days from the outlook's day on bring of each. No query.

    The bounds are exact for purchase days; their rial are so many usual days of theirs.
    """
    known = [row for row in rows if row.customer_id in bought]
    if not known:
        return {}
    foresight = _foresight(model, known, bought)
    bounds = {days: foresight.interval(days) for days in SPANS}
    return {
        row.customer_id: [
            _span(row, days, int(bounds[days][0][n]), int(bounds[days][1][n])) for days in SPANS
        ]
        for n, row in enumerate(known)
    }


def waits_of(buying: Buying, bought: Known, as_of: date) -> Waits:
    """Return when somebody like this customer buys next, from a day on. No query."""
    foresight = Foresight(buying, _history(bought, as_of))
    days = [min(float(foresight.wait(share)[0]), _LONGEST) for share in _WAITS]
    return Waits(*map(math.ceil, days))


def _history(one: Known, day: date) -> Histories:
    apart = (_apart(one, one.last_on), _apart(one, day))
    return Histories(np.array([one.days - 1]), *(np.array([days]) for days in apart))


def _foresight(
    model: RetentionModel, rows: Sequence[CustomerOutlook], bought: Mapping[UUID, Known]
) -> Foresight:
    people = Histories(
        np.array([bought[row.customer_id].days - 1 for row in rows]),
        np.array(
            [_apart(bought[row.customer_id], bought[row.customer_id].last_on) for row in rows]
        ),
        np.array([_apart(bought[row.customer_id], row.as_of) for row in rows]),
    )
    return Foresight(buying_of(model), people)


def _apart(one: Known, day: date) -> int:
    return (max(day, one.last_on) - one.first_on).days


def _span(row: CustomerOutlook, days: int, low: int, high: int) -> Span:
    expected: float = getattr(row, f"purchases_{days}")
    rial = round(expected * row.day_rial)
    return Span(days, expected, low, high, rial, low * row.day_rial, high * row.day_rial)


def outlook_rows() -> QuerySet[CustomerOutlook]:
    """Return what the newest night foresees of everybody; the caller pages."""
    return CustomerOutlook.objects.all()


def buying_of(model: RetentionModel) -> Buying:
    """Return the model of buying as arithmetic takes it."""
    return Buying(Family.MBG, model.r, model.alpha_days, model.a, model.b)


def spending_of(model: RetentionModel) -> Spending:
    """Return the model of spending, in rial."""
    return Spending(model.p, model.q, model.gamma_rial)


def evidence_of(model: RetentionModel) -> tuple[Evidence, Evidence]:
    """Return what other businesses may learn from an estimate: of buying, and of spending."""
    numbers = np.array(model.evidence)
    edge = _BUYING * (_BUYING + 1)
    return _evidence(numbers[:edge], _BUYING), _evidence(numbers[edge:], _SPENDING)


def _evidence(numbers: Floats, size: int) -> Evidence:
    matrix, vector = numbers[: size * size], numbers[size * size :]
    return Evidence(matrix.reshape(size, size), vector)


def _trial(model: RetentionModel) -> Trial | None:
    if (
        model.tested_from is None
        or model.brier is None
        or model.rule_brier is None
        or model.auc is None
        or model.rule_auc is None
    ):
        return None
    bins = zip(model.bin_customers, model.bin_foreseen, model.bin_came, strict=True)
    return Trial(
        since=model.tested_from,
        customers=model.tested,
        brier=model.brier,
        rule_brier=model.rule_brier,
        auc=model.auc,
        rule_auc=model.rule_auc,
        bins=[Bin(*one) for one in bins],
    )


def _view(row: CustomerOutlook) -> OutlookView:
    return OutlookView(
        as_of=row.as_of,
        score=row.score,
        staying=row.staying,
        purchases_90=row.purchases_90,
        day_rial=row.day_rial,
        worth_rial=row.worth_rial,
        wait_days=row.wait_days,
    )
