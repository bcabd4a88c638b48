"""Transfers from a business's balance at a provider to an IBAN."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from payments.providers.contract.refunds import Ordered
from payments.providers.contract.terms import Account, WireUnit


class Rail(StrEnum):
    """The way money travels between banks."""

    PAYA = "paya"
    SATNA = "satna"
    POL = "pol"
    INTERNAL = "internal"
    CARD = "card"
    AUTO = "auto"


@dataclass(frozen=True, kw_only=True, slots=True)
class PayoutCapabilities:
    """As RefundCapabilities. `rails` are those one may ask for."""

    idempotent: bool
    inquiry: bool
    cancel: bool
    min_rial: int
    wire_unit: WireUnit
    finality: timedelta
    rails: tuple[Rail, ...]
    fee_rial: int | None = None
    usually: timedelta = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class PayoutOrder:
    """Money to send to an account; `key` is ours and the same whenever the order is repeated."""

    key: str
    iban: str
    first_name: str
    last_name: str
    amount_rial: int
    rail: Rail = Rail.AUTO
    description: str = ""


class Payouts(Protocol):
    """Payouts."""

    payouts: ClassVar[PayoutCapabilities]

    def payout(self, account: Account, order: PayoutOrder) -> Ordered:
        """Order a transfer."""
        ...

    def inquire_payout(self, account: Account, order: PayoutOrder, reference: str) -> Ordered:
        """Ask what became of an order; `reference` is the provider's, "" when never heard."""
        ...

    def cancel_payout(self, account: Account, order: PayoutOrder, reference: str) -> Ordered:
        """Take an order back while it has not left."""
        ...
