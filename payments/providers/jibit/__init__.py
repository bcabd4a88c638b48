"""Jibit's services: each is a product with keys of its own."""

from types import MappingProxyType
from typing import Final

from payments.providers.contract import Field, Host
from payments.providers.jibit.ppg import JibitPpg
from payments.providers.product import Product

_KEYS: Final = (Field(name="api_key", secret=False), Field(name="secret_key"))
_ppg = JibitPpg()

JIBIT_PPG: Final = Product(
    name=JibitPpg.name,
    version=JibitPpg.version,
    fields=_KEYS,
    hosts=MappingProxyType(
        {"main": Host(url="https://napi.jibit.ir/ppg", sandbox_path="/jibit/ppg")}
    ),
    gateway=_ppg,
    refunds=_ppg,
)

__all__ = ["JIBIT_PPG"]
