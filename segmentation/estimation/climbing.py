"""Newton's way up a smooth log-likelihood, over the logarithms of its positive parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from segmentation.estimation.histories import Floats

_MOST_STEPS: Final = 200
_LONGEST_STEP: Final = 2.0
_MOST_HALVINGS: Final = 40
_FLATTEST: Final = 1e-9
_ENOUGH_RISE: Final = 1e-4
# Half of it is what is still to be risen; the last step leaves its square.
_DONE: Final = 1e-7


class NoSummitError(ArithmeticError):
    """The likelihood keeps rising, or is no number any more: there is nothing to report."""


@dataclass(frozen=True, slots=True, eq=False)
class Slope:
    """Height, gradient and Hessian at one place."""

    height: float
    gradient: Floats
    hessian: Floats

    def __add__(self, other: "Slope") -> "Slope":
        return Slope(
            self.height + other.height,
            self.gradient + other.gradient,
            self.hessian + other.hessian,
        )

    def __sub__(self, other: "Slope") -> "Slope":
        return self + Slope(-other.height, -other.gradient, -other.hessian)


@dataclass(frozen=True, slots=True, eq=False)
class Summit:
    """Where the climb ended, what is there, and how many places were looked at."""

    place: Floats
    slope: Slope
    looks: int


def of_logs(natural: Slope, parameters: Floats) -> Slope:
    """Turn derivatives by positive parameters into derivatives by their logarithms."""
    gradient = natural.gradient * parameters
    hessian = natural.hessian * np.outer(parameters, parameters) + np.diag(gradient)
    return Slope(natural.height, gradient, hessian)


def seen_along(slope: Slope, ways: Floats) -> Slope:
    """Turn derivatives by some parameters into those by others, `ways` @ which the first are."""
    return Slope(slope.height, ways.T @ slope.gradient, ways.T @ slope.hessian @ ways)


def climb(
    look: Callable[[Floats], Slope], start: Floats, *, farthest: float = float("inf")
) -> Summit:
    """Climb from `start` until a step's rise would be nothing, and take that step blindly.

    A step goes uphill even where the Hessian bends upwards, and is halved until it rises. Where a
    logarithm is beyond `farthest` the climb ends too.
    """
    place, slope, looks = start, look(start), 1
    for _step in range(_MOST_STEPS):
        step = _uphill(slope)
        rise = float(slope.gradient @ step)
        if not np.isfinite(rise):
            break
        if rise < _DONE:
            return Summit(place + step, _after(slope, step, rise), looks)
        if float(np.abs(place).max()) > farthest:
            return Summit(place, slope, looks)
        place, slope, halvings = _rise(look, place, slope, step)
        looks += halvings
    raise NoSummitError(f"no summit after {looks} looks")


def _after(slope: Slope, step: Floats, rise: float) -> Slope:
    """Return what the parabola says of the place one more step away."""
    return Slope(slope.height + rise / 2, slope.gradient + slope.hessian @ step, slope.hessian)


def _uphill(slope: Slope) -> Floats:
    """Return Newton's step, with every direction taken as bending down, and not too long.

    In units in which each parameter alone bends by one: else the sharpest hides all others.
    """
    units = 1 / np.sqrt(np.maximum(np.abs(np.diag(slope.hessian)), 1.0))
    bends, ways = np.linalg.eigh(-slope.hessian * np.outer(units, units))
    bends = np.maximum(np.abs(bends), _FLATTEST * max(1.0, float(np.abs(bends).max())))
    step: Floats = units * (ways @ ((ways.T @ (units * slope.gradient)) / bends))
    longest = float(np.abs(step).max())
    return step * min(1.0, _LONGEST_STEP / longest) if longest > 0 else step


def _rise(
    look: Callable[[Floats], Slope], place: Floats, slope: Slope, step: Floats
) -> tuple[Floats, Slope, int]:
    """Go a step, or half of it, or a quarter …, to the first place that is high enough."""
    hoped = _ENOUGH_RISE * float(slope.gradient @ step)
    # Heights are sums of many logarithms: less than this is rounding, not a fall.
    grain = 1e-13 * abs(slope.height)
    for halvings in range(_MOST_HALVINGS):
        part = 0.5**halvings
        there = look(place + part * step)
        if there.height >= slope.height + part * hoped - grain:
            return place + part * step, there, halvings + 1
    raise NoSummitError("no step rises")
