"""What went back in part or by a refund: the bank's returns against the parts of our refunds.

Providers know no key of ours here, so a return is recognised by its payment and its sum; each
return and each part is used once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from benchmarks.chaos.findings import Verdict
from benchmarks.chaos.ours import OurReturn
from benchmarks.chaos.truth import ARRIVED, CAME_BACK, Movement, Return

# The whole movement went back, which we took in.
_UNDONE: Final = "undone"
_OVER: Final = frozenset({"failed", "cancelled", "returned"})


def judge_returns(
    kinds: Mapping[str, str],
    undone: Iterable[Movement],
    returns: Iterable[Return],
    ours: Iterable[OurReturn],
    verdict: Verdict,
) -> None:
    """Compare the two stories of what went back, and add what is found to the verdict."""
    told = list(returns)
    told += _rests(undone, told)
    mine = _Parts(ours)
    # What arrived chooses first among our parts, what came back after it.
    for one in sorted(told, key=lambda one: one.state == CAME_BACK):
        kind = kinds.get(one.key, "unknown payment")
        _JUDGES.get(one.state, _lose)(one, kind, mine, verdict)
    verdict.invented += [
        f"nothing went back for {part}" for part in mine.left if part.given_back or _is_given(part)
    ]


class _Parts:
    """Our parts, each to be used once."""

    def __init__(self, parts: Iterable[OurReturn]) -> None:
        self.left = list(parts)
        self.used: set[tuple[str, int]] = set()

    def take(self, told: Return, suits: Callable[[OurReturn], bool]) -> OurReturn | None:
        """Use up the first part of a return's payment and sum that suits it."""
        same = (one for one in self.left if (one.key, one.rial) == (told.key, told.rial))
        found = next((one for one in same if suits(one)), None)
        if found is not None:
            self.left.remove(found)
            self.used.add((told.key, told.rial))
        return found


def _rests(undone: Iterable[Movement], returns: list[Return]) -> list[Return]:
    """Return what went back of movements when they were undone: all their carts had not lost."""
    before: Counter[str] = Counter()
    for one in returns:
        before[one.key] += one.rial if one.state == ARRIVED else 0
    return [Return(one.key, one.rial - before[one.key], _UNDONE) for one in undone]


def _arrived(told: Return, kind: str, mine: _Parts, verdict: Verdict) -> None:
    if mine.take(told, _is_given):
        verdict.given_back[kind].add(told.rial)
    elif asked := mine.take(told, lambda one: one.waiting == "person" and not one.given_back):
        what = f"{kind}: went back; with a person as {asked.owner_state}"
        verdict.explained[what].add(told.rial)
        verdict.with_a_person_rial -= told.rial
    elif (told.key, told.rial) in mine.used:
        verdict.doubled.append(f"{told} of a {kind} went back more than once")
    else:
        _lose(told, kind, mine, verdict)


def _undone(told: Return, kind: str, mine: _Parts, verdict: Verdict) -> None:
    if mine.take(told, _is_given):
        verdict.given_back[kind].add(told.rial)
    else:
        verdict.invented.append(f"{told} of a {kind}: all of it went back, and we keep it")


def _came_back(told: Return, kind: str, mine: _Parts, verdict: Verdict) -> None:
    """Nothing for the books; our part of it is over too, or nobody ever heard of it."""
    part = mine.take(told, lambda one: one.state in _OVER and not one.given_back)
    known = part.owner_state if part else "not ours any more"
    verdict.explained[f"{kind}: a refund that came back; ours is {known}"].add(told.rial)


def _lose(told: Return, kind: str, mine: _Parts, verdict: Verdict) -> None:
    left = [one for one in mine.left if one.key == told.key]
    verdict.lost.append(f"{told} of a {kind} is no refund of ours; left are {left}")


_JUDGES: Final[dict[str, Callable[[Return, str, _Parts, Verdict], None]]] = {
    ARRIVED: _arrived,
    _UNDONE: _undone,
    CAME_BACK: _came_back,
}


def _is_given(part: OurReturn) -> bool:
    return part.state == "paid" and part.given_back == part.rial
