"""Direct debit: mandates a customer signed at the bank, and debits under them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from payments.providers.contract.gateway import Redirect
from payments.providers.contract.terms import Account, Evidence, Outcome, WireUnit


class Retries(StrEnum):
    """Who repeats a debit that found no money: never both."""

    PROVIDER = "provider"
    PLATFORM = "platform"


class MandateStanding(StrEnum):
    """Where the provider says a mandate stands."""

    AWAITING_SIGNATURE = "awaiting_signature"
    SIGNED = "signed"
    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"
    FAILED = "failed"
    NOT_FOUND = "not_found"


class DebitStanding(StrEnum):
    """Where the provider says a debit stands. PENDING may carry the code of a try that failed."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    NOT_FOUND = "not_found"


class Failure(StrEnum):
    """Why a debit brought nothing, as far as it decides when to try again."""

    NO_FUNDS = "no_funds"
    CAP = "cap"
    BANK_DOWN = "bank_down"
    MANDATE = "mandate"
    ACCOUNT = "account"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class DebitCapabilities:
    """`confirm_within`: a signed mandate nobody confirms in time is void; None: no such step.

    `finality`: after this long a debit the provider does not know never happened. `opens_first`:
    a debit needs a session opened by `prepare_debit`, which moves no money. `confirm_unasked`: a
    mandate can be confirmed though its signer never came back.
    """

    retries: Retries
    confirm_within: timedelta | None
    mandate_inquiry: bool
    debit_inquiry: bool
    cancel_debit: bool
    idempotent: bool
    min_expiry: timedelta
    min_rial: int
    wire_unit: WireUnit
    finality: timedelta
    opens_first: bool = False
    confirm_unasked: bool = False
    sandbox: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DebitBank:
    """A bank one may sign at: `bank` is our three-digit code, `code` the provider's own."""

    bank: str
    code: str
    name: str
    max_day_rial: int | None = None
    max_day_count: int | None = None
    healthy: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Banks:
    """Answer to a question for the banks."""

    outcome: Outcome
    evidence: Evidence
    rows: tuple[DebitBank, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class MandateRequest:
    """A mandate to be signed. Amounts are rial, counts successful debits."""

    reference: str
    mobile: str
    bank_code: str
    max_debit_rial: int
    max_day_count: int
    max_month_count: int
    expires_at: datetime
    callback_url: str
    national_code: str = ""
    name: str = ""
    email: str = ""
    wage_by_customer: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MandateOpened:
    """Answer to a request for a mandate."""

    outcome: Outcome
    evidence: Evidence
    authority: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MandateClaim:
    """What a browser brought back from the signing: a locator and an unproven claim."""

    authority: str
    claims_success: bool
    mandate_ref: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MandateAnswer:
    """Answer about a mandate. `secret` is the right to debit: seal it at once, never log it."""

    outcome: Outcome
    evidence: Evidence
    standing: MandateStanding | None = None
    mandate_ref: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedMandate:
    """A mandate as the provider knows it."""

    authority: str
    mandate_ref: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class DebitOrder:
    """Money to collect; `key` is ours and the same whenever this attempt is asked about.

    `authority` is what an earlier step of the same attempt brought (Zarinpal's payment session).
    """

    key: str
    mandate: SignedMandate
    amount_rial: int
    description: str
    due_at: datetime
    max_tries: int = 1
    notify_url: str = ""
    authority: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DebitAnswer:
    """Answer about a debit. `failure` may stand beside PENDING: the provider will try again."""

    outcome: Outcome
    evidence: Evidence
    standing: DebitStanding | None = None
    failure: Failure | None = None
    reference: str = ""
    amount_rial: int | None = None
    tries: int = 0


class DirectDebit(Protocol):
    """A provider of direct debit."""

    version: ClassVar[str]
    debits: ClassVar[DebitCapabilities]

    def banks(self, account: Account) -> Banks:
        """Ask which banks one may sign at, with their limits and health."""
        ...

    def create_mandate(self, account: Account, asked: MandateRequest) -> MandateOpened:
        """Open a mandate for signing."""
        ...

    def mandate_redirect(self, account: Account, authority: str, bank_code: str) -> Redirect:
        """Return the way to the bank's signing page; no I/O."""
        ...

    def parse_mandate_callback(self, params: Mapping[str, str]) -> MandateClaim | None:
        """Read what the browser brought back; no I/O, no belief."""
        ...

    def confirm_mandate(self, account: Account, mandate: SignedMandate) -> MandateAnswer:
        """Confirm a signed mandate."""
        ...

    def inquire_mandate(self, account: Account, mandate: SignedMandate) -> MandateAnswer:
        """Ask where a mandate stands; NOT_ATTEMPTED where nobody can be asked."""
        ...

    def revoke_mandate(self, account: Account, mandate: SignedMandate) -> MandateAnswer:
        """End a mandate."""
        ...

    def prepare_debit(self, account: Account, order: DebitOrder) -> MandateOpened:
        """Open what a debit needs before its intent is final; OK without a call where nothing."""
        ...

    def debit(self, account: Account, order: DebitOrder) -> DebitAnswer:
        """Collect money."""
        ...

    def inquire_debit(self, account: Account, order: DebitOrder, reference: str) -> DebitAnswer:
        """Ask what became of a debit."""
        ...

    def cancel_debit(self, account: Account, order: DebitOrder, reference: str) -> DebitAnswer:
        """Take a debit back that has not happened."""
        ...

    def parse_debit_event(self, body: Mapping[str, str]) -> str:
        """Return the debit reference an unsigned message names, or ""; a hint to ask, no more."""
        ...
