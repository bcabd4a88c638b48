"""How many signs of a kind are more than chance, so that ordinary customers are left alone (N15).

Of `n` things each of which is a sign with the shop's usual frequency, so many signs come to
ordinary customers less than once in a thousand. Only from there on does a rule speak, whatever else
it asks.
"""

import math
from collections.abc import Iterable
from typing import Final

RARE: Final = 0.001


def least_unlikely(n: int, rate: float, rare: float = RARE) -> int:
    """Return the least k with P(k or more of n) < rare; n + 1 where even all would be no wonder."""
    if rate <= 0:
        return 1
    if rate >= 1:
        return n + 1
    tail = 0.0
    for k in range(n, -1, -1):
        tail += _chance(k, n, rate)
        if tail >= rare:
            return k + 1
    return 0


def needed(counts: Iterable[int], rate: float | None) -> list[int | None]:
    """Return the least k at each n from 0 to the largest of `counts`; None where n is no count."""
    wanted = set(counts)
    if rate is None or not wanted:
        return [None]
    return [least_unlikely(n, rate) if n in wanted else None for n in range(max(wanted) + 1)]


def _chance(k: int, n: int, rate: float) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(rate) + (n - k) * math.log1p(-rate))
