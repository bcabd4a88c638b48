"""Store credit: a customer's own rial, filled for a reason and spent at the same shop (ADR 70)."""

from loyalty.operations.credit.fill import NewCredit, fill_store_credit
from loyalty.operations.credit.goods import credit_return
from loyalty.operations.credit.spend import hold_store_credit
from loyalty.operations.credit.take_back import take_credit_back
from loyalty.operations.credit.terms import NewCreditTerms, change_credit_terms

__all__ = [
    "NewCredit",
    "NewCreditTerms",
    "change_credit_terms",
    "credit_return",
    "fill_store_credit",
    "hold_store_credit",
    "take_credit_back",
]
