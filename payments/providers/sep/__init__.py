"""SEP (Saman): a bank's own gateway."""

from types import MappingProxyType
from typing import Final

from payments.providers.contract import Field, Host
from payments.providers.product import Product
from payments.providers.sep.adapter import Sep

_adapter = Sep()

SEP: Final = Product(
    name=Sep.name,
    version=Sep.version,
    fields=(
        Field(name="terminal_id", secret=False),
        # What its disputed codes mean for this terminal; see codes.py.
        Field(name="minus_two", secret=False, required=False),
    ),
    hosts=MappingProxyType({"main": Host(url="https://sep.shaparak.ir", sandbox_path="/sep")}),
    check=_adapter.malformed,
    gateway=_adapter,
)

__all__ = ["SEP", "Sep"]
