"""Made-up customers who buy and leave exactly as the models say."""

import numpy as np

from segmentation.estimation import Buying, Family, Histories, Spending, Spendings


def crowd(model: Buying, people: int, rng: np.random.Generator, longest: int = 700) -> Histories:
    """Return customers of many ages; times are rounded up to days, at most one purchase a day."""
    age = rng.integers(14, longest, people)
    rate = rng.gamma(model.r, 1 / model.alpha, people)
    leaving = rng.beta(model.a, model.b, people)
    repeats, last, time = np.zeros(people, int), np.zeros(people, int), np.zeros(people)
    staying = np.ones(people, bool)
    if model.family is Family.MBG:
        staying = rng.random(people) >= leaving
    here = np.flatnonzero(staying)
    while here.size:
        time[here] += rng.exponential(1 / rate[here])
        here = here[time[here] <= age[here]]
        day = np.ceil(time[here]).astype(int)
        new = here[day > last[here]]
        repeats[new] += 1
        last[here] = day
        here = here[rng.random(here.size) >= leaving[here]]
    return Histories(repeats, last, age)


def purses(model: Spending, days: np.ndarray, rng: np.random.Generator) -> Spendings:
    scale = rng.gamma(model.q, 1 / model.gamma, days.size)
    return Spendings(days, rng.gamma(model.p * days, 1 / (scale * days)))
