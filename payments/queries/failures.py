"""What a provider's code of a failed try means, where that is published; for counting only."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from payments.enums import Provider
from payments.enums.accounts import TryFailure

_F = TryFailure
_ZIBAL: Final = {
    "3": _F.CANCELLED,
    "4": _F.CARD,
    "5": _F.FUNDS,
    "6": _F.CARD,
    **dict.fromkeys(("7", "8", "9"), _F.LIMIT),
    **dict.fromkeys(("10", "11", "12"), _F.BANK),
    "21": _F.SETTINGS,
}
_SEP: Final = {
    "1": _F.CANCELLED,
    "4": _F.TIME,
    **dict.fromkeys(("5", "8", "10", "11", "12"), _F.SETTINGS),
}
# 11 to 19 are the card, its password or its balance, but for 17.
_MELLAT: Final = {
    **dict.fromkeys(map(str, range(11, 20)), _F.CARD),
    "17": _F.CANCELLED,
    **dict.fromkeys(("21", "24", "62", "421"), _F.SETTINGS),
    "34": _F.BANK,
    "98": _F.LIMIT,
    **dict.fromkeys(("111", "112", "113", "114"), _F.BANK),
    "415": _F.TIME,
}
_KNOWN: Final[Mapping[str, Mapping[str, TryFailure]]] = MappingProxyType(
    {Provider.ZIBAL: _ZIBAL, Provider.SEP: _SEP, Provider.MELLAT: _MELLAT}
)


def failure_of(provider: str, code: str) -> TryFailure | None:
    """Return what a code means, or None where nobody published it."""
    return _KNOWN.get(provider, {}).get(code)
