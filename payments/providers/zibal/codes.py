"""What Zibal's numbers mean for us. Gateway and platform have different ones for the same words.

Only documented results are believed; any other one is UNKNOWN. A result that refuses the terminal
before anything happened is NOT_ATTEMPTED: nothing was started.
"""

from collections.abc import Mapping
from typing import Final

from payments.providers.contract import Outcome, Standing, TransferState

DONE: Final = 100
VERIFIED_BEFORE: Final = 201
NOT_PAID: Final = 202
NO_SESSION: Final = 203

# No such merchant, inactive, invalid; its wallet is empty of fees; a server it does not know.
_TERMINAL: Final = dict.fromkeys((102, 103, 104, 112, 115), Outcome.NOT_ATTEMPTED)

REQUEST: Final[Mapping[int, Outcome]] = {
    DONE: Outcome.OK,
    **_TERMINAL,
    **dict.fromkeys((105, 106, 107, 108, 109, 110, 111, 113, 114), Outcome.DECLINED),
}
CONFIRM: Final[Mapping[int, Outcome]] = {
    DONE: Outcome.OK,
    VERIFIED_BEFORE: Outcome.ALREADY,
    NOT_PAID: Outcome.DECLINED,
    NO_SESSION: Outcome.DECLINED,
    **_TERMINAL,
}
INQUIRE: Final[Mapping[int, Outcome]] = {
    **dict.fromkeys((DONE, VERIFIED_BEFORE, NOT_PAID, NO_SESSION), Outcome.OK),
    **_TERMINAL,
}

# -2 is an internal trouble of theirs: it says nothing. 15 and 16 are refunded and refunding.
STANDINGS: Final[Mapping[int, Standing]] = {
    -1: Standing.AT_BANK,
    1: Standing.CONFIRMED,
    2: Standing.PAID_UNCONFIRMED,
    **dict.fromkeys((3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 21), Standing.FAILED),
    **dict.fromkeys((15, 16, 18), Standing.RETURNED),
}

# The platform's results. What 13, 15 and 18 leave undone nobody says: they stay UNKNOWN.
PLATFORM_DONE: Final = 1
NO_BALANCE: Final = 11
PROVIDERS_DOWN: Final = 45
REFUND: Final[Mapping[int, Outcome]] = {
    PLATFORM_DONE: Outcome.OK,
    10: Outcome.NOT_ATTEMPTED,
    PROVIDERS_DOWN: Outcome.NOT_ATTEMPTED,
    **dict.fromkeys((NO_BALANCE, 12, 17, 21, 29, 44), Outcome.DECLINED),
}

# The words for a part's state are not published; an unknown one is money on its way.
PARTS: Final[Mapping[str, TransferState]] = {
    "pending": TransferState.PENDING,
    "sent": TransferState.IN_TRANSIT,
    "done": TransferState.PAID,
    "failed": TransferState.FAILED,
    "canceled": TransferState.CANCELLED,
    "returned": TransferState.RETURNED,
}
