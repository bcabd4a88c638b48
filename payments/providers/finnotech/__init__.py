"""Finnotech: inquiries, for companies only."""

from types import MappingProxyType
from typing import Final

from payments.providers.contract import Field, Host
from payments.providers.finnotech.adapter import Finnotech
from payments.providers.product import Product

FINNOTECH: Final = Product(
    name="finnotech",
    version="v2",
    fields=(
        Field(name="client_id", secret=False),
        Field(name="client_secret"),
        Field(name="nid", secret=False),
    ),
    hosts=MappingProxyType(
        {"main": Host(url="https://api.finnotech.ir", sandbox_path="/finnotech")}
    ),
    inquiries=Finnotech(),
)

__all__ = ["FINNOTECH"]
