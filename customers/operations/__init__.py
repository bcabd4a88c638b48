"""What can be done with customers, purchases, returns and cases."""

from customers.operations.people.profiles import FoundCustomer, find_or_create, update_customer
from customers.operations.purchases.record import MAX_BATCH, record_purchases
from customers.operations.purchases.values import (
    CardHint,
    CustomerHint,
    NewLine,
    NewPurchase,
    NewTender,
    PurchaseOutcome,
)
from customers.operations.returns import NewReturnLine, ReturnOutcome, record_return
from customers.operations.stories import note_timeline, open_case, resolve_case

__all__ = [
    "MAX_BATCH",
    "CardHint",
    "CustomerHint",
    "FoundCustomer",
    "NewLine",
    "NewPurchase",
    "NewReturnLine",
    "NewTender",
    "PurchaseOutcome",
    "ReturnOutcome",
    "find_or_create",
    "note_timeline",
    "open_case",
    "record_purchases",
    "record_return",
    "resolve_case",
    "update_customer",
]
