"""What all families of providers share: outcomes, units, accounts, evidence, products.

Adapters hold no state and know no models. Money is integer rial on our side of an adapter; the
unit on the wire is declared per operation. A callback yields a locator and a claim, never proof.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.text import storable


class Outcome(StrEnum):
    """How a call to a provider ended, as far as we may believe.

    OK: done now. ALREADY: was done before. PENDING: accepted, ask later. DECLINED: a final no.
    NOT_ATTEMPTED: did not reach the provider, safe to try again. UNKNOWN: may have happened,
    inquire first. MISMATCH: the provider says yes, but to something that is not ours.
    """

    OK = "ok"
    ALREADY = "already"
    PENDING = "pending"
    DECLINED = "declined"
    NOT_ATTEMPTED = "not_attempted"
    UNKNOWN = "unknown"
    MISMATCH = "mismatch"


class WireUnit(StrEnum):
    """The unit an amount has on the wire."""

    IRR = "IRR"
    IRT = "IRT"


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Where and as whom to call. A product with several hosts names them in `hosts`."""

    base_url: str
    credentials: Mapping[str, str] = field(repr=False)
    hosts: Mapping[str, str] = field(default_factory=dict)

    def host(self, name: str) -> str:
        """Return the address of one of the product's hosts, the main one unless it is named."""
        return self.hosts.get(name, self.base_url)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What was sent and what came back, masked, with the provider's own code and words.

    What no database keeps is left out of it: whatever a provider says can be written down.
    """

    asked: Mapping[str, Any]
    answered: Any = None
    http_status: int | None = None
    code: str = ""
    message: str = ""
    took_ms: int = 0

    def __post_init__(self) -> None:
        for name in ("asked", "answered", "code", "message"):
            object.__setattr__(self, name, storable(getattr(self, name)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One credential of a product. A secret one is shown never again, not even its end."""

    name: str
    secret: bool = True
    required: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Host:
    """One address of a product: the provider's own, and its path inside the sandbox."""

    url: str
    sandbox_path: str
