"""The loyalty tables as platform staff see them."""

from loyalty.admin import ledger, presents

__all__ = ["ledger", "presents"]
