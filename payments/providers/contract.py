"""What every provider adapter speaks: values in, values out, one of seven outcomes.

Adapters hold no state and know no models. Money is integer rial on our side of an adapter; the
unit on the wire is declared per operation. A callback yields a locator and a claim, never proof.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol


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


class Standing(StrEnum):
    """Where the provider says a session stands."""

    AT_BANK = "at_bank"
    PAID_UNCONFIRMED = "paid_unconfirmed"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    RETURNED = "returned"
    NOT_FOUND = "not_found"


class WireUnit(StrEnum):
    """The unit an amount has on the wire."""

    IRR = "IRR"
    IRT = "IRT"


class Unverified(StrEnum):
    """What a provider does with money nobody confirms."""

    AUTO_RETURN = "auto_return"
    KEPT = "kept"
    AUTO_FINAL = "auto_final"
    BY_TERMINAL = "by_terminal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """What a provider can do, its windows and its limits, as data.

    `finality`: after this long a session that was not paid never will be.
    """

    inquiry: bool
    list_unverified: bool
    reverse: bool
    amount_in_confirm: bool
    wire_units: Mapping[str, WireUnit]
    unverified: Unverified
    min_rial: int
    max_rial: int
    description_chars: int
    finality: timedelta
    reverse_window: timedelta
    callback_methods: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Where and as whom to call."""

    base_url: str
    credentials: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What was sent and what came back, masked, with the provider's own code and words."""

    asked: Mapping[str, Any]
    answered: Any = None
    http_status: int | None = None
    code: str = ""
    message: str = ""
    took_ms: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentRequest:
    """A session to open. `reference` is ours and unique; the amount is rial."""

    reference: str
    amount_rial: int
    description: str
    callback_url: str
    mobile: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect:
    """How the buyer's browser gets to the bank."""

    url: str
    method: str = "GET"
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """Answer to a request for a session."""

    outcome: Outcome
    evidence: Evidence
    authority: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallbackClaim:
    """What a browser brought back: a locator and an unproven claim."""

    authority: str
    claims_success: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """An open session, with what we asked for frozen on it."""

    authority: str
    amount_rial: int
    reference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmation:
    """Answer to a confirmation. `card_hash` is a payer's identity: use it, never keep it."""

    outcome: Outcome
    evidence: Evidence
    amount_rial: int | None = None
    provider_ref: str | None = None
    masked_pan: str = ""
    card_hash: str = field(default="", repr=False)
    fee_rial: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Inquiry:
    """Answer to an inquiry; `standing` is None when the outcome is not OK."""

    outcome: Outcome
    evidence: Evidence
    standing: Standing | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnverifiedRow:
    """Money the provider holds and nobody confirmed."""

    authority: str
    amount_rial: int
    callback_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UnverifiedList:
    """Answer to a question for unconfirmed payments."""

    outcome: Outcome
    evidence: Evidence
    rows: tuple[UnverifiedRow, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reversed:
    """Answer to a reversal."""

    outcome: Outcome
    evidence: Evidence


class Gateway(Protocol):
    """An internet payment gateway."""

    name: ClassVar[str]
    version: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    def malformed(self, credentials: Mapping[str, str]) -> str:
        """Return the name of a missing or ill-shaped credential, or "" when all are well."""
        ...

    def request(self, account: Account, asked: PaymentRequest) -> Opened:
        """Open a session."""
        ...

    def redirect(self, account: Account, authority: str) -> Redirect:
        """Return the way to the bank; no I/O."""
        ...

    def parse_callback(self, params: Mapping[str, str]) -> CallbackClaim | None:
        """Read what the browser brought back, from query or form; no I/O, no belief."""
        ...

    def confirm(self, account: Account, session: Session) -> Confirmation:
        """Confirm a paid session for exactly the amount we asked."""
        ...

    def inquire(self, account: Account, session: Session) -> Inquiry:
        """Ask where a session stands, changing nothing."""
        ...

    def list_unverified(self, account: Account) -> UnverifiedList:
        """Ask which paid sessions nobody confirmed."""
        ...

    def reverse(self, account: Account, session: Session) -> Reversed:
        """Send a confirmed payment back to its card."""
        ...
