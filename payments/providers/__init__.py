"""The registry of adapters: explicit, one line each."""

from typing import Final

from payments.providers.contract import Gateway
from payments.providers.zarinpal import Zarinpal

ADAPTERS: Final[dict[str, Gateway]] = {Zarinpal.name: Zarinpal()}


def adapter_of(provider: str) -> Gateway:
    """Return the adapter of a provider; raises KeyError for one we do not speak."""
    return ADAPTERS[provider]
