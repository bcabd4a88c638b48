"""The codes of Behpardakht Mellat and what each means for us, per operation.

The card's refusals (11–19) are final. What speaks of the terminal or its address says nothing of
the money. Codes that could follow a call of ours that did its work are UNKNOWN: inquire.
"""

from collections.abc import Mapping
from typing import Final

from payments.providers.contract import Outcome, Standing

DONE: Final = 0

_TERMINAL: Final = dict.fromkeys((21, 24, 421), Outcome.NOT_ATTEMPTED)
_CARD: Final = range(11, 20)

REQUEST: Final[Mapping[int, Outcome]] = {
    DONE: Outcome.OK,
    **_TERMINAL,
    62: Outcome.NOT_ATTEMPTED,  # our address is not the terminal's registered one
    **dict.fromkeys((25, 41, 55, *range(412, 420)), Outcome.DECLINED),
}
VERIFY: Final[Mapping[int, Outcome]] = {
    DONE: Outcome.OK,
    43: Outcome.ALREADY,
    45: Outcome.ALREADY,
    **_TERMINAL,
    **dict.fromkeys((*_CARD, 42, 48, 54, 55), Outcome.DECLINED),
}
# 46 says that it is not settled, not that it never will be.
SETTLE: Final[Mapping[int, Outcome]] = {
    DONE: Outcome.OK,
    45: Outcome.ALREADY,
    46: Outcome.NOT_ATTEMPTED,
    **_TERMINAL,
    **dict.fromkeys((42, 48), Outcome.DECLINED),
}
REVERSE: Final[Mapping[int, Outcome]] = {
    DONE: Outcome.OK,
    48: Outcome.ALREADY,
    **_TERMINAL,
    **dict.fromkeys((42, 45, 54, 55), Outcome.DECLINED),
}
STANDINGS: Final[Mapping[int, Standing]] = {
    # 0 is "successful"; whether confirmed before is told by confirming, which does no harm.
    DONE: Standing.PAID_UNCONFIRMED,
    44: Standing.PAID_UNCONFIRMED,
    43: Standing.CONFIRMED,
    45: Standing.CONFIRMED,
    46: Standing.CONFIRMED,
    48: Standing.RETURNED,
    42: Standing.NOT_FOUND,
    **dict.fromkeys(_CARD, Standing.FAILED),
}
INQUIRE: Final[Mapping[int, Outcome]] = {**dict.fromkeys(STANDINGS, Outcome.OK), **_TERMINAL}
