"""What a comparison of two stories found, counted by kind."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """How many, and how many rial."""

    count: int = 0
    rial: int = 0

    def add(self, rial: int) -> None:
        """Count one more."""
        self.count += 1
        self.rial += rial


def _tallies() -> defaultdict[str, Tally]:
    return defaultdict(Tally)


@dataclass(slots=True)
class Verdict:
    """What became of all money. `wrong` holds a sentence for each rial nobody can explain.

    `aside` is in the bank and in the books, and no sale's: it waits for a person, or is rounding.
    `with_a_person_rial` is what the bank has more than the books, as a person was told.
    """

    taken_in: defaultdict[str, Tally] = field(default_factory=_tallies)
    given_back: defaultdict[str, Tally] = field(default_factory=_tallies)
    aside: defaultdict[str, Tally] = field(default_factory=_tallies)
    explained: defaultdict[str, Tally] = field(default_factory=_tallies)
    with_a_person_rial: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """Return everything that must not be."""
        return [*self.lost, *self.doubled, *self.invented]

    @property
    def kept_rial(self) -> int:
        """Return what both sides say was taken in, or put aside, and not given back."""
        came, went = (*self.taken_in.values(), *self.aside.values()), self.given_back.values()
        return sum(one.rial for one in came) - sum(one.rial for one in went)
