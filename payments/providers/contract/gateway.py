"""Internet payment gateways."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from payments.providers.contract.terms import Account, Evidence, Outcome, WireUnit


class Standing(StrEnum):
    """Where the provider says a session stands."""

    AT_BANK = "at_bank"
    PAID_UNCONFIRMED = "paid_unconfirmed"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    RETURNED = "returned"
    NOT_FOUND = "not_found"


class Unverified(StrEnum):
    """What a provider does with money nobody confirms."""

    AUTO_RETURN = "auto_return"
    KEPT = "kept"
    AUTO_FINAL = "auto_final"
    BY_TERMINAL = "by_terminal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """What a provider can do, its windows and its limits, as data.

    `finality`: after this long a session that was not paid never will be. `verify_window`: how
    long a paid session waits for our confirmation; None where nobody published it. A provider that
    `needs_settle` sends the money back unless the confirmation is followed by a settlement, which
    may be repeated. `reference_once`: its confirmation says yes again to a reference that was used
    before; our unique reference decides. `needs_return`: a session is confirmed, inquired and
    reversed by what only the buyer's return brings; without a return it can but be waited out, and
    the provider sends the money back. `final_after`: how long the provider may still change its
    word about a payment it called paid or unpaid; zero where it never does. Where there is no
    inquiry, a doubt is resolved by confirming again, which is harmless; a refusal later than
    `verify_window` proves nothing about an earlier doubt. `page_once`: the bank's page opens once
    and never again for the same session. `lease`: longer than its slowest question takes.
    `names_page`: the address of the bank's page comes with each session and is not known before.
    """

    inquiry: bool
    list_unverified: bool
    reverse: bool
    wire_units: Mapping[str, WireUnit]
    unverified: Unverified
    min_rial: int
    max_rial: int
    description_chars: int
    finality: timedelta
    reverse_window: timedelta
    verify_window: timedelta | None = None
    needs_settle: bool = False
    reference_once: bool = False
    needs_return: bool = False
    final_after: timedelta = timedelta(days=3)
    page_once: bool = False
    lease: timedelta = timedelta(seconds=60)
    names_page: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CartItem:
    """One line of the cart; amounts in rial, after discounts."""

    sku: str
    name: str
    category: str
    quantity: int
    unit_price_rial: int
    total_rial: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentRequest:
    """A session to open. `reference` is ours and unique; the amount is rial.

    `items` is the cart, for partners who insist on one; empty: the amount is one line.
    """

    reference: str
    amount_rial: int
    description: str
    callback_url: str
    mobile: str = ""
    email: str = ""
    number: int = 0
    items: tuple[CartItem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect:
    """How the buyer's browser gets to the bank."""

    url: str
    method: str = "GET"
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """Answer to a request for a session.

    `address` is where the provider itself said to send the browser, where it does: then it is kept
    with the attempt and `redirect` is not asked.
    """

    outcome: Outcome
    evidence: Evidence
    authority: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallbackClaim:
    """What a browser brought back: a locator and an unproven claim.

    `references` are what the provider wants to hear again when we confirm (Saman's RefNum,
    Mellat's SaleReferenceId): kept with the attempt, believed only once confirmed. `masked_pan` and
    `reason` (the bank's code of a failure) prove nothing either: they are counted, not acted upon.
    """

    authority: str
    claims_success: bool
    references: Mapping[str, str] = field(default_factory=dict)
    masked_pan: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """An open session, with what we asked for frozen on it.

    `number` is our unique 63-bit number of the attempt, for providers that take no text.
    `callback_references` are those of the return from the bank, unproven.
    """

    authority: str
    amount_rial: int
    reference: str
    number: int = 0
    callback_references: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmation:
    """Answer to a confirmation. `card_hash` is a payer's identity: use it, never keep it.

    A MISMATCH carries amount and reference where the provider told them: a reference that paid
    for another attempt must not be reversed on behalf of this one.
    """

    outcome: Outcome
    evidence: Evidence
    amount_rial: int | None = None
    provider_ref: str | None = None
    masked_pan: str = ""
    card_hash: str = field(default="", repr=False)
    fee_rial: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Inquiry:
    """Answer to an inquiry; `standing` is None when the outcome is not OK.

    A provider without inquiries answers NOT_ATTEMPTED without a call. `amount_rial` is what the
    provider says was taken, where it says so. `contradiction`: it disagrees with its own bank.
    `masked_pan` and `reason`: the card of a try and the code of its failure, where they are told.
    """

    outcome: Outcome
    evidence: Evidence
    standing: Standing | None = None
    amount_rial: int | None = None
    contradiction: bool = False
    masked_pan: str = ""
    reason: str = ""


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
class Settled:
    """Answer to a settlement: OK and ALREADY mean the money is the business's."""

    outcome: Outcome
    evidence: Evidence


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

    def settle(self, account: Account, session: Session) -> Settled:
        """Settle a confirmed session; OK without a call where no settlement is needed."""
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
