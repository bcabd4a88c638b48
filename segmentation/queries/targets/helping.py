"""Which of today's actions help which target, and how much of its gap they are expected to close.

Sales are what an action is about times its chance, over a year, as the models foresee it. Where
people count, they are as many as the action is about times the same chance: that is measured by
who comes within thirty days. What an answer does to who is content nobody has measured: no number.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from segmentation.enums import ActionKind, ActionState, Figure, NamedSegment
from segmentation.models import ActionItem
from segmentation.queries.targets.reckoning import Standing

THOUSAND: Final = 1_000
_HUNDRED: Final = 100
_FRIENDS: Final = (NamedSegment.HAPPY_STAYING,)
_UNHAPPY: Final = (NamedSegment.UNHAPPY_STAYING, NamedSegment.UNHAPPY_LEAVING)
# Who takes a debit's money has sold long before: it is no sale of the span.
_SELL: Final = frozenset(ActionKind) - {ActionKind.DEBIT}
_BACK: Final = frozenset({
    ActionKind.CALL, ActionKind.ANSWER, ActionKind.WIN_BACK, ActionKind.SECOND_VISIT,
    ActionKind.PRODUCT,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Helping:
    """One action that helps a target.

    `thousandths` is what it is expected to bring, in thousandths of the figure's unit; None where
    nobody has measured that.
    """

    action: ActionItem
    thousandths: int | None

    @property
    def rank(self) -> tuple[float, int]:
        """Return what comes first: the most for a minute, then the order of the day."""
        return -(self.thousandths or 0) / self.action.effort_minutes, self.action.place


def helping(standing: Standing, actions: Sequence[ActionItem]) -> list[Helping]:
    """Return the open actions that close a target's gap, the most for a minute first."""
    if not standing.is_running or standing.gap == 0:
        return []
    figure = Figure(standing.aim.target.figure)
    found = [
        Helping(one, _WORTH[figure](one))
        for one in actions
        if one.state == ActionState.OPEN and _HELPS[figure](one)
    ]
    return sorted(found, key=lambda one: one.rank)


def _people(one: ActionItem) -> int:
    if one.kind == ActionKind.PRODUCT:
        lost: int = one.facts["people"] * (one.facts["others"] - one.facts["here"]) // _HUNDRED
        return max(lost, 0)
    return int(one.facts.get("people", 1))


def _sales(one: ActionItem) -> int:
    return one.value_rial * one.chance


def _heads(one: ActionItem) -> int:
    return _people(one) * one.chance


def _unmeasured(_one: ActionItem) -> None:
    return None


def _sells(one: ActionItem) -> bool:
    return one.kind in _SELL


def _brings_back(one: ActionItem) -> bool:
    return one.kind in _BACK or (one.kind == ActionKind.CORNER and one.subject not in _FRIENDS)


def _brings_new(one: ActionItem) -> bool:
    return one.kind == ActionKind.LEAD or (
        one.kind == ActionKind.CORNER and one.subject in _FRIENDS
    )


def _makes_content(one: ActionItem) -> bool:
    return one.kind == ActionKind.ANSWER or (
        one.kind == ActionKind.CORNER and one.subject in _UNHAPPY
    )


_HELPS: Final[Mapping[Figure, Callable[[ActionItem], bool]]] = {
    Figure.NET_SALES: _sells,
    Figure.RETURNING: _brings_back,
    Figure.NEW: _brings_new,
    Figure.CONTENT: _makes_content,
    Figure.PROMOTERS: _makes_content,
}
_WORTH: Final[Mapping[Figure, Callable[[ActionItem], int | None]]] = {
    Figure.NET_SALES: _sales,
    Figure.RETURNING: _heads,
    Figure.NEW: _heads,
    Figure.CONTENT: _unmeasured,
    Figure.PROMOTERS: _unmeasured,
}
