"""Identified deposits: identifiers, and the bank's rows of money that came in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from payments.providers.contract.terms import Account, Evidence, Outcome, WireUnit


class IdentifierState(StrEnum):
    """Whether an identifier may be shown to a payer."""

    PENDING = "pending"
    ACTIVE = "active"
    FAILED = "failed"
    CLOSED = "closed"


class DepositState(StrEnum):
    """What the provider says of money that came in."""

    IN_PROGRESS = "in_progress"
    AWAITING_CONFIRM = "awaiting_confirm"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    SUSPICIOUS = "suspicious"


@dataclass(frozen=True, kw_only=True, slots=True)
class DepositCapabilities:
    """`needs_confirm`: unconfirmed money goes back. `registered_sources`: only from told IBANs."""

    needs_confirm: bool
    registered_sources: bool
    can_close: bool
    wire_unit: WireUnit


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentifierRequest:
    """Whom an identifier is for; `reference` is ours and unique."""

    reference: str
    full_name: str
    mobile: str = ""
    ibans: tuple[str, ...] = ()
    callback_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Identifier:
    """Answer about an identifier: its digits and where to pay."""

    outcome: Outcome
    evidence: Evidence
    identifier: str = ""
    state: IdentifierState | None = None
    bank: str = ""
    iban: str = ""
    owner: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DepositRow:
    """Money that came in, as the provider tells it."""

    reference: str
    identifier: str
    amount_rial: int
    state: DepositState
    at: datetime
    bank_reference: str = ""
    source_iban: str = ""
    source_name: str = ""
    raw: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class DepositPage:
    """Rows since a cursor; an empty `cursor` means there is no more now."""

    outcome: Outcome
    evidence: Evidence
    rows: tuple[DepositRow, ...] = ()
    cursor: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DepositAnswer:
    """Answer to a confirmation or rejection."""

    outcome: Outcome
    evidence: Evidence
    row: DepositRow | None = None


class Deposits(Protocol):
    """A provider of identified deposits."""

    deposits: ClassVar[DepositCapabilities]

    def issue_identifier(self, account: Account, asked: IdentifierRequest) -> Identifier:
        """Ask for an identifier."""
        ...

    def inquire_identifier(self, account: Account, reference: str) -> Identifier:
        """Ask where an identifier stands."""
        ...

    def close_identifier(self, account: Account, reference: str) -> Identifier:
        """Take no more money under an identifier."""
        ...

    def list_deposits(self, account: Account, cursor: str) -> DepositPage:
        """Read money that came in or waits for us; a reading begins with a date for a cursor."""
        ...

    def inquire_deposit(self, account: Account, reference: str, since: str) -> DepositAnswer:
        """Ask where money that came in stands; asked after every doubt, before anything else.

        `since` is a date on or before the deposit's, as `list_deposits` begins with.
        """
        ...

    def confirm_deposit(self, account: Account, reference: str) -> DepositAnswer:
        """Take the money."""
        ...

    def reject_deposit(self, account: Account, reference: str) -> DepositAnswer:
        """Send the money back where it came from."""
        ...

    def parse_deposit_event(self, body: Mapping[str, object]) -> str:
        """Return the reference an unsigned message names, or ""; a hint to fetch it, no more."""
        ...
