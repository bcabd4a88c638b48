"""A customer's way through the segments, drawn over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from dashboard.web import words
from dashboard.web.people import segment_label
from segmentation.enums import Segment
from segmentation.queries import moves_of

_LISTED: Final = 5
_WIDTH: Final = 100
_HEIGHTS: Final = {segment.value: place for place, segment in enumerate(Segment)}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One move: the segment it led to, its colour and its day."""

    label: str
    tone: str
    day: str


@dataclass(frozen=True, kw_only=True)
class Way:
    """The line of all moves, oldest first, and the newest ones as rows."""

    points: str
    bottom: int
    first: str
    steps: list[Step]


def way_of(customer_id: UUID, today: date) -> dict[str, Any]:
    """Return the way for the customer's page; nothing before the first move. One query."""
    moves = moves_of(customer_id)
    if not moves:
        return {"way": None}
    rows = [(move.on, move.after) for move in reversed(moves)]
    return {
        "way": Way(
            points=_points(rows, today),
            bottom=len(_HEIGHTS),
            first=words.day(rows[0][0], "short"),
            steps=[_step(on, after) for on, after in reversed(rows[-_LISTED:])],
        )
    }


def _points(rows: Sequence[tuple[date, str]], today: date) -> str:
    """Return the steps as SVG points: level until the day of the next move."""
    start = rows[0][0]
    span = max((today - start).days, 1)
    found: list[str] = []
    height = 0.0
    for on, after in rows:
        x = min((on - start).days / span, 1) * _WIDTH
        if found:
            found.append(f"{x:.1f},{height}")
        height = _HEIGHTS.get(after, len(_HEIGHTS)) + 0.5
        found.append(f"{x:.1f},{height}")
    return " ".join([*found, f"{_WIDTH},{height}"])


def _step(on: date, after: str) -> Step:
    label, tone = segment_label(after or None)
    return Step(label=label or _("In no segment any more"), tone=tone, day=words.day(on))
