"""Measures about customers: their files, proposals, decisions and appeals (C058)."""

from dashboard.web.measures.deciding import (
    measure_answer,
    measure_appeal,
    measure_decide,
    measure_lift,
    measure_new,
)
from dashboard.web.measures.showing import measure, measures

__all__ = [
    "measure",
    "measure_answer",
    "measure_appeal",
    "measure_decide",
    "measure_lift",
    "measure_new",
    "measures",
]
