"""How likely doing something helps: an assumption at first, then what was seen after it was done.

Each kind begins with a chance that counts as so many things done. What was done for a customer is
looked at after thirty days: whether they came, less how likely they were to come anyway. So the
business's own experience moves the chance, and the interval narrows with it. Kinds that people
keep leaving undone come later: what nobody does brings nothing.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from core.calendar import business_day
from customers.queries.first_goods import came_after
from segmentation.enums import ActionKind, ActionState
from segmentation.models import ActionItem

FOLLOW_DAYS: Final = 30
_MEMORY: Final = timedelta(days=365)
_RECENT: Final = timedelta(days=90)
_Z: Final = 1.959963984540054
_LEAST: Final = 0.002
_MOST: Final = 0.9
# What willingness is before anybody answered: as if so many had been done.
_WILLING: Final = 4

# Chance of an effect, and how many things done it counts as.
PRIORS: Final[Mapping[ActionKind, tuple[float, int]]] = {
    ActionKind.CALL: (0.10, 30),
    ActionKind.ANSWER: (0.15, 30),
    ActionKind.WIN_BACK: (0.03, 60),
    ActionKind.SECOND_VISIT: (0.05, 60),
    ActionKind.PRODUCT: (0.10, 20),
    ActionKind.DEBIT: (0.30, 20),
    ActionKind.LEAD: (0.10, 30),
    ActionKind.CORNER: (0.04, 60),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """The chance that doing one thing of a kind helps, between two bounds, and how willing we are.

    `seen` counts the things done it rests on.
    """

    chance: float
    low: float
    high: float
    willing: float
    seen: int


def effects(now: datetime, zone: ZoneInfo) -> dict[ActionKind, Effect]:
    """Return the effect of every kind. Three queries."""
    gained = _gained(now, zone)
    answers = _answers(now)
    return {
        kind: _effect(kind, gained.get(kind, []), *answers.get(kind, (0, 0))) for kind in ActionKind
    }


def _effect(kind: ActionKind, gains: list[float], done: int, undone: int) -> Effect:
    prior, weight = PRIORS[kind]
    counted = weight + len(gains)
    chance = min(max((prior * weight + sum(gains)) / counted, _LEAST), _MOST)
    half = _Z * math.sqrt(chance * (1 - chance) / (counted + 1))
    willing = (done + _WILLING) / (done + undone + _WILLING)
    return Effect(chance, max(chance - half, 0.0), min(chance + half, 1.0), willing, len(gains))


def _gained(now: datetime, zone: ZoneInfo) -> dict[ActionKind, list[float]]:
    """Return, of each thing done long enough ago, whether its customer came more than foreseen."""
    done = ActionItem.objects.filter(
        state=ActionState.DONE,
        customer__isnull=False,
        foreseen__isnull=False,
        answered_at__gte=now - _MEMORY,
        answered_at__lt=now - timedelta(days=FOLLOW_DAYS + 1),
    ).values_list("kind", "customer_id", "answered_at", "foreseen")
    rows: list[tuple[str, Any, date, int]] = [
        (kind, who, business_day(at, zone), foreseen)
        for kind, who, at, foreseen in done
        if at is not None and foreseen is not None
    ]
    came = came_after([(who, day) for _kind, who, day, _foreseen in rows], FOLLOW_DAYS)
    found: dict[ActionKind, list[float]] = {}
    for kind, who, day, foreseen in rows:
        found.setdefault(ActionKind(kind), []).append(((who, day) in came) - foreseen / 1_000)
    return found


def _answers(now: datetime) -> dict[ActionKind, tuple[int, int]]:
    rows = ActionItem.objects.filter(answered_at__gte=now - _RECENT).values_list("kind", "state")
    found: dict[ActionKind, tuple[int, int]] = {}
    for kind, state in rows:
        done, undone = found.get(ActionKind(kind), (0, 0))
        is_done = state == ActionState.DONE
        found[ActionKind(kind)] = (done + is_done, undone + (not is_done))
    return found
