"""What page components show: values ready to print, so templates hold no arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

Tone = Literal["good", "bad", "amber", "brand", ""]

SPARK_WIDTH: Final = 100
SPARK_HEIGHT: Final = 32
RING_LENGTH: Final = 263.9  # circumference of the ring's radius 42


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A change in words: an arrow, a tone and a sentence, never colour alone."""

    up: bool
    good: bool | None
    text: str
    against: str = ""

    @property
    def tone(self) -> Tone:
        """Return the colour that goes with the word; none when it is neither good nor bad."""
        if self.good is None:
            return ""
        return "good" if self.good else "bad"


@dataclass(frozen=True, kw_only=True)
class Spark:
    """A small line over time, oldest first."""

    values: Sequence[float]
    tone: Tone = "brand"

    @property
    def edge(self) -> str:
        """Return SVG points of the line."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self._points())

    @property
    def area(self) -> str:
        """Return SVG points of the shape under the line."""
        return f"0,{SPARK_HEIGHT} {self.edge} {SPARK_WIDTH},{SPARK_HEIGHT}"

    def _points(self) -> list[tuple[float, float]]:
        top, low = max(self.values), min(self.values)
        reach = (top - low) or 1
        step = SPARK_WIDTH / max(len(self.values) - 1, 1)
        room = SPARK_HEIGHT - 4
        return [
            (i * step, 2 + room - (value - low) / reach * room)
            for i, value in enumerate(self.values)
        ]


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One number: its label, unit, change, note and the rows behind it."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    trend: Trend | None = None
    href: str = ""
    spark: Spark | None = None


@dataclass(frozen=True, kw_only=True)
class Meter:
    """A share drawn as a bar; `share` between 0 and 1."""

    label: str
    share: float
    text: str
    note: str = ""
    tone: Tone = "brand"

    @property
    def width(self) -> str:
        """Return the bar's length in hundredths for SVG."""
        return f"{max(0.0, min(1.0, self.share)) * 100:.1f}"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a score is what it is."""

    text: str
    good: bool


@dataclass(frozen=True, kw_only=True)
class Ring:
    """A score of 0–100 as a ring, with its reasons beside it."""

    score: int
    tone: Tone
    reasons: Sequence[Reason] = field(default_factory=tuple)

    @property
    def dash(self) -> str:
        """Return the stroke pattern that draws the score's share of the circle."""
        return f"{RING_LENGTH * self.score / 100:.1f} {RING_LENGTH}"


@dataclass(frozen=True, kw_only=True)
class HeatCell:
    """One square of the RFM picture."""

    recency: int
    frequency: int
    count: int
    text: str
    note: str
    href: str
    label: str

    @property
    def heat(self) -> int:
        """Return the colour step 1 (cold) to 5 (champions) of the square's place."""
        return round((self.recency + self.frequency) / 2 + 0.01)


@dataclass(frozen=True, kw_only=True)
class Todo:
    """Something worth doing today, with what it is worth."""

    icon: str
    tone: Tone
    title: str
    why: str
    href: str
    worth: str = ""
    worth_note: str = ""


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One line of a customer's story."""

    icon: str
    tone: Tone
    title: str
    detail: str
    end: str
    end_tone: Tone = ""
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An option of a filter or tab."""

    value: str
    label: str
    chosen: bool = False
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """An estimate with its 95 % interval on a fixed axis, drawn right to left or left to right."""

    low: float
    point: float
    high: float
    axis_low: float
    axis_high: float

    def _at(self, value: float) -> str:
        reach = (self.axis_high - self.axis_low) or 1
        return f"{(value - self.axis_low) / reach * 100:.1f}"

    @property
    def x_low(self) -> str:
        """Return the interval's low end on the axis."""
        return self._at(self.low)

    @property
    def x_high(self) -> str:
        """Return the interval's high end on the axis."""
        return self._at(self.high)

    @property
    def x_point(self) -> str:
        """Return the estimate's place on the axis."""
        return self._at(self.point)

    @property
    def x_zero(self) -> str:
        """Return the place of zero on the axis."""
        return self._at(0)
