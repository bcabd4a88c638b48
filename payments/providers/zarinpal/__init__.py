"""Zarinpal v4."""

from types import MappingProxyType
from typing import Final

from payments.providers.contract import Field, Host
from payments.providers.product import Product
from payments.providers.zarinpal.adapter import Zarinpal
from payments.providers.zarinpal.debits import ZarinpalDebits

_adapter = Zarinpal()

ZARINPAL: Final = Product(
    name=Zarinpal.name,
    version=Zarinpal.version,
    fields=(Field(name="merchant_id"),),
    hosts=MappingProxyType(
        {
            "main": Host(url="https://payment.zarinpal.com", sandbox_path=""),
            "www": Host(url="https://www.zarinpal.com", sandbox_path=""),
        }
    ),
    check=_adapter.malformed,
    gateway=_adapter,
    debits=ZarinpalDebits(),
)

__all__ = ["ZARINPAL", "Zarinpal"]
