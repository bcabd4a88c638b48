"""What apps above have to say, and to do, when a person is erased."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.errors import Sentence
from core.tenancy.personal import Whom


@dataclass(frozen=True, slots=True)
class Outlook:
    """What stands in the way of erasing somebody, and what becomes of what they have."""

    obstacles: tuple[Sentence, ...] = ()
    consequences: tuple[Sentence, ...] = ()

    def __add__(self, other: "Outlook") -> "Outlook":
        return Outlook(self.obstacles + other.obstacles, self.consequences + other.consequences)


@dataclass(frozen=True, slots=True)
class Farewell:
    """One app's part: what it foresees, and what it ends.

    The ending runs in the erasing's own transaction, before anything is emptied.
    """

    name: str
    foresee: Callable[[Whom, datetime], Outlook]
    end: Callable[[Whom, datetime], None]


_farewells: Final[dict[str, Farewell]] = {}


def register_farewell(farewell: Farewell) -> None:
    """Have an app take part in erasing people; call it from the app's `ready`."""
    _farewells[farewell.name] = farewell


def foreseen(whom: Whom, now: datetime) -> Outlook:
    """Return what every app has to say, the lower ones first."""
    outlook = Outlook()
    for farewell in _farewells.values():
        outlook += farewell.foresee(whom, now)
    return outlook


def end_everything(whom: Whom, now: datetime) -> None:
    """Let every app end what the person had, the higher ones first."""
    for farewell in reversed(_farewells.values()):
        farewell.end(whom, now)
