"""Logarithm of the gamma function and its first two derivatives, for arrays of positive numbers.

By recurrence to twelve and above, and Stirling's series from there: full double precision.
"""

from typing import Final

import numpy as np

from segmentation.estimation.histories import Floats

_UP: Final = 12
_HALF_LOG_TWO_PI: Final = 0.5 * float(np.log(2 * np.pi))
# Bernoulli numbers B₂, B₄, …, as the three series need them.
_LOG: Final = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)
_FIRST: Final = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760)
_SECOND: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730)


def log_gamma(x: Floats) -> Floats:
    """Return ln Γ(x)."""
    z = x + _UP
    up = np.log(_steps(x)).sum(axis=0)
    found: Floats = (z - 0.5) * np.log(z) - z + _HALF_LOG_TWO_PI + _series(_LOG, z) / z - up
    return found


def stirling_rest(x: Floats) -> Floats:
    """Return ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π), which keeps its digits however large x is."""
    z = np.maximum(x, _UP)
    found: Floats = _series(_LOG, z) / z
    low = x < _UP
    z = x[low]
    found[low] = log_gamma(z) - ((z - 0.5) * np.log(z) - z + _HALF_LOG_TWO_PI)
    return found


def digamma_rest(x: Floats) -> Floats:
    """Return the first derivative of ln Γ at x, less ln x; it too keeps its digits."""
    z = np.maximum(x, _UP)
    found: Floats = -0.5 / z - _series(_FIRST, z) / z**2
    low = x < _UP
    found[low] = digamma(x[low]) - np.log(x[low])
    return found


def digamma(x: Floats) -> Floats:
    """Return the first derivative of ln Γ."""
    z = x + _UP
    up = (1 / _steps(x)).sum(axis=0)
    found: Floats = np.log(z) - 0.5 / z - _series(_FIRST, z) / z**2 - up
    return found


def trigamma(x: Floats) -> Floats:
    """Return the second derivative of ln Γ."""
    z = x + _UP
    up = (1 / _steps(x) ** 2).sum(axis=0)
    found: Floats = 1 / z + 0.5 / z**2 + _series(_SECOND, z) / z**3 + up
    return found


def _steps(x: Floats) -> Floats:
    found: Floats = np.add.outer(np.arange(_UP), x)
    return found


def _series(terms: tuple[float, ...], z: Floats) -> Floats:
    inverse, found = 1 / z**2, np.zeros_like(z)
    for term in reversed(terms):
        found = found * inverse + term
    return found
