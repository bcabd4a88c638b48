"""What this app announces."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from outbox.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class CustomerCreated(DomainEvent):
    """A customer was seen for the first time; `source` says where."""

    name: ClassVar[str] = "customer.created"

    customer_id: UUID
    status: str
    source: str


@dataclass(frozen=True, kw_only=True)
class CustomerActivated(DomainEvent):
    """A customer known by a card only told who they are."""

    name: ClassVar[str] = "customer.activated"

    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProfileTold(DomainEvent):
    """A person, not a system, said something of a customer: a name, a mobile, an attribute."""

    name: ClassVar[str] = "profile.told"

    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class PurchaseRecorded(DomainEvent):
    """A sale stands. `eligible_rial` is the total without what points or credit paid.

    `first_purchase` tells whether the customer had bought nothing before (False without customer);
    `customer_status` is the customer's when the sale was recorded; `holds` are things held before
    that it uses, like gift cards; `referral_code` says who told the buyer of the business.
    """

    name: ClassVar[str] = "purchase.recorded"

    purchase_id: UUID
    customer_id: UUID | None
    total_rial: int
    eligible_rial: int
    channel: str
    source: str
    occurred_at: datetime
    local_date: date
    branch_id: UUID | None
    employee_id: UUID | None
    first_purchase: bool
    customer_status: str | None = None
    holds: tuple[UUID, ...] = ()
    referral_code: str = ""


@dataclass(frozen=True, kw_only=True)
class ReturnRecorded(DomainEvent):
    """Part of a sale came back. `returned_so_far_rial` includes this return."""

    name: ClassVar[str] = "return.recorded"

    return_id: UUID
    purchase_id: UUID
    customer_id: UUID | None
    amount_rial: int
    purchase_total_rial: int
    returned_so_far_rial: int
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseOpened(DomainEvent):
    """Somebody at the business has to look at something."""

    name: ClassVar[str] = "case.opened"

    case_id: UUID
    customer_id: UUID | None
    kind: str


@dataclass(frozen=True, kw_only=True)
class CaseResolved(DomainEvent):
    """A case was settled."""

    name: ClassVar[str] = "case.resolved"

    case_id: UUID
    customer_id: UUID | None
    kind: str


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(DomainEvent):
    """One profile was joined to another: `merged_id` is from now on `survivor_id`."""

    name: ClassVar[str] = "customer.merged"

    merge_id: UUID
    survivor_id: UUID
    merged_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomersUnmerged(DomainEvent):
    """A merge was taken back: the two profiles stand alone again."""

    name: ClassVar[str] = "customer.unmerged"

    merge_id: UUID
    survivor_id: UUID
    merged_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomerErased(DomainEvent):
    """What was known of a person is destroyed; whoever keeps a copy should do the same."""

    name: ClassVar[str] = "customer.erased"

    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class LeadNoted(DomainEvent):
    """Somebody who has bought nothing left their number."""

    name: ClassVar[str] = "lead.noted"

    lead_id: UUID
    customer_id: UUID
    source_id: UUID


@dataclass(frozen=True, kw_only=True)
class MeasureApplied(DomainEvent):
    """Two people decided on a measure about a customer; it holds until a day."""

    name: ClassVar[str] = "customer.measure_applied"

    measure_id: UUID
    customer_id: UUID
    step: str
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class MeasureLifted(DomainEvent):
    """A measure was lifted before its day."""

    name: ClassVar[str] = "customer.measure_lifted"

    measure_id: UUID
    customer_id: UUID
    step: str


@dataclass(frozen=True, kw_only=True)
class PurchaseDisputed(DomainEvent):
    """A customer said that a purchase in their history is somebody else's; nobody decided yet."""

    name: ClassVar[str] = "purchase.disputed"

    dispute_id: UUID
    purchase_id: UUID
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class PurchaseDisowned(DomainEvent):
    """A purchase was found not to be a customer's and stands for nobody since (N1)."""

    name: ClassVar[str] = "purchase.disowned"

    purchase_id: UUID
    customer_id: UUID
