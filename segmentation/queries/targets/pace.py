"""Which share of a span has passed: by the business's own seasons and weekdays, or by its days."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from segmentation.enums import PaceBasis
from segmentation.models import NamedNight
from segmentation.queries.seasons import seasons_of

WHOLE: Final = 10_000
_WEEK: Final = 7
_ONE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How much each day weighs; without factors every day weighs the same."""

    basis: PaceBasis = PaceBasis.DAYS
    factors: Mapping[str, float] | None = None
    weekdays: Sequence[float] = ()
    _known: dict[date, float] = field(default_factory=dict)

    def weight(self, day: date) -> float:
        """Return what a day weighs."""
        if self.factors is None:
            return 1.0
        if day not in self._known:
            season = math.prod(self.factors.get(one.value, 1.0) for one in seasons_of(day))
            self._known[day] = season * self.weekdays[day.weekday()]
        return self._known[day]

    def share(self, first: date, last: date, until: date) -> int:
        """Return how much of [first, last] lies before the day `until`, of ten thousand."""
        passed = min((until - first).days, (last - first).days + 1)
        return self.shares(first, last)[passed - 1] if passed > 0 else 0

    def shares(self, first: date, last: date) -> list[int]:
        """Return the share of a span passed with each of its days, of ten thousand."""
        weights = [self.weight(first + n * _ONE) for n in range((last - first).days + 1)]
        whole, passed, found = sum(weights), 0.0, []
        for one in weights:
            passed += one
            found.append(round(WHOLE * passed / whole))
        return found


def pace() -> Pace:
    """Return what the newest night knew: its seasons where they foresee better, else days."""
    usual = NamedNight.objects.order_by("-finished_at").values_list("usual", flat=True).first()
    known: dict[str, Any] = (usual or {}).get("seasons") or {}
    weekdays = known.get("weekdays") or []
    if not known.get("helps") or len(weekdays) != _WEEK:
        return Pace()
    return Pace(PaceBasis.SEASONS, known["factors"], weekdays)
