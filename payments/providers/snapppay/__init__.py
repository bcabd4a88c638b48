"""SnappPay: pays the shop now, the buyer pays it in instalments."""

from types import MappingProxyType
from typing import Final

from payments.providers.contract import Field, Host
from payments.providers.product import Product
from payments.providers.snapppay.adapter import SnappPay
from payments.providers.snapppay.refunds import SnappPayRefunds
from payments.providers.snapppay.wire import log_in

_adapter = SnappPay()

SNAPPPAY: Final = Product(
    name=SnappPay.name,
    version=SnappPay.version,
    fields=(
        Field(name="client_id", secret=False),
        Field(name="client_secret"),
        Field(name="username", secret=False),
        Field(name="password"),
        # "paid" where the contract's PENDING means paid and waiting for us; see wire.py.
        Field(name="pending", secret=False, required=False),
    ),
    hosts=MappingProxyType(
        {"main": Host(url="https://api.snapppay.ir", sandbox_path="/snapppay")},
    ),
    check=_adapter.malformed,
    gateway=_adapter,
    refunds=SnappPayRefunds(_adapter),
    bnpl=_adapter,
    probe=log_in,
)

__all__ = ["SNAPPPAY", "SnappPay"]
