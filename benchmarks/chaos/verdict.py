"""The bank's story against ours, rial by rial: what agrees, what is explained, what is wrong.

Every movement at the bank must be explained by exactly one row of ours, and every rial in our books
by one movement at the bank. Whatever is neither is LOST, DOUBLED or INVENTED, and is a bug.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from benchmarks.chaos.findings import Verdict
from benchmarks.chaos.gone import judge_returns
from benchmarks.chaos.ours import OurReturn, Ours
from benchmarks.chaos.truth import GIVEN_BACK, HELD, WAITING, Movement, Return

_WITH_A_PERSON: Final = frozenset({"needs_review", "mismatch", "unknown"})
# Money of deposits that is in the books, and nobody's yet.
_LYING: Final = frozenset({"unmatched", "suspicious"})
_PAID: Final = frozenset({"confirmed", "collected"})


def judge(
    movements: Iterable[Movement],
    ours: Iterable[Ours],
    returns: Iterable[Return] = (),
    our_returns: Iterable[OurReturn] = (),
) -> Verdict:
    """Compare the two stories of what came in, then of what went back."""
    verdict = Verdict()
    by_key: defaultdict[str, list[Ours]] = defaultdict(list)
    for one in ours:
        by_key[one.key].append(one)
    found = list(movements)
    undone = [
        movement for movement in found if _explain(movement, by_key.get(movement.key, []), verdict)
    ]
    _seek_doubles(found, by_key, verdict)
    _seek_inventions(found, by_key, verdict)
    mine = list(our_returns)
    kinds = {movement.key: movement.kind for movement in found}
    kinds |= {one.key: one.kind for one in mine if one.kind}
    judge_returns(kinds, undone, returns, mine, verdict)
    return verdict


def _explain(movement: Movement, rows: list[Ours], verdict: Verdict) -> bool:
    """Explain a movement; True: by a refund of the whole, which is still to be found."""
    if not rows and (movement.kind, movement.state) == ("deposit", GIVEN_BACK):
        verdict.explained["deposit: sent back before we could hear of it"].add(movement.rial)
    elif len(rows) != 1:
        verdict.lost.append(f"{movement} is explained by {len(rows)} rows")
    elif movement.state == HELD:
        _explain_held(movement, rows[0], verdict)
    elif movement.state == WAITING:
        verdict.lost.append(f"{movement} still waits at the bank: {rows[0]}")
    else:
        return _is_refunded(movement, rows[0], verdict)
    return False


def _explain_held(movement: Movement, row: Ours, verdict: Verdict) -> None:
    whole = row.taken_in + row.aside == row.rial == movement.rial
    if row.state in _PAID and whole:
        verdict.taken_in[movement.kind].add(row.taken_in)
        if row.aside:
            verdict.aside[f"{movement.kind}: what a payment was not worth"].add(row.aside)
    elif row.state in _LYING and whole and row.taken_in == 0:
        verdict.aside[f"{movement.kind}: {row.state} ({row.reason})"].add(row.aside)
    elif row.state in _WITH_A_PERSON and row.reason:
        what = f"{movement.kind}: held; with a person as {row.state} ({row.reason})"
        verdict.explained[what].add(movement.rial)
        verdict.with_a_person_rial += movement.rial
    else:
        verdict.lost.append(f"{movement} is not in the books as it is: {row}")


def _is_refunded(movement: Movement, row: Ours, verdict: Verdict) -> bool:
    """All of it went back: undone in our books too, or taken in and then refunded as a whole."""
    if not row.taken_in or row.state not in _PAID:
        verdict.explained[f"{movement.kind}: given back; the try is {row.state}"].add(movement.rial)
        return False
    verdict.taken_in[movement.kind].add(row.taken_in)
    return True


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
        if row.state in _PAID
    ]
