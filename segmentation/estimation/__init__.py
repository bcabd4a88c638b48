"""How customers buy, leave and spend: estimated and foreseen, in arrays and arithmetic alone."""

from segmentation.estimation.buying import Buying, BuyingFit, Family, fit_buying
from segmentation.estimation.checking import (
    Bin,
    auc,
    better_by,
    brier,
    calibration_error,
    reliability,
)
from segmentation.estimation.climbing import NoSummitError
from segmentation.estimation.foresight import Foresight
from segmentation.estimation.histories import (
    Floats,
    Histories,
    ImpossibleHistoryError,
    Patterns,
    Whole,
    patterns,
)
from segmentation.estimation.lifetimes import Lifetimes, LifetimesFit, fit_lifetimes
from segmentation.estimation.priors import Evidence, Prior, pooled
from segmentation.estimation.spending import Spending, SpendingFit, Spendings, fit_spending

__all__ = [
    "Bin",
    "Buying",
    "BuyingFit",
    "Evidence",
    "Family",
    "Floats",
    "Foresight",
    "Histories",
    "ImpossibleHistoryError",
    "Lifetimes",
    "LifetimesFit",
    "NoSummitError",
    "Patterns",
    "Prior",
    "Spending",
    "SpendingFit",
    "Spendings",
    "Whole",
    "auc",
    "better_by",
    "brier",
    "calibration_error",
    "fit_buying",
    "fit_lifetimes",
    "fit_spending",
    "patterns",
    "pooled",
    "reliability",
]
