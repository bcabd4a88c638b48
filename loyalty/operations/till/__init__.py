"""What devices do: each verb once by the device's own number, also long after it happened."""

from loyalty.operations.till.carry_out import Told, carry_out
from loyalty.operations.till.codes import demand_spending_code
from loyalty.operations.till.late import MOST_LATE, LateAct, LateResult, take_in_late
from loyalty.operations.till.rules import change_till_rules, deal_with
from loyalty.operations.till.values import Accrual, Act, ByCard, Reversal, Spending

__all__ = [
    "MOST_LATE",
    "Accrual",
    "Act",
    "ByCard",
    "LateAct",
    "LateResult",
    "Reversal",
    "Spending",
    "Told",
    "carry_out",
    "change_till_rules",
    "deal_with",
    "demand_spending_code",
    "take_in_late",
]
