"""The CDNOW customers as the literature counts them: calibration until 30 September 1997."""

import csv
import gzip
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from segmentation.estimation import Floats, Histories, Spendings, Whole

FILE = Path(__file__).parents[2] / "data" / "cdnow_calibration.csv.gz"
WEEK = 7
HOLDOUT_DAYS = 39 * WEEK


@dataclass(frozen=True, eq=False)
class Cohort:
    people: Histories
    spendings: Spendings
    held_out: Whole

    @property
    def came(self):
        return self.held_out > 0


@cache
def rows() -> dict[str, Whole]:
    with gzip.open(FILE, "rt") as file:
        read = list(csv.DictReader(file))
    return {name: np.array([int(row[name] or 0) for row in read]) for name in read[0]}


@cache
def master() -> Cohort:
    return _cohort(np.arange(rows()["repeats"].size))


@cache
def sample() -> Cohort:
    """Return the 2,357 of the one-tenth sample in the order of their numbers, 1 first."""
    ids = rows()["sample_id"]
    return _cohort(np.argsort(ids, kind="stable")[ids.size - np.count_nonzero(ids) :])


def _cohort(chosen: Whole) -> Cohort:
    table = {name: column[chosen] for name, column in rows().items()}
    repeats = table["repeats"]
    dollars: Floats = table["repeat_cents"] / 100 / np.maximum(repeats, 1)
    people = Histories(repeats, table["last"], table["age"])
    return Cohort(people, Spendings(repeats, dollars), table["holdout_days"])
