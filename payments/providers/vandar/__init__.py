"""Vandar: one product with a family in each module, and one panel login for all but the gateway."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from payments.providers.contract import Field, Host
from payments.providers.product import Product
from payments.providers.vandar.debits import VandarDebits
from payments.providers.vandar.gateway import VandarGateway
from payments.providers.vandar.transfers import VandarPayouts, VandarRefunds

_PANEL: Final = ("business", "mobile", "password")


def malformed(credentials: Mapping[str, str]) -> str:
    """Return the first credential that is missing: a gateway key, or a whole panel login."""
    if not any(credentials.get(name) for name in _PANEL):
        return "" if credentials.get("api_key") else "api_key"
    return next((name for name in _PANEL if not credentials.get(name)), "")


VANDAR: Final = Product(
    name=VandarGateway.name,
    version=VandarGateway.version,
    fields=(
        Field(name="api_key", required=False),
        Field(name="business", secret=False, required=False),
        Field(name="mobile", secret=False, required=False),
        Field(name="password", required=False),
    ),
    hosts=MappingProxyType(
        {
            "ipg": Host(url="https://ipg.vandar.io", sandbox_path="/vandar/ipg"),
            "api": Host(url="https://api.vandar.io", sandbox_path="/vandar/api"),
            "health": Host(url="https://health.vandar.io", sandbox_path="/vandar/health"),
            "subscription": Host(
                url="https://subscription.vandar.io", sandbox_path="/vandar/subscription"
            ),
        }
    ),
    needs=MappingProxyType(
        {
            "gateway": ("api_key",),
            "refunds": _PANEL,
            "payouts": _PANEL,
            "deposits": _PANEL,
            "debits": _PANEL,
        }
    ),
    check=malformed,
    gateway=VandarGateway(),
    refunds=VandarRefunds(),
    payouts=VandarPayouts(),
    debits=VandarDebits(),
)

__all__ = ["VANDAR"]
