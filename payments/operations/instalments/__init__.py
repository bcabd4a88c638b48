"""Credit a shop gives its own customers."""

from payments.operations.instalments.collect import ask_for_instalment, step_instalment
from payments.operations.instalments.contract import NewPlan, sell_on_credit
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
    "cancel_plan",
    "reopen_instalment",
    "sell_on_credit",
    "set_credit_terms",
    "settle_instalment",
    "step_instalment",
]
