"""Zibal's results, statuses and words. Gateway and platform number their results differently."""

from typing import Final

from sandbox import magic
from sandbox.bank.moves import NO_ANSWER, SHORT_OF_MONEY, WRONG_CARD
from sandbox.bank.payments import Payment, State
from sandbox.wire import Answer, Json

DONE: Final = 100
NO_MERCHANT: Final = 102
AMOUNT: Final = 105
CALLBACK: Final = 106
PERCENT_MODE: Final = 107
BENEFICIARY: Final = 108
SPLIT_SUM: Final = 111
TOO_MUCH: Final = 113
NATIONAL_CODE: Final = 114
ADDRESS: Final = 115
VERIFIED_BEFORE: Final = 201
NOT_PAID: Final = 202
NO_SESSION: Final = 203
# Nobody published what an inner trouble looks like; a number nobody knows is one.
TROUBLE: Final = 500

MESSAGES: Final = {
    DONE: "success",
    NO_MERCHANT: "merchant not found",
    103: "merchant is inactive",
    104: "merchant is invalid",
    AMOUNT: "amount must be greater than 1,000",
    CALLBACK: "callbackUrl is invalid",
    PERCENT_MODE: "percentMode is invalid",
    BENEFICIARY: "beneficiary is invalid",
    109: "beneficiary is inactive",
    110: "own share is missing",
    SPLIT_SUM: "sum of shares is wrong",
    112: "wallet balance is not enough for the fee",
    TOO_MUCH: "amount is over the limit",
    NATIONAL_CODE: "nationalCode is invalid",
    ADDRESS: "ip address is not registered",
    VERIFIED_BEFORE: "already verified",
    NOT_PAID: "not paid or not successful",
    NO_SESSION: "trackId is invalid",
}

# The platform's own.
P_DONE: Final = 1
P_NO_WALLET: Final = 10
P_NO_MONEY: Final = 11
P_TOO_LITTLE: Final = 12
P_GATEWAY: Final = 18
P_DOWN: Final = 45

_WORDS: Final = {magic.OOPS: TROUBLE, magic.BUSY: ADDRESS}
_PLATFORM_WORDS: Final = {magic.OOPS: 99, magic.BUSY: P_DOWN}
_STATUSES: Final = {
    State.IN_BANK: -1,
    State.PAID: 2,
    State.VERIFIED: 1,
    State.RETURNED: 18,
    State.REVERSED: 18,
}
_FAILURES: Final = {SHORT_OF_MONEY: 5, WRONG_CARD: 4, NO_ANSWER: 10}
_CANCELLED: Final = 3


class Refusal(Exception):
    """The provider's no."""

    def __init__(self, result: int) -> None:
        super().__init__(result)
        self.result = result


def told(result: int, **body: object) -> Answer:
    """Return an answer; the HTTP status beside a result is always 200 here (undocumented)."""
    told_body: Json = {**body, "result": result, "message": MESSAGES.get(result, "")}
    return Answer(200, told_body)


def scripted(code: int | None) -> Answer:
    """Return the gateway's answer to a scripted error; magic codes are translated."""
    return told(TROUBLE if code is None else _WORDS.get(code, code))


def scripted_on_platform(code: int | None) -> Answer:
    """Return the platform's answer to a scripted error."""
    return told(99 if code is None else _PLATFORM_WORDS.get(code, code))


def status_of(payment: Payment) -> int:
    """Return the wire status of a payment, refunds left out."""
    if payment.state is State.FAILED:
        return _FAILURES.get(payment.reason or "", _CANCELLED)
    return _STATUSES[payment.state]
