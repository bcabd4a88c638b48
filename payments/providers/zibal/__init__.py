"""Zibal: a gateway with a merchant, and refunds with a token of the platform."""

from types import MappingProxyType
from typing import Final

from payments.providers.contract import Field, Host
from payments.providers.product import Product
from payments.providers.zibal.gateway import ZibalGateway
from payments.providers.zibal.refunds import NEEDS, ZibalRefunds

_gateway = ZibalGateway()

ZIBAL: Final = Product(
    name=ZibalGateway.name,
    version=ZibalGateway.version,
    fields=(
        Field(name="merchant"),
        Field(name="mode", secret=False, required=False),
        Field(name="access_token", required=False),
        Field(name="account_id", secret=False, required=False),
    ),
    hosts=MappingProxyType(
        {
            "main": Host(url="https://gateway.zibal.ir", sandbox_path="/zibal"),
            "api": Host(url="https://api.zibal.ir", sandbox_path="/zibal/platform"),
        }
    ),
    needs=MappingProxyType({"refunds": NEEDS}),
    check=_gateway.malformed,
    gateway=_gateway,
    refunds=ZibalRefunds(),
)

__all__ = ["ZIBAL"]
