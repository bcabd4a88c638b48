"""One-time codes: sending one by SMS, checking it, once."""

from customers.operations.codes.check import (
    CodeCheck,
    check_code,
    check_code_of,
    demand_code,
    verify_mobile,
)
from customers.operations.codes.send import (
    SentCode,
    send_code,
    send_code_if_known,
    send_code_to,
)
from customers.operations.codes.sweep import forget_codes

__all__ = [
    "CodeCheck",
    "SentCode",
    "check_code",
    "check_code_of",
    "demand_code",
    "forget_codes",
    "send_code",
    "send_code_if_known",
    "send_code_to",
    "verify_mobile",
]
