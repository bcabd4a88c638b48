"""How sure a score is: 95 % intervals that stay honest for small and one-sided samples."""

import math
from dataclasses import dataclass
from typing import Final

Z: Final = 1.959963984540054
# Adjusted Wald (+3): three more answers, ¾ on each end, before the usual formula. The plain one
# claims certainty where everybody said the same.
_ADDED_EACH: Final = 0.75
_ADDED: Final = 3


@dataclass(frozen=True, slots=True)
class Interval:
    """A score with the bounds of its 95 % interval, all in the score's own unit."""

    score: float
    low: float
    high: float


def nps(promoters: int, passives: int, detractors: int) -> Interval:
    """Return the net promoter score, −100 to 100. Needs at least one answer."""
    n = promoters + passives + detractors
    score = 100 * (promoters - detractors) / n
    p = (promoters + _ADDED_EACH) / (n + _ADDED)
    d = (detractors + _ADDED_EACH) / (n + _ADDED)
    half = Z * math.sqrt((p + d - (p - d) ** 2) / (n + _ADDED))
    return Interval(score, max(100 * (p - d - half), -100.0), min(100 * (p - d + half), 100.0))


def share(part: int, n: int) -> Interval:
    """Return part/n as a ratio 0 to 1 with Wilson's interval. Needs at least one."""
    p = part / n
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    low = 0.0 if part == 0 else centre - half
    high = 1.0 if part == n else centre + half
    return Interval(p, low, high)
