"""What a mandate pays for, as apps above tell its customer: a registry filled at start-up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class MandateUse:
    """One thing paid under a mandate: a sum every so many Jalali months, next on a day."""

    title: str
    state: str
    amount_rial: int
    months: int
    next_on: date | None
    note: str = ""


Uses = Callable[[UUID], Sequence[MandateUse]]

_uses: list[Uses] = []


def register_mandate_uses(uses: Uses) -> None:
    """Add a teller, called inside the business's scope with the mandate's id; once each."""
    if uses not in _uses:
        _uses.append(uses)


def uses_of(mandate_id: UUID) -> list[MandateUse]:
    """Return everything that is said to be paid under a mandate."""
    return [use for uses in _uses for use in uses(mandate_id)]
