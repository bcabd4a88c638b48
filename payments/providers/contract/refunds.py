"""Sending part or all of a captured payment back, after the provider's reversal window too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from payments.providers.contract.gateway import Session
from payments.providers.contract.terms import Account, Evidence, Outcome, WireUnit


class TransferState(StrEnum):
    """Where money on its way out stands. RETURNED: it came back after it looked paid."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundCapabilities:
    """`idempotent`: the provider knows our key, so the same order twice is one refund.

    `inquiry`: it can be asked about a refund. `finality`: after this long an order it does not
    know was never taken in. `once`: it takes a single refund for each payment. `fee_rial`: what
    one costs, None when it is not published. `usually`: how long money takes when nothing is told.
    """

    idempotent: bool
    inquiry: bool
    cancel: bool
    partial: bool
    min_rial: int
    wire_unit: WireUnit
    finality: timedelta
    once: bool = False
    fee_rial: int | None = None
    usually: timedelta = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundOrder:
    """Money to send back; `key` is ours, unique, and the same whenever this order is repeated.

    `before_rial` is what earlier orders of ours sent back of the same payment. `others` names their
    transfers as the provider does, each with how much of it that sum counts.
    """

    key: str
    session: Session
    provider_ref: str
    amount_rial: int
    description: str = ""
    card: bool = True
    before_rial: int = 0
    others: Mapping[str, int] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)

    def unnamed_before(self, listed: Iterable[str]) -> int:
        """Return how much went back before under none of the references a provider lists."""
        return self.before_rial - sum(self.others.get(reference, 0) for reference in listed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One transfer of a refund or payout; providers may split an order into several.

    `fee_rial`: what the provider takes for it as things stand; None: it does not say.
    """

    reference: str
    amount_rial: int
    state: TransferState
    expected_at: datetime | None = None
    reason: str = ""
    fee_rial: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ordered:
    """Answer to an order or a question about it. OK and ALREADY carry its parts.

    A question about an order the provider does not know is answered OK with one part NOT_FOUND.
    `no_balance`: the business's money there does not suffice, so the order was refused or is held.
    """

    outcome: Outcome
    evidence: Evidence
    reference: str = ""
    parts: tuple[Part, ...] = ()
    retry_after: timedelta | None = None
    no_balance: bool = False


class Refunder(Protocol):
    """Refunds of gateway payments."""

    refunds: ClassVar[RefundCapabilities]

    def refund(self, account: Account, order: RefundOrder) -> Ordered:
        """Order a refund."""
        ...

    def inquire_refund(self, account: Account, order: RefundOrder, reference: str) -> Ordered:
        """Ask what became of an order; `reference` is the provider's, "" when never heard."""
        ...

    def cancel_refund(self, account: Account, order: RefundOrder, reference: str) -> Ordered:
        """Take an order back while it has not left."""
        ...
