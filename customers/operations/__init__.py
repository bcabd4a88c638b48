"""What can be done with customers, purchases, returns and cases."""

from customers.operations.purchases.record import record_purchases
from customers.operations.purchases.values import (
    CardHint,
    CustomerHint,
    NewLine,
    NewPurchase,
    NewTender,
    PurchaseOutcome,
)

__all__ = [
    "CardHint",
    "CustomerHint",
    "NewLine",
    "NewPurchase",
    "NewTender",
    "PurchaseOutcome",
    "record_purchases",
]
