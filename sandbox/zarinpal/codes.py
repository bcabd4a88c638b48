"""The provider's codes and messages, and the shape of its answers."""

from collections.abc import Mapping
from typing import Final

from sandbox.wire import Answer, Json

SUCCESS: Final = 100
VERIFIED: Final = 101

CALLBACK: Final = -2
DESCRIPTION: Final = -3
AMOUNT: Final = -4
REFERRER: Final = -5
VALIDATION: Final = -9
CALLBACK_DOMAIN: Final = -14
WAGES_TOTAL: Final = -32
WAGES_PARTS: Final = -35
WAGES_MINIMUM: Final = -36
WAGES: Final = -39
EXPIRE_IN: Final = -40
TOO_MUCH: Final = -41
AMOUNT_DIFFERS: Final = -50
NOT_PAID: Final = -51
OOPS: Final = -52
OTHER_MERCHANT: Final = -53
BAD_AUTHORITY: Final = -54
NOT_FOUND: Final = -55
NOT_SUCCESSFUL: Final = -61
REVERSE_IP: Final = -62
REVERSE_LATE: Final = -63

MESSAGES: Final = {
    CALLBACK: "The callback url field is required.",
    DESCRIPTION: "The description field is required and may not be greater than 500 characters.",
    AMOUNT: "The amount is not in the allowed range.",
    REFERRER: "The referrer id is not valid.",
    VALIDATION: "The input params invalid, validation error.",
    -10: "Terminal is not valid, please check merchant_id or ip address.",
    -11: "Terminal is not active, please contact our support team.",
    -12: "To many attempts, please try again later.",
    -13: "Terminal limit reached.",
    CALLBACK_DOMAIN: "The callback URL domain does not match the registered terminal domain.",
    -15: "Terminal user is suspend : (please contact our support team).",
    -16: "Terminal user level is not valid : ( please contact our support team).",
    -17: "Terminal user level is not valid : ( please contact our support team).",
    -18: "The referrer address does not match the registered domain.",
    -19: "Terminal user transactions are banned.",
    -30: "Terminal do not allow to accept floating wages.",
    -31: "Terminal do not allow to accept wages, please add default bank account in panel.",
    WAGES_TOTAL: "Wages is not valid, Total wages(floating) has been overload max amount.",
    -33: "Wages floating is not valid.",
    -34: "Wages is not valid, Total wages(fixed) has been overload max amount.",
    WAGES_PARTS: (
        "Wages is not valid, Total wages(floating) has been reached the limit in max parts."
    ),
    WAGES_MINIMUM: "The minimum amount for wages(floating) should be 10,000 Rials",
    -37: "One or more iban entered for wages(floating) from the bank side are inactive.",
    -38: "Wages need to set Iban in shaparak.",
    WAGES: "Wages have a error!",
    EXPIRE_IN: "Invalid extra params, expire_in is not valid.",
    TOO_MUCH: "Maximum amount is 100,000,000 tomans.",
    AMOUNT_DIFFERS: "Session is not valid, amounts values is not the same.",
    NOT_PAID: "Session is not valid, session is not active paid try.",
    OOPS: "Oops!!, please contact our support team",
    OTHER_MERCHANT: "Session is not this merchant_id session",
    BAD_AUTHORITY: "Invalid authority.",
    NOT_FOUND: "Manual payment request not found.",
    -60: "Session can not be reversed with bank.",
    NOT_SUCCESSFUL: "Session is not in success status.",
    REVERSE_IP: "Terminal ip limit most be active.",
    REVERSE_LATE: "Maximum time for reverse this session is expired.",
}

# The HTTP status beside an error code is undocumented; clients must read the body.
_STATUSES: Final = {VALIDATION: 422, -10: 401, -12: 429}
_USUAL_STATUS: Final = 400


class Refusal(Exception):
    """The provider's no: a code, and for a validation error the fields at fault."""

    def __init__(self, code: int, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.fields = dict(fields or {})


def refused(refusal: Refusal) -> Answer:
    """Return the answer of an error: `data` is an empty list, `errors` an object."""
    errors: Json = {
        "code": refusal.code,
        "message": MESSAGES.get(refusal.code, MESSAGES[OOPS]),
        "validations": [{name: text} for name, text in refusal.fields.items()],
    }
    status = _STATUSES.get(refusal.code, _USUAL_STATUS)
    return Answer(status, {"data": [], "errors": errors})


def granted(data: Json) -> Answer:
    """Return the answer of a success: `data` is an object, `errors` an empty list."""
    return Answer(200, {"data": data, "errors": []})
