"""The bank's story against ours, rial by rial: what agrees, what is explained, what is wrong.

Every movement at the bank must be explained by exactly one row of ours, and every rial in our books
by one movement at the bank. Whatever is neither is LOST, DOUBLED or INVENTED, and is a bug.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from benchmarks.chaos.truth import GIVEN_BACK, HELD, WAITING, Movement, Ours

_WITH_A_PERSON: Final = frozenset({"needs_review", "mismatch", "unknown"})


@dataclass(slots=True)
class Tally:
    """How many, and how many rial."""

    count: int = 0
    rial: int = 0

    def add(self, rial: int) -> None:
        """Count one more."""
        self.count += 1
        self.rial += rial


@dataclass(slots=True)
class Verdict:
    """What became of all money. `wrong` holds a sentence for each rial nobody can explain."""

    taken_in: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    explained: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    with_a_person_rial: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """Return everything that must not be."""
        return [*self.lost, *self.doubled, *self.invented]

    @property
    def taken_in_rial(self) -> int:
        """Return what both sides say was taken in."""
        return sum(tally.rial for tally in self.taken_in.values())


def judge(movements: Iterable[Movement], ours: Iterable[Ours]) -> Verdict:
    """Compare the two stories."""
    verdict = Verdict()
    by_key: defaultdict[str, list[Ours]] = defaultdict(list)
    for one in ours:
        by_key[one.key].append(one)
    found = list(movements)
    for movement in found:
        _explain(movement, by_key.get(movement.key, []), verdict)
    _seek_doubles(found, by_key, verdict)
    _seek_inventions(found, by_key, verdict)
    return verdict


def _explain(movement: Movement, rows: list[Ours], verdict: Verdict) -> None:
    if len(rows) != 1:
        verdict.lost.append(f"{movement} is explained by {len(rows)} rows")
    elif movement.state == HELD:
        _explain_held(movement, rows[0], verdict)
    elif movement.state == WAITING:
        verdict.lost.append(f"{movement} still waits at the bank: {rows[0]}")
    elif rows[0].taken_in and rows[0].state in {"confirmed", "collected"}:
        verdict.invented.append(f"{movement} went back, and we keep it: {rows[0]}")
    else:
        verdict.explained[f"given back; the try is {rows[0].state}"].add(movement.rial)


def _explain_held(movement: Movement, row: Ours, verdict: Verdict) -> None:
    paid = row.state in {"confirmed", "collected"}
    if paid and row.taken_in == row.rial == movement.rial:
        verdict.taken_in[movement.kind].add(movement.rial)
    elif row.state in _WITH_A_PERSON and row.reason:
        what = f"held; with a person as {row.state} ({row.reason})"
        verdict.explained[what].add(movement.rial)
        verdict.with_a_person_rial += movement.rial
    else:
        verdict.lost.append(f"{movement} is not in the books as it is: {row}")


def _seek_doubles(
    movements: list[Movement], by_key: dict[str, list[Ours]], verdict: Verdict
) -> None:
    """One payment, one debit: money is held for it once at most."""
    held = Counter(
        row.source
        for movement in movements
        if movement.state == HELD
        for row in by_key.get(movement.key, [])
    )
    verdict.doubled += [
        f"{source} was taken {times} times" for source, times in held.items() if times > 1
    ]


def _seek_inventions(
    movements: list[Movement], by_key: dict[str, list[Ours]], verdict: Verdict
) -> None:
    """Nothing counts as paid for which the bank holds nothing."""
    held = {movement.key for movement in movements if movement.state in {HELD, GIVEN_BACK}}
    verdict.invented += [
        f"the bank knows nothing of {row}"
        for key, rows in by_key.items()
        if key not in held
        for row in rows
        if row.state in {"confirmed", "collected"}
    ]
