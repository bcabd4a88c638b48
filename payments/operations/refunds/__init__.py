"""Giving money back and paying it out: asked, approved, sent, watched until it stays."""

from payments.operations.refunds.ask import RefundAsked, ask_refund
from payments.operations.refunds.creditors import Creditor, register_creditor
from payments.operations.refunds.decide import decide
from payments.operations.refunds.effects import register_prepaid_guard, register_refund_effect
from payments.operations.refunds.payout import ask_payout
from payments.operations.refunds.people import (
    cancel_transfer,
    pay_again,
    settle_by_hand,
    try_again,
    verify_destination,
)
from payments.operations.refunds.policy import set_refund_policy
from payments.operations.refunds.preview import RefundPreview, preview_refund
from payments.operations.refunds.receiver import Receiver
from payments.operations.refunds.run import run_transfer, run_until_it_waits
from payments.operations.refunds.windows import (
    forget_return_window,
    forget_tier_window,
    replace_return_windows,
    set_return_window,
    set_tier_window,
)

__all__ = [
    "Creditor",
    "Receiver",
    "RefundAsked",
    "RefundPreview",
    "ask_payout",
    "ask_refund",
    "cancel_transfer",
    "decide",
    "forget_return_window",
    "forget_tier_window",
    "pay_again",
    "preview_refund",
    "register_creditor",
    "register_prepaid_guard",
    "register_refund_effect",
    "replace_return_windows",
    "run_transfer",
    "run_until_it_waits",
    "set_refund_policy",
    "set_return_window",
    "set_tier_window",
    "settle_by_hand",
    "try_again",
    "verify_destination",
]
