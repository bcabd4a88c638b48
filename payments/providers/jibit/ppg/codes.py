"""The words of PPG v3 and what each means for us, per operation. Others are UNKNOWN."""

from collections.abc import Mapping
from typing import Final

from payments.providers.contract import Outcome, Standing

REQUEST: Final[Mapping[str, Outcome]] = dict.fromkeys(
    (
        "additionalData.*",
        "amount.*",
        "amount_plus_wage.*",
        "callbackUrl.*",
        "clientReferenceNumber.*",
        "currency.*",
        "description.*",
        "fee_as_wage.*",
        "payerMobileNumber.*",
        "userIdentifier.*",
        "wage.*",
    ),
    Outcome.DECLINED,
)
VERIFY: Final[Mapping[str, Outcome]] = {
    "payment.already_verified": Outcome.ALREADY,
    "purchase.already_reversed": Outcome.DECLINED,
    "purchase.invalid_state": Outcome.DECLINED,
    "purchase.not_found": Outcome.DECLINED,
}
VERIFIED: Final[Mapping[str, Outcome]] = {
    "SUCCESSFUL": Outcome.OK,
    "ALREADY_VERIFIED": Outcome.ALREADY,
    "NOT_VERIFIABLE": Outcome.DECLINED,
    "FAILED": Outcome.DECLINED,
    "UNKNOWN": Outcome.UNKNOWN,
}
REVERSE: Final[Mapping[str, Outcome]] = {
    "purchase.already_reversed": Outcome.ALREADY,
    **dict.fromkeys(
        (
            "purchase.invalid_state",
            "purchase.not_found",
            "purchase.not_reversible",
            "purchase.refunded",
            "reverse.is_not_enabled",
            "reverse.not_supported",
        ),
        Outcome.DECLINED,
    ),
}
REVERSED: Final[Mapping[str, Outcome]] = {
    "SUCCESSFUL": Outcome.OK,
    "ALREADY_REVERSED": Outcome.ALREADY,
    "NOT_REVERSIBLE": Outcome.DECLINED,
    "FAILED": Outcome.DECLINED,
    "UNKNOWN": Outcome.UNKNOWN,
}
REFUND: Final[Mapping[str, Outcome]] = dict.fromkeys(
    ("purchase.invalid_state", "purchase.not_found", "refund.not_supported"), Outcome.DECLINED
)
# MANUALLY_SUCCESS is a contradiction somebody resolved: the money is there after all.
STANDINGS: Final[Mapping[str, Standing]] = {
    "IN_PROGRESS": Standing.AT_BANK,
    "READY_TO_VERIFY": Standing.PAID_UNCONFIRMED,
    "SUCCESS": Standing.CONFIRMED,
    "MANUALLY_SUCCESS": Standing.CONFIRMED,
    "REVERSED": Standing.RETURNED,
    "FAILED": Standing.FAILED,
    "EXPIRED": Standing.FAILED,
}
