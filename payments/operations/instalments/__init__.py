"""Credit a shop gives its own customers."""

from payments.operations.instalments.collect import ask_for_instalment, step_instalment
from payments.operations.instalments.contract import NewPlan, sell_on_credit
from payments.operations.instalments.late_fee import (
    ask_for_late_fee,
    reopen_late_fee,
    settle_late_fee,
    waive_late_fee,
)
from payments.operations.instalments.paid import (
    OWNER,
    cancel_plan,
    reopen_instalment,
    settle_instalment,
)
from payments.operations.instalments.terms import NewTerms, set_credit_terms

__all__ = [
    "OWNER",
    "NewPlan",
    "NewTerms",
    "ask_for_instalment",
    "ask_for_late_fee",
    "cancel_plan",
    "reopen_instalment",
    "reopen_late_fee",
    "sell_on_credit",
    "set_credit_terms",
    "settle_instalment",
    "settle_late_fee",
    "step_instalment",
    "waive_late_fee",
]
