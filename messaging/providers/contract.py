"""What every SMS provider can do, in frozen values: no Django, no models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """What became of an attempt to send.

    ACCEPTED and REFUSED are the provider's documented word. NOT_SENT is safe to repeat (never
    reached them, no credit, too fast). UNKNOWN is asked about and never repeated blindly.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """Where a message is, in the provider's words made ours."""

    ON_ITS_WAY = "on_its_way"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    BLOCKED = "blocked"
    FAILED = "failed"
    NOT_FOUND = "not_found"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Account:
    """How to reach the provider; the key is never part of a repr."""

    base_url: str
    sender: str
    api_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One SMS; `local_id` is our own number for it, the handle of a later inquiry."""

    local_id: int
    address: str
    body: str


@dataclass(frozen=True, slots=True)
class Sending:
    """The result of a send: the provider's number and price when accepted, else its code."""

    outcome: Outcome
    provider_ref: str = ""
    cost_rial: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What the provider knows of one message."""

    status: Status
    provider_ref: str = ""
    code: str = ""


class SmsProvider(Protocol):
    """An adapter. Its calls touch the wire: never inside a transaction."""

    def send(self, account: Account, message: Outgoing) -> Sending:
        """Send one message."""
        ...

    def inquire(self, account: Account, local_id: int) -> Inquiry:
        """Ask about a message by our own number."""
        ...

    def statuses(self, account: Account, refs: Sequence[str]) -> Mapping[str, Inquiry]:
        """Ask about many messages by the provider's numbers; silent ones are left out."""
        ...


@dataclass(frozen=True, slots=True)
class Tariff:
    """Limits and wire facts of a provider."""

    longest_text: int
    most_refs: int
