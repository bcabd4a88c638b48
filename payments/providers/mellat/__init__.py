"""Behpardakht Mellat: a bank's own gateway, over SOAP."""

from types import MappingProxyType
from typing import Final

from payments.providers.contract import Field, Host
from payments.providers.mellat.adapter import Mellat
from payments.providers.product import Product

_adapter = Mellat()

MELLAT: Final = Product(
    name=Mellat.name,
    version=Mellat.version,
    fields=(
        Field(name="terminal_id", secret=False),
        Field(name="username", secret=False),
        Field(name="password"),
    ),
    hosts=MappingProxyType(
        {"main": Host(url="https://bpm.shaparak.ir", sandbox_path="/mellat")},
    ),
    check=_adapter.malformed,
    gateway=_adapter,
)

__all__ = ["MELLAT", "Mellat"]
