"""Which providers there are: an explicit list."""

from typing import Final

from messaging.providers.contract import SmsProvider
from messaging.providers.kavenegar import Kavenegar

_PROVIDERS: Final[dict[str, SmsProvider]] = {"kavenegar": Kavenegar()}


def provider_named(name: str) -> SmsProvider:
    """Return an adapter; raises KeyError for a name no code answers to."""
    return _PROVIDERS[name]
