"""SMS providers: a contract and its adapters."""

from messaging.providers.contract import (
    Account,
    Inquiry,
    Outcome,
    Outgoing,
    Sending,
    SmsProvider,
    Status,
    Tariff,
)
from messaging.providers.registry import provider_named

__all__ = [
    "Account",
    "Inquiry",
    "Outcome",
    "Outgoing",
    "Sending",
    "SmsProvider",
    "Status",
    "Tariff",
    "provider_named",
]
