"""Zarinpal v4, its direct debit, and its refunds, which need a token and the terminal's number."""

from types import MappingProxyType
from typing import Final

from payments.providers.contract import Field, Host
from payments.providers.product import Product
from payments.providers.zarinpal.adapter import Zarinpal
from payments.providers.zarinpal.debits import ZarinpalDebits
from payments.providers.zarinpal.refunds import HOST, ZarinpalRefunds

_adapter = Zarinpal()

ZARINPAL: Final = Product(
    name=Zarinpal.name,
    version=Zarinpal.version,
    fields=(
        Field(name="merchant_id"),
        Field(name="access_token", required=False),
        Field(name="terminal_id", secret=False, required=False),
    ),
    hosts=MappingProxyType(
        {
            "main": Host(url="https://payment.zarinpal.com", sandbox_path=""),
            "www": Host(url="https://www.zarinpal.com", sandbox_path=""),
            HOST: Host(url="https://next.zarinpal.com", sandbox_path="/zarinpal"),
        }
    ),
    needs=MappingProxyType({"refunds": ("access_token", "terminal_id")}),
    check=_adapter.malformed,
    gateway=_adapter,
    refunds=ZarinpalRefunds(),
    debits=ZarinpalDebits(),
)

__all__ = ["ZARINPAL", "Zarinpal", "ZarinpalRefunds"]
