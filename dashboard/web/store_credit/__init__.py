"""Store credit: what is owed to customers by name, its terms, and paying into it."""

from dashboard.web.store_credit.filling import store_credit_back, store_credit_fill
from dashboard.web.store_credit.listing import store_credit, store_credit_terms

__all__ = ["store_credit", "store_credit_back", "store_credit_fill", "store_credit_terms"]
