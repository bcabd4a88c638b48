"""What else a refund does, told by the apps above: a registry of functions, filled at start-up.

A function gets the purchase, how much of it will have come back and the moment; it must only
read. It returns any of: `points_taken`, `points_back`, `balance_after` (points), `gift_card_back`
and `store_credit_back` (rial), `stamps_lost` (by card), `coupon`, `tier` (and `tier_after` where it
falls),
`presents_back` (sentences), `referral_points_taken` (from a buyer whom somebody brought),
`referrer_points_taken`, `progress_taken` (rial towards the tier), `budget_back` (rial, to the
budgets of rules), `bonus_taken` (rial, by the employee's name) and `survey` (`cancelled` or
`flagged`). An empty mapping says that nothing changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class ComingBack:
    """A purchase and how much of it will have come back once a refund is paid.

    `of_lines`: what comes back now of each line, by position; empty for a bare amount.
    """

    purchase_id: UUID
    total_rial: int
    returned_rial: int
    of_lines: Mapping[int, int] = field(default_factory=dict)


# Raises Problem when a payment's money may not go back now.
Guard = Callable[[UUID], None]
Effect = Callable[[ComingBack, datetime], Mapping[str, Any]]

_effects: list[Effect] = []
_guards: list[Guard] = []


def register_refund_effect(effect: Effect) -> None:
    """Add a function, called inside the business's scope; once each."""
    if effect not in _effects:
        _effects.append(effect)


def register_prepaid_guard(guard: Guard) -> None:
    """Add a function asked with the id of a prepaid payment before its money goes back."""
    if guard not in _guards:
        _guards.append(guard)


def check_prepaid(payment_id: UUID) -> None:
    """Raise the Problem of whatever still counts on a prepaid payment's money."""
    for guard in _guards:
        guard(payment_id)


def effects_of(back: ComingBack, now: datetime) -> dict[str, Any]:
    """Return what every function says, in one mapping."""
    said: dict[str, Any] = {}
    for effect in _effects:
        said.update(effect(back, now))
    return said
