"""Queueing a campaign's messages batch by batch: stopped anywhere, it goes on from there."""

from datetime import datetime
from typing import Final
from uuid import UUID

from campaigns.enums import Arm, CampaignState
from campaigns.events import CampaignDone
from campaigns.models import Campaign, CampaignMember
from campaigns.queries import MESSAGE_KIND, member_key, personal
from core.tenancy import across_businesses, acting_for, operation
from customers.queries.spending import contacts_of
from messaging.enums import Purpose
from messaging.operations import NewSms, queue_sms_many
from messaging.queries import tally
from outbox.operations import publish
from outbox.operations.fence import Fence

_AT_ONCE: Final = 500


def sweep(*, now: datetime) -> int:
    """Queue one batch of every campaign being sent; return how many members were handled.

    Runs under the worker role, which may see what is being sent.
    """
    with across_businesses(why="find campaigns being sent"):
        sending = Campaign.objects.filter(state=CampaignState.SENDING)
        found = list(sending.values_list("business_id", "id"))
    handled = 0
    for business_id, campaign_id in found:
        with Fence(f"campaigns.sweep {campaign_id}"):
            handled += _in_business(business_id, campaign_id, now)
    return handled


@operation
def queue_batch(*, campaign_id: UUID, now: datetime, limit: int = _AT_ONCE) -> int:
    """Queue the next batch and move the mark on, in one transaction; 0 when all are queued.

    The mark and the messages' own keys both keep anybody from being written to twice.
    """
    rows = Campaign.objects.select_for_update(skip_locked=True)
    campaign = rows.filter(id=campaign_id, state=CampaignState.SENDING).first()
    if campaign is None:
        return 0
    batch = _next_members(campaign, limit)
    if not batch:
        _finish_if_sent(campaign, now)
        return 0
    queue_sms_many(
        messages=_messages(campaign, batch),
        purpose=Purpose.MARKETING,
        now=now,
        ref_kind=MESSAGE_KIND,
    )
    Campaign.objects.filter(id=campaign.id).update(queued_through=batch[-1])
    return len(batch)


def _in_business(business_id: UUID, campaign_id: UUID, now: datetime) -> int:
    with acting_for(business_id):
        return queue_batch(campaign_id=campaign_id, now=now)


def _next_members(campaign: Campaign, limit: int) -> list[UUID]:
    rows = CampaignMember.objects.filter(campaign_id=campaign.id, arm=Arm.TREATMENT)
    if campaign.queued_through is not None:
        rows = rows.filter(customer_id__gt=campaign.queued_through)
    return list(rows.order_by("customer_id").values_list("customer_id", flat=True)[:limit])


def _messages(campaign: Campaign, batch: list[UUID]) -> list[NewSms]:
    """Write to those who still are customers; whoever left stays in the comparison all the same."""
    people = contacts_of(batch)
    return [
        NewSms(
            address=people[one][1],
            body=personal(campaign.body, people[one][0]),
            dedupe_key=member_key(campaign.id, one),
            ref_id=campaign.id,
        )
        for one in batch
        if one in people
    ]


def _finish_if_sent(campaign: Campaign, now: datetime) -> None:
    told = tally(MESSAGE_KIND, campaign.id)
    if told.waiting:
        return
    Campaign.objects.filter(id=campaign.id).update(state=CampaignState.DONE, done_at=now)
    event = CampaignDone(campaign_id=campaign.id, sent=told.sent, cost_rial=told.cost_rial)
    publish([event], now=now)
