"""The codes of Zarinpal v4 and what each means for us, per operation.

Only documented codes are believed; any other one is UNKNOWN. A code that refuses the terminal
or the request before anything happened is NOT_ATTEMPTED: nothing was started.
"""

from collections.abc import Mapping
from typing import Final

from payments.providers.contract import Outcome, Standing

PAID: Final = 100
VERIFIED: Final = 101
AMOUNT_DIFFERS: Final = -50
NOT_PAID: Final = -51
BAD_AUTHORITY: Final = -54
NOT_FOUND: Final = -55

# The terminal itself was refused: suspended, wrong address, over its own limits.
_TERMINAL: Final = dict.fromkeys((-10, -11, -12, -13, -15, -16, -17, -19), Outcome.NOT_ATTEMPTED)

REQUEST: Final[Mapping[int, Outcome]] = {
    PAID: Outcome.OK,
    **_TERMINAL,
    **dict.fromkeys((-2, -3, -4, -5, -9, -14, -18, *range(-41, -29)), Outcome.DECLINED),
}
CONFIRM: Final[Mapping[int, Outcome]] = {
    PAID: Outcome.OK,
    VERIFIED: Outcome.ALREADY,
    **_TERMINAL,
    -9: Outcome.NOT_ATTEMPTED,
    AMOUNT_DIFFERS: Outcome.MISMATCH,
    -53: Outcome.MISMATCH,
    NOT_PAID: Outcome.DECLINED,
    BAD_AUTHORITY: Outcome.DECLINED,
    NOT_FOUND: Outcome.DECLINED,
}
INQUIRE: Final[Mapping[int, Outcome]] = {
    PAID: Outcome.OK,
    **_TERMINAL,
    -9: Outcome.NOT_ATTEMPTED,
    -53: Outcome.MISMATCH,
    NOT_PAID: Outcome.OK,
    BAD_AUTHORITY: Outcome.OK,
    NOT_FOUND: Outcome.OK,
}
# -61 says "not successful or already reversed": an inquiry must tell which.
REVERSE: Final[Mapping[int, Outcome]] = {
    PAID: Outcome.OK,
    **_TERMINAL,
    -9: Outcome.NOT_ATTEMPTED,
    -53: Outcome.MISMATCH,
    BAD_AUTHORITY: Outcome.DECLINED,
    NOT_FOUND: Outcome.DECLINED,
    -60: Outcome.DECLINED,
    -61: Outcome.UNKNOWN,
    -62: Outcome.DECLINED,
    -63: Outcome.DECLINED,
}

STANDINGS: Final[Mapping[str, Standing]] = {
    "PAID": Standing.PAID_UNCONFIRMED,
    "VERIFIED": Standing.CONFIRMED,
    "IN_BANK": Standing.AT_BANK,
    "FAILED": Standing.FAILED,
    "REVERSED": Standing.RETURNED,
}
