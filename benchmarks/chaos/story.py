"""What happened in a run, and what both sides said when all was quiet."""

from collections import Counter
from dataclasses import dataclass, field

from benchmarks.chaos.buyers import Seen
from benchmarks.chaos.findings import Verdict
from benchmarks.chaos.plan import Plan
from benchmarks.chaos.truth import Accounts


@dataclass(slots=True)
class Storm:
    """What happened on the way."""

    plan: Plan
    seen: Seen = field(default_factory=Seen)
    blows: Counter[str] = field(default_factory=Counter)
    given_up: int = 0
    repeated: int = 0
    asked: dict[int, str] = field(default_factory=dict)
    debits: dict[int, str] = field(default_factory=dict)
    storm_s: float = 0.0
    caught_up_s: float = 0.0
    calm_s: float = 0.0
    moves: int = 0
    calls: int = 0
    faulty: int = 0


@dataclass(slots=True)
class Outcome:
    """What both sides said when all was quiet."""

    verdict: Verdict
    states: list[tuple[str, str, int, int]]
    broken: list[str]
    bank: Accounts
    books_rial: int
    books_fees_rial: int
    trial_balance_rial: int

    @property
    def is_well(self) -> bool:
        """Tell whether nothing was lost, doubled, invented or broken."""
        at_bank = self.bank.shops_rial + self.bank.fees_rial
        booked = self.books_rial + self.books_fees_rial
        explained = at_bank - self.verdict.with_a_person_rial
        same = explained == booked == self.verdict.kept_rial
        quiet = not (self.bank.transit_rial or self.trial_balance_rial)
        return same and quiet and not (self.verdict.wrong or self.broken)
