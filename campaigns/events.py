"""What this app announces."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from outbox.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class CampaignStarted(DomainEvent):
    """A campaign's messages began to be queued."""

    name: ClassVar[str] = "campaign.started"

    campaign_id: UUID
    treatment: int
    holdout: int


@dataclass(frozen=True, kw_only=True)
class CampaignDone(DomainEvent):
    """No message of the campaign waits any more."""

    name: ClassVar[str] = "campaign.done"

    campaign_id: UUID
    sent: int
    cost_rial: int
