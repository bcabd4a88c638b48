"""The registry of products: explicit, one line each."""

from typing import Final

from payments.providers.contract import DirectDebit, Gateway
from payments.providers.finnotech import FINNOTECH
from payments.providers.jibit import JIBIT_IDE, JIBIT_PPG, JIBIT_TRANSFEROR
from payments.providers.jibit.pip import JIBIT_PIP
from payments.providers.mellat import MELLAT
from payments.providers.product import FAMILIES, Product
from payments.providers.sep import SEP
from payments.providers.snapppay import SNAPPPAY
from payments.providers.vandar import VANDAR
from payments.providers.zarinpal import ZARINPAL
from payments.providers.zibal import ZIBAL

__all__ = ["FAMILIES", "PRODUCTS", "Product", "adapter_of", "debits_of", "product_of"]

PRODUCTS: Final[dict[str, Product]] = {
    product.name: product
    for product in (
        FINNOTECH,
        JIBIT_IDE,
        JIBIT_PPG,
        JIBIT_TRANSFEROR,
        JIBIT_PIP,
        MELLAT,
        SEP,
        SNAPPPAY,
        VANDAR,
        ZARINPAL,
        ZIBAL,
    )
}  # fmt: skip


def product_of(provider: str) -> Product:
    """Return a product by its name; raises KeyError for one we do not speak."""
    return PRODUCTS[provider]


def adapter_of(provider: str) -> Gateway:
    """Return the gateway of a product; raises KeyError for one that has none."""
    gateway = PRODUCTS[provider].gateway
    if gateway is None:
        raise KeyError(provider)
    return gateway


def debits_of(provider: str) -> DirectDebit:
    """Return the direct debit of a product; raises KeyError for one that has none."""
    debits = PRODUCTS[provider].debits
    if debits is None:
        raise KeyError(provider)
    return debits
