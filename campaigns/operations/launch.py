"""From draft to sending: the arms are fixed before anybody is written to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from campaigns.enums import Arm, CampaignState
from campaigns.events import CampaignStarted
from campaigns.models import Campaign
from campaigns.operations.draft import locked, require_state
from campaigns.queries import MESSAGE_KIND, Recipient, arm_of, audience
from core.errors import Problem
from core.ids import new_id
from core.tenancy import active_business_id, operation
from customers.queries.spending import spend_by_customer
from messaging.operations import cancel_queued
from outbox.operations import publish

# A year smooths the seasons of what people spent before.
PAST: Final = timedelta(days=365)

_INSERT: Final = """
INSERT INTO campaigns_campaignmember
    (id, business_id, campaign_id, customer_id, arm, past_spend_rial)
SELECT id, %(business)s, %(campaign)s, customer_id, arm, past
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(arms)s::text[], %(past)s::bigint[])
     AS m (id, customer_id, arm, past)
"""


@operation
def prepare_campaign(*, campaign_id: UUID, now: datetime) -> Campaign:
    """Draw the arms of everybody who can be reached now; from here on they never change.

    Raises NotFound, Problem `campaign_fixed` or `nobody_to_reach`.
    """
    campaign = locked(campaign_id)
    require_state(campaign, CampaignState.DRAFT)
    recipients = audience(campaign.segment, now).recipients
    arms = [arm_of(campaign.id, one.customer_id, campaign.holdout_percent) for one in recipients]
    if Arm.TREATMENT not in arms:
        raise Problem(
            "nobody_to_reach",
            _("Nobody in this segment has both a mobile number and agreed to offers."),
            status=HTTPStatus.CONFLICT,
        )
    _write_members(campaign, recipients, arms, now)
    campaign.state, campaign.prepared_at = CampaignState.READY, now
    campaign.treatment_count = arms.count(Arm.TREATMENT)
    campaign.holdout_count = arms.count(Arm.HOLDOUT)
    campaign.save()
    return campaign


@operation
def start_campaign(*, campaign_id: UUID, now: datetime) -> Campaign:
    """Begin sending a prepared campaign; messages are queued by the sweep.

    Raises NotFound, Problem `campaign_fixed`.
    """
    campaign = locked(campaign_id)
    require_state(campaign, CampaignState.READY)
    campaign.state, campaign.started_at = CampaignState.SENDING, now
    campaign.save()
    event = CampaignStarted(
        campaign_id=campaign.id,
        treatment=campaign.treatment_count,
        holdout=campaign.holdout_count,
    )
    publish([event], now=now)
    return campaign


@operation
def send_campaign(*, campaign_id: UUID, now: datetime) -> Campaign:
    """Prepare and start in one go. Raises like both."""
    if locked(campaign_id).state == CampaignState.DRAFT:
        prepare_campaign(campaign_id=campaign_id, now=now)
    return start_campaign(campaign_id=campaign_id, now=now)


@operation
def cancel_campaign(*, campaign_id: UUID, now: datetime) -> Campaign:
    """Stop a campaign; what has not left yet is withdrawn. Raises NotFound, `campaign_fixed`."""
    campaign = locked(campaign_id)
    require_state(campaign, CampaignState.DRAFT, CampaignState.READY, CampaignState.SENDING)
    cancel_queued(ref_kind=MESSAGE_KIND, ref_ids=[campaign.id], now=now)
    campaign.state, campaign.done_at = CampaignState.CANCELLED, now
    campaign.save()
    return campaign


def _write_members(
    campaign: Campaign, recipients: Sequence[Recipient], arms: Sequence[Arm], now: datetime
) -> None:
    customers = [one.customer_id for one in recipients]
    past = spend_by_customer(customers, now - PAST, now)
    row: dict[str, Any] = {
        "business": active_business_id(),
        "campaign": campaign.id,
        "ids": [new_id() for _one in customers],
        "customers": customers,
        "arms": [arm.value for arm in arms],
        "past": [past.get(one, 0) for one in customers],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
