"""The codes of SEP and what each means for us, per operation.

Sources disagree on two codes of its verification. -6 is "older than half an hour" or "not found":
a no in both. -2 is "not found" or "not allowed": one ends the try, the other is about the
terminal and says nothing of the money, so until the account says which it is, it is a doubt.
"""

from collections.abc import Mapping
from typing import Final

from payments.providers.contract import Outcome

NOT_FOUND: Final = "not_found"
NOT_ALLOWED: Final = "not_allowed"
MINUS_TWO: Final[Mapping[str, Outcome]] = {
    "": Outcome.UNKNOWN,
    NOT_FOUND: Outcome.DECLINED,
    NOT_ALLOWED: Outcome.NOT_ATTEMPTED,
}

DONE: Final = 0
ISSUED: Final = 1

# Refusals of the terminal or its address are no word on this order; wrong values are.
REQUEST: Final[Mapping[int, Outcome]] = {
    5: Outcome.DECLINED,
    **dict.fromkeys((8, 11, 12), Outcome.NOT_ATTEMPTED),
}
_TERMINAL: Final = dict.fromkeys((-104, -105, -106), Outcome.NOT_ATTEMPTED)
VERIFY: Final[Mapping[int, Outcome]] = {
    DONE: Outcome.OK,
    2: Outcome.ALREADY,
    -5: Outcome.ALREADY,
    5: Outcome.DECLINED,
    **dict.fromkeys((-3, -4, -6), Outcome.DECLINED),
    **_TERMINAL,
}
# A reversal of what is reversed is done; too late or unknown is a no.
REVERSE: Final[Mapping[int, Outcome]] = {
    DONE: Outcome.OK,
    2: Outcome.ALREADY,
    5: Outcome.ALREADY,
    -4: Outcome.ALREADY,
    **dict.fromkeys((-3, -6), Outcome.DECLINED),
    **_TERMINAL,
}


def outcome_of(code: int | None, known: Mapping[int, Outcome], minus_two: str) -> Outcome:
    """Return what a code of this terminal means; nothing documented is UNKNOWN."""
    if code is None:
        return Outcome.UNKNOWN
    if code == -2:  # noqa: PLR2004 - the disputed code itself
        return MINUS_TWO.get(minus_two, Outcome.UNKNOWN)
    return known.get(code, Outcome.UNKNOWN)
