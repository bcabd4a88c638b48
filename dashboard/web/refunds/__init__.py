"""Money back and money out: giving it, approving it, watching it arrive, timing it."""

from dashboard.web.refunds.acting import act
from dashboard.web.refunds.asking import give_back, preview
from dashboard.web.refunds.listing import payouts, refund, refunds
from dashboard.web.refunds.report import refund_report, return_window, tier_window

__all__ = [
    "act",
    "give_back",
    "payouts",
    "preview",
    "refund",
    "refund_report",
    "refunds",
    "return_window",
    "tier_window",
]
