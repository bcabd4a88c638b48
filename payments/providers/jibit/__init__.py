"""Jibit's services: each is a product with keys of its own."""

from functools import partial
from types import MappingProxyType
from typing import Final

from payments.providers.contract import Field, Host
from payments.providers.jibit.ide import IDE, JibitIde
from payments.providers.jibit.line import log_in
from payments.providers.jibit.ppg import JibitPpg
from payments.providers.jibit.transferor import TRANSFEROR, JibitTransferor
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
    statements=_ppg,
)

JIBIT_TRANSFEROR: Final = Product(
    name=TRANSFEROR.name,
    version="v2",
    fields=_KEYS,
    hosts=MappingProxyType(
        {"main": Host(url="https://napi.jibit.ir/trf", sandbox_path="/jibit/trf")}
    ),
    probe=partial(log_in, service=TRANSFEROR),
    payouts=JibitTransferor(),
)
JIBIT_IDE: Final = Product(
    name=IDE.name,
    version="v1",
    fields=_KEYS,
    hosts=MappingProxyType(
        {"main": Host(url="https://napi.jibit.ir/ide", sandbox_path="/jibit/ide")}
    ),
    probe=partial(log_in, service=IDE),
    inquiries=JibitIde(),
)

__all__ = ["JIBIT_IDE", "JIBIT_PPG", "JIBIT_TRANSFEROR"]
